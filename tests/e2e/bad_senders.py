"""Devices and people who send what they should not, to a served product."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
from bench.rig import publisher
from bench.rig.served import PASSWORD, Ports, Served, running, write_workspace
from sqlalchemy import insert, select

from qingshu.kernel.errors import WireError
from qingshu.kernel.instants import to_ms
from qingshu.registry.tables import truck
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.clock import SystemClock
from qingshu.runtime.db import Database
from qingshu.runtime.settings import FILE_NAME, load_settings
from qingshu.sense.tables import reading
from qingshu.wire import jt808, mqtt
from qingshu.wire.jt808.codec import Body
from qingshu.wire.jt808.messages.authenticate import Authenticate
from qingshu.wire.jt808.messages.register import Edition, Register
from qingshu.wire.jt808.messages.register_ack import RegisterAck
from qingshu.wire.jt808.registry import BY_TYPE

TANKS = 40
PHONE = "013800138001"
PATIENCE_S = 20.0


def present() -> datetime:
    """The wall's present."""
    return SystemClock().now()


def now_ms() -> int:
    """The wall's present, epoch milliseconds."""
    return to_ms(present())


def eventually(what: Callable[[], Any], within_s: float = PATIENCE_S) -> Any:
    """The first true answer of ``what``."""
    until = time.monotonic() + within_s
    while True:
        found = what()
        if found or time.monotonic() > until:
            assert found, f"not within {within_s} s"
            return found
        time.sleep(0.1)


class Town:
    """A served workspace: 40 tanks with a sensor each, one truck, a clerk at every desk."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.db = Database(load_settings(served.directory))
        self.desk = served.sign_in("dispatcher")
        self.lead = served.sign_in("lead")
        self.device = served.sign_in("gateway")
        self._made = 0

    def publish(self, topic: str, payload: bytes) -> bool:
        """Publish one message at QoS 1; whether the broker acknowledged it."""
        name = f"sender-{time.monotonic_ns()}"
        with publisher.connect(self.served.ports.mqtt, name) as sock:
            sock.settimeout(10)
            try:
                sock.sendall(mqtt.publish(topic.encode(), payload, 1))
                return bool(sock.recv(4))
            except OSError:
                return False

    def reading(self, device: str = "D00001", **fields: Any) -> bool:
        """Publish one reading, now unless told."""
        body = {"measured_at": now_ms(), **fields}
        return self.publish(f"qs/v1/{device}/reading", json.dumps(body).encode())

    def good_reading(self) -> tuple[int, int]:
        """Publish a good reading; its sensor and instant."""
        self._made += 1
        sensor = self._made % TANKS + 1
        at = now_ms() - 1000
        eventually(lambda: self._sent(sensor, at))
        return sensor, at

    def _sent(self, sensor: int, at: int) -> bool:
        try:
            return self.reading(f"D{sensor:05}", measured_at=at, level_m=0.8)
        except (OSError, WireError, IndexError):
            return False

    def times_stored(self, key: tuple[int, int]) -> int:
        """How often a reading is in the history."""
        r = reading.c
        with self.db.read() as conn:
            found = conn.execute(
                select(r.id).where(r.sensor_id == key[0], r.measured_ms == key[1])
            ).all()
        return len(found)

    def goes_on(self) -> None:
        """A good reading sent now is stored, once."""
        key = self.good_reading()
        eventually(lambda: self.times_stored(key))
        assert self.times_stored(key) == 1

    def letters(self) -> dict[str, int]:
        """Dead letters by door and code."""
        counts: dict[str, int] = self.desk.get("/api/v1/dead-letters").json()["counts"]
        return counts

    def newest(self, code: str) -> dict[str, Any] | None:
        """The newest dead letter of a code."""
        items = self.desk.get("/api/v1/dead-letters?limit=300").json()["items"]
        return next((item for item in items if item["code"] == code), None)

    def doctor(self) -> dict[str, dict[str, Any]]:
        """The doctor's findings by name."""
        answer = self.desk.get("/api/v1/doctor")
        assert answer.status_code == 200, answer.text
        return {check["name"]: check for check in answer.json()["checks"]}

    def heard_on_stream(self, code: str, within_s: float = PATIENCE_S) -> dict[str, Any]:
        """The trouble of this code as the live stream tells it."""
        until = time.monotonic() + within_s
        with self.desk.stream("GET", "/api/v1/stream") as answer:
            for line in answer.iter_lines():
                if line.startswith("data: {") and '"trouble"' in line:
                    told: list[dict[str, Any]] = json.loads(line[6:])["trouble"]
                    for each in told:
                        if each["code"] == code:
                            return each
                assert time.monotonic() < until, f"the stream never told {code}"
        raise AssertionError("the stream ended")


class Terminal:
    """A vehicle terminal on a blocking socket."""

    def __init__(self, town: Town, phone: str = PHONE) -> None:
        self.phone = phone
        self.serial = 0
        self.sock = socket.create_connection(("127.0.0.1", town.served.ports.jt808), 10)
        self.sock.settimeout(15)
        self._splitter = jt808.Splitter()
        self._got: list[jt808.Message] = []

    def frame(self, body: Body) -> bytes:
        """One frame with the next serial."""
        self.serial += 1
        header = jt808.Header(
            BY_TYPE[type(body)].msg_id, self.phone, self.serial, jt808.Layout.V2013, 0
        )
        return jt808.encode(jt808.Message(header, body))

    def ask(self, body: Body) -> Any:
        """Send a message and wait for its answer."""
        self.sock.sendall(self.frame(body))
        return self.answer()

    def answer(self) -> Any:
        """The next answer's body."""
        while not self._got:
            data = self.sock.recv(65_536)
            assert data, "the door closed the connection"
            pieces = self._splitter.feed(data)
            self._got += [jt808.decode(p) for p in pieces if isinstance(p, bytes)]
        return self._got.pop(0).body

    def sign_in(self) -> None:
        """Register and authenticate."""
        answer = self.ask(Register(37, 101, "QS", "M1", "ID1", 2, "鲁A00001", Edition.E2013))
        assert isinstance(answer, RegisterAck)
        assert answer.result == 0
        assert self.ask(Authenticate(answer.auth_code)).result == 0


@contextmanager
def served_town(
    folder: Path, ports: Ports, env: dict[str, str] | None = None, *, wait: bool = True
) -> Iterator[Town]:
    """A :class:`Town` of its own, up and running; ``wait`` until every process is well."""
    write_workspace(folder, TANKS, ports)
    (folder / FILE_NAME).write_text(
        (folder / FILE_NAME).read_text(encoding="utf-8") + "[database]\nbusy_timeout_s = 1.0\n",
        encoding="utf-8",
    )
    db = Database(load_settings(folder))
    with db.write("system:test") as tx:
        accounts.create_account(tx, "lead", PASSWORD, name="lead", roles=[Role.GRID_LEAD])
        accounts.create_account(tx, "gateway", PASSWORD, name="gateway", roles=[Role.DEVICE])
        tx.conn.execute(
            insert(truck).values(
                code="T-01",
                plate="鲁A00001",
                terminal=PHONE.lstrip("0"),
                capacity_m3=8.0,
                width_m=2.4,
                active=True,
            )
        )
    db.close()
    with running(["serve", str(folder)], folder, ports, env) as served:
        town = Town(served)
        if wait:
            eventually(lambda: town.doctor()["processes"]["ok"])
        time.sleep(1.0)  # The broker keeps messages for a session it has seen.
        yield town
        for client in (town.desk, town.lead, town.device):
            client.close()
        town.db.close()


def error_of(answer: httpx2.Response) -> str:
    """The code of an error that has the one shape."""
    body = answer.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) == {"code", "message", "fields"}
    assert body["error"]["message"]
    return str(body["error"]["code"])
