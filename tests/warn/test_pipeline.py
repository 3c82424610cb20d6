"""Readings through the real pipeline become alarms, also over a restart."""

from __future__ import annotations

import json
from datetime import timedelta

from qingshu.kernel.instants import iso
from qingshu.runtime import eventlog
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.sense.pipeline import Pipeline
from qingshu.warn import service
from qingshu.warn.engine import WarnEngine


def _send(pipeline: Pipeline, db: Database, level_m: float, device: str = "S1") -> None:
    body = {"measured_at": iso(db.clock.now()), "level_m": level_m}
    topic = f"qs/v1/{device}/reading".encode()
    pipeline.submit([topic], [json.dumps(body).encode()], [1])
    pipeline.commit()


def test_rise_over_a_kill_then_one_alarm_that_returns(town: Database, clock: FakeClock) -> None:
    """Each pipeline is dropped without a word, as by a kill; the next one goes on."""
    levels = [1.52] * 4 + [1.75, 1.76, 1.77, 1.78] + [1.52] * 9
    for level in levels:
        clock.advance(timedelta(minutes=10))
        _send(Pipeline(town, observers=[WarnEngine(town.settings)]), town, level)
    with town.read() as conn:
        kinds = [e.kind for e in eventlog.tail(conn, 0) if e.kind.startswith("alarm.")]
        (alarm,) = service.alarms_of_tank(conn, 1)
    assert kinds == ["alarm.raised", "alarm.returned"]
    assert alarm.number == "A20261124-001"
    assert alarm.level_m is not None
    assert alarm.level_m > 1.7


def test_clean_stop_then_checkpoint_is_enough(town: Database, clock: FakeClock) -> None:
    """After a clean stop the engine starts from its checkpoint in the middle of a delay."""
    pipeline = Pipeline(town, observers=[WarnEngine(town.settings)])
    for level in (1.52, 1.52, 1.52, 1.75):
        clock.advance(timedelta(minutes=10))
        _send(pipeline, town, level)
    pipeline.close()
    clock.advance(timedelta(minutes=10))
    _send(Pipeline(town, observers=[WarnEngine(town.settings)]), town, 1.76)
    with town.read() as conn:
        assert [a.grade for a in service.alarms_of_tank(conn, 1)] == [3]
