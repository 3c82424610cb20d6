"""Alarms in the database: once each, two axes, hidden and shown, timers, comms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qingshu.kernel.errors import TransitionNotAllowed
from qingshu.kernel.instants import to_ms
from qingshu.runtime import eventlog, timers
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.http import install_error_handlers
from qingshu.sense import service as sense
from qingshu.sense.model import Batch
from qingshu.warn import handlers, service
from qingshu.warn.api import router
from qingshu.warn.engine import WarnEngine
from qingshu.warn.model import Alarm, Cause, Channel, Kind, Process, Suppression, Transition

MINUTE = 60_000


def _tell(
    db: Database,
    after: int,
    *,
    tank: int = 1,
    at_ms: int | None = None,
    channel: Channel = Channel.LEVEL,
) -> int:
    now = to_ms(db.clock.now()) if at_ms is None else at_ms
    transition = Transition(
        tank, channel, 0, after, now, Cause.FREEBOARD, now - 60_000, level_m=1.8, base_m=1.52,
        cover_m=2.0, rate_m_h=0.04, overflow_h=5.0, clears_below=1.67, hold_s=3600.0,
    )  # fmt: skip
    with db.write("system:ingest") as tx:
        return service.apply(tx, [transition])


def _standing(db: Database) -> list[Alarm]:
    with db.read() as conn:
        return service.standing_alarms(conn)


def _kinds(db: Database) -> list[str]:
    with db.read() as conn:
        return [e.kind for e in eventlog.tail(conn, 0, 1000)]


def _batch(values: list[float], at_ms: list[int], *, tank: int = 1, quality: int = 0) -> Batch:
    size = len(values)
    ids, at = np.full(size, tank, np.int64), np.array(at_ms, np.int64)
    return Batch(
        ids, ids, np.ones(size, np.uint8), at, at, np.array(values, np.float64),
        np.full(size, quality, np.uint8),
    )  # fmt: skip


def test_apply_when_raised_then_alarm_stands_with_words_and_forecast(town: Database) -> None:
    """Grade, number, both languages, freeboard and the interval are on the alarm."""
    assert _tell(town, 2) == 1
    (alarm,) = _standing(town)
    assert (alarm.kind, alarm.grade, alarm.tank_id) == (Kind.LEVEL, 3, 1)
    assert alarm.number == "A20261124-001"
    assert alarm.freeboard_m == pytest.approx(0.2)
    assert "1.80 m" in alarm.reason_zh
    assert "Clears when the level stays below 1.67 m" in alarm.reason_en
    assert alarm.overflow_from is not None
    assert alarm.overflow_to is not None
    assert alarm.overflow_from < alarm.overflow_at < alarm.overflow_to  # type: ignore[operator]


def test_apply_when_told_twice_then_once(town: Database) -> None:
    """The same transition after a restart is one alarm and one event."""
    at = to_ms(town.clock.now())
    assert _tell(town, 2, at_ms=at) == 1
    assert _tell(town, 2, at_ms=at) == 0
    assert _kinds(town) == ["alarm.raised"]


def test_apply_when_worse_after_acknowledgement_then_asks_again(
    town: Database, clock: FakeClock
) -> None:
    """Yellow, acknowledged, then red: unacknowledged again, with its own event."""
    _tell(town, 2)
    with town.write("account:li") as tx:
        service.acknowledge(tx, 1, "看到了")
    clock.advance(timedelta(minutes=5))
    _tell(town, 4)
    (alarm,) = _standing(town)
    assert (alarm.process, alarm.grade) == (Process.ACTIVE_UNACKNOWLEDGED, 1)
    assert _kinds(town) == ["alarm.raised", "alarm.acknowledged", "alarm.regraded"]


def test_apply_when_returned_and_seen_then_closed_and_next_has_new_number(
    town: Database, clock: FakeClock
) -> None:
    """Return first, acknowledge second closes; the next rise is another alarm."""
    _tell(town, 2)
    clock.advance(timedelta(hours=2))
    _tell(town, 0)
    assert _standing(town)[0].process is Process.RETURNED_UNACKNOWLEDGED
    with town.write("account:li") as tx:
        service.acknowledge(tx, 1)
    assert _standing(town) == []
    clock.advance(timedelta(hours=2))
    _tell(town, 3)
    assert [a.number for a in _standing(town)] == ["A20261124-002"]
    assert "alarm.closed" in _kinds(town)


def test_fault_and_level_then_two_alarms_apart(town: Database, clock: FakeClock) -> None:
    """A fault has no grade and its end leaves the level alarm alone."""
    _tell(town, 3)
    clock.advance(timedelta(minutes=5))
    _tell(town, 3, channel=Channel.FAULT)
    clock.advance(timedelta(minutes=5))
    _tell(town, 0, channel=Channel.FAULT)
    level, fault = _standing(town)
    assert (level.kind, level.is_active, level.grade) == (Kind.LEVEL, True, 2)
    assert (fault.kind, fault.is_active, fault.grade) == (Kind.FAULT, False, 0)


def test_shelved_when_time_is_over_then_shows_itself(town: Database, clock: FakeClock) -> None:
    """A timer ends the shelf although the alarm closed and came again meanwhile."""
    _tell(town, 2)
    with town.write("account:li") as tx:
        service.shelve(tx, 1, 30, "冲洗中")
        service.acknowledge(tx, 1)
    clock.advance(timedelta(minutes=5))
    _tell(town, 0)
    clock.advance(timedelta(minutes=5))
    _tell(town, 2)
    (again,) = _standing(town)
    assert (again.id, again.suppression) == (2, Suppression.SHELVED)
    clock.advance(timedelta(minutes=25))
    timers.fire_due(town, handlers.TIMERS, actor="system:clerk")
    assert _standing(town)[0].suppression is Suppression.NONE


def test_shelved_when_it_turns_red_then_shows_itself(town: Database, clock: FakeClock) -> None:
    """Nothing red hides behind a shelf that was made for yellow."""
    _tell(town, 2)
    with town.write("account:li") as tx:
        service.shelve(tx, 1, 300, "冲洗中")
    clock.advance(timedelta(minutes=5))
    _tell(town, 4)
    assert _standing(town)[0].suppression is Suppression.NONE
    assert "alarm.unshelved" in _kinds(town)


def test_crew_on_site_then_hidden_and_shown_when_they_leave(
    town: Database, clock: FakeClock
) -> None:
    """What stands and what is raised during the work is hidden, and neither is lost."""
    _tell(town, 2)
    with town.write("account:crew") as tx:
        service.suppress_by_design(tx, 1, "作业中")
    clock.advance(timedelta(minutes=5))
    _tell(town, 3, channel=Channel.LID)
    assert {a.suppression for a in _standing(town)} == {Suppression.BY_DESIGN}
    with town.write("account:crew") as tx:
        service.lift_by_design(tx, 1)
        service.lift_by_design(tx, 1)
    assert {a.suppression for a in _standing(town)} == {Suppression.NONE}
    assert _kinds(town).count("alarm.unsuppressed") == 2


def test_out_of_service_when_crew_comes_then_stays_out(town: Database) -> None:
    """Only a person puts a tank back into service."""
    _tell(town, 2)
    with town.write("account:li") as tx:
        service.out_of_service(tx, 1, "改造")
        service.suppress_by_design(tx, 1, "作业中")
        service.lift_by_design(tx, 1)
    assert _standing(town)[0].suppression is Suppression.OUT_OF_SERVICE
    with town.write("account:li") as tx:
        service.return_to_service(tx, 1)
    assert _standing(town)[0].suppression is Suppression.NONE
    with town.write("account:li") as tx, pytest.raises(TransitionNotAllowed):
        service.return_to_service(tx, 1)


def test_nobody_acknowledges_then_escalates_three_levels(town: Database, clock: FakeClock) -> None:
    """A red alarm is told up every five minutes, three times, and then no more."""
    _tell(town, 4)
    for _ in range(6):
        clock.advance(timedelta(minutes=5, seconds=1))
        timers.fire_due(town, handlers.TIMERS, actor="system:clerk")
    assert _kinds(town).count("alarm.escalated") == 3


def test_acknowledged_and_still_standing_then_asks_again(town: Database, clock: FakeClock) -> None:
    """An hour after the acknowledgement a red alarm that stands wants another one."""
    _tell(town, 4)
    with town.write("account:li") as tx:
        service.acknowledge(tx, 1)
    clock.advance(timedelta(minutes=61))
    timers.fire_due(town, handlers.TIMERS, actor="system:clerk")
    assert _standing(town)[0].process is Process.ACTIVE_UNACKNOWLEDGED


def _hear(town: Database, engine: WarnEngine, sensors: range, log_id: int) -> None:
    with town.write("system:ingest") as tx:
        for sensor in sensors:
            engine.observe(tx, _batch([1.52], [to_ms(tx.now)], tank=sensor))
        engine.checkpoint(tx, log_id)


def _sweep(town: Database) -> int:
    with town.write("system:clerk") as tx:
        return service.sweep_comms(tx)


def test_one_sensor_silent_then_comms_alarm_until_it_speaks(
    town: Database, clock: FakeClock
) -> None:
    """Silent for three of its own intervals: one alarm; heard again: returned."""
    engine = WarnEngine(town.settings)
    _hear(town, engine, range(1, 21), 20)
    clock.advance(timedelta(minutes=31))
    _hear(town, engine, range(2, 21), 40)
    assert _sweep(town) == 0
    clock.advance(timedelta(minutes=2))
    assert _sweep(town) == 1
    assert _sweep(town) == 0
    (alarm,) = _standing(town)
    assert (alarm.kind, alarm.tank_id, alarm.members) == (Kind.COMMS, 1, (1,))
    assert "S1" in alarm.reason_zh
    _hear(town, engine, range(1, 2), 41)
    assert _sweep(town) == 1
    assert _standing(town)[0].process is Process.RETURNED_UNACKNOWLEDGED


def test_many_silent_together_then_one_alarm_for_all(town: Database, clock: FakeClock) -> None:
    """A gateway with fifteen sensors goes down: one alarm of fifteen, returned together."""
    engine = WarnEngine(town.settings)
    _hear(town, engine, range(1, 21), 20)
    clock.advance(timedelta(minutes=33))
    _hear(town, engine, range(16, 21), 25)
    assert _sweep(town) == 1
    (alarm,) = _standing(town)
    assert alarm.tank_id is None
    assert alarm.members == tuple(range(1, 16))
    assert _sweep(town) == 0
    _hear(town, engine, range(1, 16), 40)
    assert _sweep(town) == 1
    assert not _standing(town)[0].is_active


def test_observer_when_restarted_then_same_alarms_as_without(
    town: Database, clock: FakeClock
) -> None:
    """Checkpoint in the middle of a delay, replay of what came after, no alarm twice."""
    start = to_ms(clock.now())
    levels = [1.52] * 6 + [1.75] * 8
    at = [start + k * 10 * MINUTE for k in range(len(levels))]
    clock.advance(timedelta(hours=6))
    engine = WarnEngine(town.settings)
    with town.read() as conn:
        assert engine.restore(conn) == 0
    with town.write("system:ingest") as tx:
        engine.observe(tx, _batch(levels[:7], at[:7]))
        engine.checkpoint(tx, 7)
    with town.write("system:ingest") as tx:
        engine.observe(tx, _batch(levels[7:10], at[7:10]))
    assert _kinds(town) == ["alarm.raised"]
    second = WarnEngine(town.settings)
    with town.read() as conn:
        assert second.restore(conn) == 7
    second.replay(_batch(levels[7:10], at[7:10]))
    with town.write("system:ingest") as tx:
        second.observe(tx, _batch(levels[10:], at[10:]))
    assert _kinds(town) == ["alarm.raised"]
    with town.write("system:ingest") as tx:
        second.observe(tx, _batch([1.52] * 10, [at[-1] + k * 10 * MINUTE for k in range(1, 11)]))
    assert _kinds(town)[-1] == "alarm.returned"


def test_observer_when_state_is_of_other_shards_then_starts_again(town: Database) -> None:
    """Another number of shards makes the saved state useless, and says so by 0."""
    engine = WarnEngine(town.settings)
    _hear(town, engine, range(1, 3), 2)
    with town.read() as conn:
        assert WarnEngine(town.settings, shards=3).restore(conn) == 0


def test_observer_when_it_rains_then_baseline_rule_waits(town: Database, clock: FakeClock) -> None:
    """Rain that sense recorded reaches the engine."""
    rained = WarnEngine(town.settings)
    start = to_ms(clock.now())
    at = [start + k * 10 * MINUTE for k in range(200)]
    clock.advance(timedelta(minutes=2000))
    with town.write("account:li") as tx:
        sense.record_rain(tx, tx.now, 30.0, hours=3)
    with town.read() as conn:
        rained.restore(conn)
    with town.write("system:ingest") as tx:
        rained.observe(tx, _batch([1.52, 1.521] * 80 + [1.67, 1.671] * 20, at))
    assert _standing(town) == []


@pytest.fixture
def client(town: Database) -> TestClient:
    app = FastAPI()
    app.state.db = town
    app.include_router(router)
    install_error_handlers(app)
    with town.write("system:test") as tx:
        for name, role in (("li", Role.DISPATCHER), ("crew", Role.CREW)):
            accounts.create_account(tx, name, "long enough", name=name, roles=[role])
    return TestClient(app)


def _as(client: TestClient, town: Database, name: str) -> dict[str, Any]:
    with town.write("system:test") as tx:
        signed = accounts.sign_in(tx, name, "long enough")
    assert signed is not None
    return {"Authorization": f"Bearer {signed[1]}"}


def test_api_when_dispatcher_acknowledges_then_seen_with_places(
    client: TestClient, town: Database
) -> None:
    """The list names tank and office; acknowledging names the person."""
    _tell(town, 4)
    li = _as(client, town, "li")
    (item,) = client.get("/api/v1/alarms", headers=li).json()["items"]
    assert (item["tank_name"], item["office_name"], item["grade"]) == ("1号楼北", "魏家庄街道", 1)
    done = client.post("/api/v1/alarms/1/acknowledge", headers=li, json={"note": "去"}).json()
    assert (done["process"], done["acknowledged_by"]) == ("active_acknowledged", "account:li")
    again = client.post("/api/v1/alarms/1/acknowledge", headers=li)
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "transition_not_allowed"


def test_api_when_shelved_too_long_or_by_crew_then_refused(
    client: TestClient, town: Database
) -> None:
    """Red for an hour at most, and only by who runs the room."""
    _tell(town, 4)
    li, crew = _as(client, town, "li"), _as(client, town, "crew")
    body = {"minutes": 90, "reason": "x"}
    refused = client.post("/api/v1/alarms/1/shelve", headers=li, json=body)
    assert refused.json()["error"]["code"] == "shelving_refused"
    assert client.post("/api/v1/alarms/1/shelve", headers=crew, json=body).status_code == 403
    assert client.get("/api/v1/alarms/7", headers=li).json()["error"]["code"] == "alarm_not_found"
    fine = client.post("/api/v1/alarms/1/shelve", headers=li, json=body | {"minutes": 30})
    assert fine.json()["suppression"] == "shelved"
