"""SIGKILL of ingest and broker at random moments: nothing lost, nothing twice."""

from __future__ import annotations

import json
import random
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from bench.rig import brokers, publisher, town
from sqlalchemy import select as sql_select

from qingshu.kernel.errors import WireError
from qingshu.kernel.instants import to_ms
from qingshu.runtime import eventlog
from qingshu.runtime.broker_probe import open_session
from qingshu.runtime.db import Database
from qingshu.sense.tables import reading
from qingshu.sense.topics import TOPICS
from qingshu.wire import mqtt

ROOT = Path(__file__).resolve().parents[2]
TANKS = 40
STEP_MS = 60_000
WINDOW = 300
KILLS = 6
PATIENCE_S = 20.0
Key = tuple[int, int]


class Gateway(threading.Thread):
    """Publishes on and on; repeats after a lost connection what was not acknowledged."""

    def __init__(self, port: int, start_ms: int) -> None:
        super().__init__(daemon=True)
        self.acked: list[Key] = []
        self.done = threading.Event()
        self._port = port
        self._start_ms = start_ms
        self._made = 0

    def run(self) -> None:
        open_: dict[int, tuple[Key, bytes]] = {}
        while not self.done.is_set():
            with (
                suppress(OSError, WireError, IndexError),
                publisher.connect(self._port, f"gateway-{time.monotonic_ns()}") as sock,
            ):
                self._talk(sock, open_)
            time.sleep(0.05)

    def _talk(self, sock: socket.socket, open_: dict[int, tuple[Key, bytes]]) -> None:
        for packet_id in list(open_):
            sock.sendall(open_[packet_id][1])
        rest = b""
        while not self.done.is_set():
            for _ in range(WINDOW - len(open_)):
                packet_id = next(n for n in range(1, 1000) if n not in open_)
                open_[packet_id] = self._next(packet_id)
                sock.sendall(open_[packet_id][1])
            if not select.select([sock], [], [], 0.2)[0]:
                continue
            got = sock.recv(65_536)
            if not got:
                return
            rest += got
            while len(rest) >= 4:
                found = open_.pop(int.from_bytes(rest[2:4], "big"), None)
                if found is not None:
                    self.acked.append(found[0])
                rest = rest[4:]

    def _next(self, packet_id: int) -> tuple[Key, bytes]:
        turn, place = divmod(self._made, TANKS)
        self._made += 1
        at = self._start_ms + turn * STEP_MS
        level = min(1.0 + turn * 0.02, 2.75) + 0.001 * (turn % 3)
        body = json.dumps({"measured_at": at, "level_m": round(level, 3)}).encode()
        topic = f"qs/v1/D{place + 1:05}/reading".encode()
        return (place + 1, at), mqtt.publish(topic, body, packet_id)


def _ingest(folder: Path) -> subprocess.Popen[bytes]:
    observers = ["tests.sense.crossing:Crossing", "qingshu.warn.engine:WarnEngine"]
    return subprocess.Popen(
        [sys.executable, "-m", "qingshu.sense", str(folder), *observers],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _stored(db: Database) -> list[Key]:
    with db.read() as conn:
        rows = conn.execute(sql_select(reading.c.sensor_id, reading.c.measured_ms))
        return [(int(sensor), int(at)) for sensor, at in rows]


def _wait_for(db: Database, wanted: set[Key]) -> list[Key]:
    until = time.monotonic() + PATIENCE_S
    while True:
        found = _stored(db)
        if wanted <= set(found) or time.monotonic() > until:
            return found
        time.sleep(0.1)


@pytest.mark.timeout(60)
def test_kill_when_ingest_and_broker_die_then_each_reading_and_alarm_once(tmp_path: Path) -> None:
    """Every acknowledged reading is stored once, every transition logged once, chain whole."""
    port = brokers.free_port()
    db = town.build_town(tmp_path / "town", f"mqtt://127.0.0.1:{port}", TANKS)
    (tmp_path / "town" / "qingshu.toml").write_text(
        f'[broker]\nembedded = false\nurl = "mqtt://127.0.0.1:{port}"\n', encoding="utf-8"
    )
    command = brokers.nats_command(tmp_path / "nats", port, "always", "2s")
    rng = random.Random(time.time_ns())
    broker = brokers.start(command, port)
    # As `qingshu serve` does: the broker keeps messages only for a session it has seen.
    open_session(db.settings, TOPICS)
    ingest = _ingest(tmp_path / "town")
    gateway = Gateway(port, to_ms(db.clock.now()) - 86_400_000)
    try:
        gateway.start()
        for round_ in range(KILLS):
            time.sleep(rng.uniform(0.6, 1.4))
            ingest.send_signal(signal.SIGKILL)
            ingest.wait()
            if round_ % 2:
                broker.send_signal(signal.SIGKILL)
                broker.wait()
                broker = brokers.start(command, port)
            ingest = _ingest(tmp_path / "town")
        time.sleep(1.0)
        gateway.done.set()
        gateway.join()
        found = _wait_for(db, set(gateway.acked))
    finally:
        gateway.done.set()
        for process in (ingest, broker):
            process.kill()
            process.wait()
    assert len(gateway.acked) > 1000
    assert set(gateway.acked) - set(found) == set()
    assert [key for key, times in Counter(found).items() if times > 1] == []
    with db.read() as conn:
        assert eventlog.verify(conn) is None
        entries = eventlog.tail(conn, 0, 100_000)
    crossed = Counter(e.subject_id for e in entries if e.kind == "line.crossed")
    assert crossed == {tank: 1 for tank in range(1, TANKS + 1)}
    raised = Counter(
        e.payload["tank_id"]
        for e in entries
        if e.kind == "alarm.raised" and e.payload and e.payload["alarm_kind"] == "level"
    )
    assert raised == {tank: 1 for tank in range(1, TANKS + 1)}
    db.close()
