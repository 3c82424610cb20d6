"""Positions are kept once, doubted ones move nothing, silent trucks are lost and found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from qingshu.fleet import service, store
from qingshu.fleet.errors import UnknownTerminal, UnknownTruck
from qingshu.fleet.handlers import SWEEPS
from qingshu.fleet.model import Flag, Recorded, Report, TruckState
from qingshu.kernel.errors import TransitionNotAllowed
from qingshu.runtime import eventlog
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from tests.conftest import START
from tests.fleet.yard import add_trucks

HERE = Report(1, START, START, 36.65, 117.0, 30.0, 90.0)


def _record(db: Database, *reports: Report) -> Recorded:
    with db.write("system:test") as tx:
        return service.record_positions(tx, reports)


def _kinds(db: Database) -> list[str]:
    with db.read() as conn:
        return [entry.kind for entry in eventlog.tail(conn, 0)]


def test_record_positions_when_sent_twice_then_kept_once(db: Database) -> None:
    """A terminal that got no answer sends the same positions again."""
    add_trucks(db)
    later = replace(HERE, at=START + timedelta(seconds=10), lat=36.6501)
    assert _record(db, HERE, later) == Recorded(2, 0, 0)
    assert _record(db, HERE, later, later) == Recorded(0, 3, 0)
    with db.read() as conn:
        assert [p.lat for p in service.positions_after(conn, 0)] == [36.65, 36.6501]
        assert service.present(conn, 1).lat == 36.6501


def test_record_positions_when_batch_comes_late_then_track_whole_and_truck_stays(
    db: Database,
) -> None:
    """Stored positions fill the track in and never pull the truck back."""
    add_trucks(db)
    _record(db, HERE)
    old = [
        replace(HERE, at=START - timedelta(seconds=10 * n), lat=round(36.65 - n / 10_000, 4))
        for n in range(1, 4)
    ]
    _record(db, *old)
    with db.read() as conn:
        assert service.present(conn, 1).lat == 36.65
        track = service.track(conn, 1, START - timedelta(hours=1), START + timedelta(hours=1))
        flags = [p.flags for p in service.positions_after(conn, 1)]
    assert [p.lat for p in track] == [36.6497, 36.6498, 36.6499, 36.65]
    assert flags == [Flag.LATE] * 3


def test_record_positions_when_absurd_then_kept_with_flag_and_truck_stays(db: Database) -> None:
    """(0, 0) and a clock years ahead are kept for inspection and move nothing."""
    add_trucks(db)
    _record(db, HERE)
    null = replace(HERE, at=START + timedelta(seconds=10), lat=0.0, lon=0.0)
    ahead = replace(HERE, at=START + timedelta(days=900), lat=36.66)
    assert _record(db, null, ahead) == Recorded(2, 0, 2)
    with db.read() as conn:
        assert service.present(conn, 1).positioned_at == START
        assert service.track(conn, 1, START, START + timedelta(days=1000))[-1].at == START
        flags = [p.flags for p in service.positions_after(conn, 1)]
    assert flags == [Flag.AT_NULL, Flag.CLOCK]


def test_set_state_when_allowed_then_event_and_load(db: Database) -> None:
    """A change of state or load is an event; saying the same again is none."""
    add_trucks(db)
    with db.write("system:test") as tx:
        service.set_state(tx, 1, TruckState.EN_ROUTE, job_id=5)
        service.set_state(tx, 1, TruckState.EN_ROUTE, job_id=5)
        service.set_state(tx, 1, TruckState.WORKING, job_id=5)
        after = service.set_state(tx, 1, TruckState.HAULING, load_m3=6.5)
    assert (after.state, after.load_m3, after.job_id) == (TruckState.HAULING, 6.5, None)
    assert _kinds(db) == ["truck.state_changed"] * 3
    with db.read() as conn:
        first = eventlog.tail(conn, 0)[0]
    assert first.payload == {"from": "idle", "to": "en_route", "load_m3": 0.0}


def test_set_state_when_not_allowed_or_unknown_then_refused(db: Database) -> None:
    """No arrow, no truck: nothing is saved."""
    add_trucks(db)
    with db.write("system:test") as tx:
        service.set_state(tx, 1, TruckState.WORKING)
    with pytest.raises(TransitionNotAllowed), db.write("system:test") as tx:
        service.set_state(tx, 1, TruckState.OFF_DUTY)
    with pytest.raises(UnknownTruck), db.write("system:test") as tx:
        service.set_state(tx, 99, TruckState.IDLE)
    with db.read() as conn:
        assert service.present(conn, 1).state is TruckState.WORKING


def test_sweep_when_truck_falls_silent_then_lost_once_and_found_as_it_was(
    db: Database, clock: FakeClock
) -> None:
    """A lost truck comes back doing what it did, with the job it had."""
    add_trucks(db)
    _record(db, HERE)
    with db.write("system:test") as tx:
        service.set_state(tx, 1, TruckState.EN_ROUTE, job_id=5, load_m3=2.0)
    clock.advance(timedelta(minutes=11))
    sweep, _every_s = SWEEPS[0]
    for _ in range(2):
        with db.write("system:test") as tx:
            sweep(tx)
    with db.read() as conn:
        assert service.present(conn, 1).state is TruckState.OFFLINE
    with db.write("system:test") as tx:
        # Its crew loads while it is silent: saying its present state again keeps the rest.
        service.set_state(tx, 1, TruckState.OFFLINE, job_id=5, load_m3=3.0)
    _record(db, replace(HERE, at=clock.now(), received_at=clock.now()))
    with db.read() as conn:
        back = service.present(conn, 1)
    assert (back.state, back.job_id, back.load_m3) == (TruckState.EN_ROUTE, 5, 3.0)
    assert _kinds(db) == [
        "truck.state_changed", "truck.lost", "truck.state_changed", "truck.found",
    ]  # fmt: skip


def test_register_when_again_then_same_code(db: Database) -> None:
    """A terminal that registers twice keeps its code; the wrong code is refused."""
    add_trucks(db)
    with db.write("system:test") as tx:
        first = service.register_terminal(tx, "013800138001", auth_code="aaaa")
        again = service.register_terminal(tx, "00000000013800138001", auth_code="bbbb")
        assert first.auth_code == again.auth_code == "aaaa"
        assert service.authenticate(tx, "013800138001", "aaaa")
        assert not service.authenticate(tx, "013800138001", "bbbb")
        with pytest.raises(UnknownTerminal):
            service.register_terminal(tx, "999", auth_code="cccc")
    with db.read() as conn:
        (kept,) = store.terminals(conn)
    assert kept.authenticated_at == START


def test_fleet_when_never_heard_then_idle_and_nowhere(db: Database) -> None:
    """Every active truck is listed, heard or not."""
    add_trucks(db)
    _record(db, HERE)
    with db.read() as conn:
        rows = service.fleet(conn)
    assert [(r.code, r.latest.lat, r.latest.state) for r in rows] == [
        ("T-01", 36.65, TruckState.IDLE),
        ("T-02", None, TruckState.IDLE),
    ]
    assert rows[0].crew_name == "清疏一班"
