"""Database, disk and broker fail under the served product: said in words, nothing lost."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from bench.rig import brokers
from bench.rig.served import free_ports

from qingshu.kernel.errors import WireError
from qingshu.kernel.instants import iso
from qingshu.runtime import eventlog
from qingshu.wire.jt808.messages.location import Location
from tests.conftest import need
from tests.e2e.bad_senders import (
    Terminal,
    Town,
    error_of,
    eventually,
    now_ms,
    present,
    served_town,
)
from tests.e2e.test_kill_everything import _children

pytestmark = pytest.mark.timeout(240)


def _trouble_in_words(town: Town, code: str, check: str, word: str) -> None:
    """Stream and doctor both name it, in Chinese and English, with a mend."""
    told = town.heard_on_stream(code)
    assert told["zh"]
    assert told["en"]

    def found() -> dict[str, Any] | None:
        one = town.doctor()[check]
        return one if not one["ok"] and word in one["en"] else None

    one = eventually(found)
    assert one["zh"]
    assert one["mend_zh"]
    assert one["mend_en"]


def _post_reading(town: Town) -> httpx2.Response:
    body = {"device": "D00009", "measured_at": iso(present()), "level_m": 0.9}
    return town.device.post("/api/v1/readings", json={"readings": [body]})


def _is_well(town: Town) -> bool:
    with suppress(httpx2.HTTPError, AssertionError):
        checks = town.doctor()
        return all(checks[name]["ok"] for name in ("database", "writable", "processes", "broker"))
    return False


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_database_when_locked_by_another_program_then_all_waits_and_goes_on(
    tmp_path: Path,
) -> None:
    """No answer for what is not saved; afterwards everything is there once."""
    with served_town(tmp_path / "city", free_ports()) as town:
        terminal = Terminal(town)
        terminal.sign_in()
        place = Location(36.65, 116.97, present().replace(microsecond=0))
        with _locked(town.served.directory / "qingshu.db"):
            waiting = town.good_reading()
            terminal.sock.sendall(terminal.frame(place))
            refused = _post_reading(town)
            assert (refused.status_code, error_of(refused)) == (503, "unavailable")
            _trouble_in_words(town, "database_locked", "writable", "another program")
            health = httpx2.get(f"{town.served.base}/healthz").json()
            assert health["ok"]
            assert "database_locked" in health["trouble"]
            terminal.sock.settimeout(1.0)
            with pytest.raises(TimeoutError):
                terminal.answer()
            assert town.times_stored(waiting) == 0
        terminal.sock.settimeout(15)
        assert terminal.answer().result == 0
        eventually(lambda: town.times_stored(waiting))
        eventually(lambda: _is_well(town))
        town.goes_on()
        assert town.times_stored(waiting) == 1
        assert _post_reading(town).status_code == 200
        with town.db.read() as conn:
            assert eventlog.verify(conn) is None


@contextmanager
def _small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    folder.mkdir(parents=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
        capture_output=True, check=False,
    )  # fmt: skip
    need(done.returncode == 0, "the right to mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def _fill(folder: Path) -> Path:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))
    return filler


def test_disk_when_full_then_all_waits_and_goes_on_when_freed(tmp_path: Path) -> None:
    """Database, broker and logs share the full disk; what was acknowledged is kept."""
    with (
        _small_disk(tmp_path / "disk", 96),
        served_town(tmp_path / "disk" / "city", free_ports()) as town,
    ):
        town.goes_on()
        filler = _fill(tmp_path / "disk")
        acked, refused = [], 0
        until = time.monotonic() + 12
        while time.monotonic() < until:
            at = now_ms()
            body = {"measured_at": at, "level_m": 0.8}
            with suppress(OSError, IndexError, WireError):
                if town.publish("qs/v1/D00003/reading", json.dumps(body).encode()):
                    acked.append((3, at))
            with suppress(httpx2.HTTPError):
                refused += _post_reading(town).status_code == 503
            _fill_on(filler)
        assert refused > 0
        _trouble_in_words(town, "database_full", "writable", "full")
        assert not town.doctor()["disk"]["ok"]
        filler.unlink()
        eventually(lambda: _is_well(town), 90)
        town.goes_on()
        eventually(lambda: all(town.times_stored(key) for key in acked))
        assert {town.times_stored(key) for key in acked} == {1}
        assert eventually(lambda: _post_reading(town).status_code == 200)
        with town.db.read() as conn:
            assert eventlog.verify(conn) is None


def _fill_on(filler: Path) -> None:
    with filler.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_broker_when_killed_then_started_again_and_nothing_acknowledged_is_lost(
    tmp_path: Path,
) -> None:
    """The supervisor brings it back with what it had stored."""
    with served_town(tmp_path / "city", free_ports()) as town:
        before = town.good_reading()
        os.kill(_children(town.served.process.pid)["broker"], signal.SIGKILL)
        town.goes_on()
        eventually(lambda: town.times_stored(before))
        assert town.times_stored(before) == 1
        eventually(lambda: _is_well(town))


def test_broker_when_unreachable_then_said_in_words_and_joined_when_it_comes(
    tmp_path: Path,
) -> None:
    """An outside broker that is not there yet; the rest of the product works meanwhile."""
    ports = free_ports()
    env = {"QINGSHU_BROKER__EMBEDDED": "false"}
    with served_town(tmp_path / "city", ports, env, wait=False) as town:
        _trouble_in_words(town, "broker_away", "broker", "Broker")
        assert "broker" in town.doctor()["processes"]["en"]
        assert _post_reading(town).status_code == 200
        command = brokers.nats_command(tmp_path / "nats", ports.mqtt, "always", "2s")
        broker = brokers.start(command, ports.mqtt)
        try:
            eventually(lambda: _is_well(town))
            town.goes_on()
        finally:
            broker.kill()
            broker.wait()
        eventually(lambda: not town.doctor()["broker"]["ok"])
