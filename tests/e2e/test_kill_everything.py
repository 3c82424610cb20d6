"""SIGKILL of any process of a served workspace, under load: nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from bench.rig.served import free_ports, running, write_workspace

from qingshu.kernel.instants import to_ms
from qingshu.runtime import eventlog
from qingshu.runtime.clock import SystemClock
from qingshu.runtime.db import Database
from qingshu.runtime.settings import load_settings
from tests.sense.test_kill import TANKS, Gateway, _stored

VICTIMS = ("ingest", "web", "broker", "clerk", "ingest", "broker", "planner", "ingest")
PATIENCE_S = 40.0


def _children(parent: int) -> dict[str, int]:
    """Process name to pid of the supervisor's children."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(parent)],
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    found = {}
    for line in listed.splitlines():
        pid, _, command = line.strip().partition(" ")
        words = command.split()
        name = "broker" if "nats-server" in words[0] else words[-2]
        found[name] = int(pid)
    return found


@pytest.mark.timeout(150)
def test_kill_when_any_process_dies_then_each_reading_and_alarm_once(tmp_path: Path) -> None:
    """Acknowledged readings once, level alarms once, incidents once, chain whole."""
    ports, folder = free_ports(), tmp_path / "city"
    write_workspace(folder, TANKS, ports)
    rng = random.Random(time.time_ns())
    db = Database(load_settings(folder))
    with running(["serve", str(folder)], folder, ports) as served:
        gateway = Gateway(ports.mqtt, to_ms(SystemClock().now()) - 86_400_000)
        gateway.start()
        for victim in VICTIMS:
            time.sleep(rng.uniform(0.4, 1.5))
            pid = _children(served.process.pid).get(victim)
            if pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(1.0)
        gateway.done.set()
        gateway.join()
        until = time.monotonic() + PATIENCE_S
        while not set(gateway.acked) <= set(_stored(db)) and time.monotonic() < until:
            time.sleep(0.2)
        found = _stored(db)
        incidents = _settled_incidents(db)
    assert len(gateway.acked) > 1000
    assert set(gateway.acked) - set(found) == set()
    assert [key for key, times in Counter(found).items() if times > 1] == []
    with db.read() as conn:
        assert eventlog.verify(conn) is None
        entries = eventlog.tail(conn, 0, 100_000)
    raised = Counter(
        e.payload["tank_id"]
        for e in entries
        if e.kind == "alarm.raised" and e.payload and e.payload["alarm_kind"] == "level"
    )
    assert raised == {tank: 1 for tank in range(1, TANKS + 1)}
    assert incidents == {tank: 1 for tank in range(1, TANKS + 1)}
    db.close()


def _settled_incidents(db: Database) -> Counter[int]:
    """Opened incidents by tank, once the clerk has caught up."""
    until = time.monotonic() + PATIENCE_S
    while True:
        with db.read() as conn:
            entries = eventlog.tail(conn, 0, 100_000)
        opened = Counter(
            e.payload["tank_id"] for e in entries if e.kind == "incident.opened" and e.payload
        )
        if len(opened) >= TANKS or time.monotonic() > until:
            return opened
        time.sleep(0.2)
