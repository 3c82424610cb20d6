"""The learned engine behind the same doors: pipeline, restart, stored forecast, budget."""

from __future__ import annotations

import json
from datetime import timedelta

from qingshu.kernel.instants import iso
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.sense.pipeline import Pipeline
from qingshu.warn import service, store
from qingshu.warn.engine import WarnEngine
from qingshu.warn.engine.foresight import Foresight
from qingshu.warn.engine.spent import alarm_budget
from qingshu.warn.params import WarnParams

LEARNED = WarnParams(engine="foresight", learned_after_h=6.0)


def _send(pipeline: Pipeline, db: Database, level_m: float) -> None:
    body = {"measured_at": iso(db.clock.now()), "level_m": level_m}
    pipeline.submit([b"qs/v1/S1/reading"], [json.dumps(body).encode()], [1])
    pipeline.commit()


def test_rise_over_restarts_then_one_alarm_with_the_models_interval(
    town: Database, clock: FakeClock
) -> None:
    """A rise of 4 cm an hour, the process killed every ten readings, is one foreseen alarm."""
    usual = [1.515 + 0.002 * (k % 3) for k in range(60)]
    rising = [1.52 + 0.04 / 6 * k for k in range(1, 72)]
    for k, level in enumerate(usual + rising):
        if k % 10 == 0:
            pipeline = Pipeline(
                town, observers=[WarnEngine(town.settings, engine=Foresight(LEARNED))]
            )
        clock.advance(timedelta(minutes=10))
        _send(pipeline, town, level)
    with town.read() as conn:
        (alarm,) = service.alarms_of_tank(conn, 1)
    assert alarm.is_active
    assert alarm.overflow_at is not None
    assert alarm.overflow_from is not None
    assert alarm.overflow_to is not None
    assert alarm.overflow_from <= alarm.overflow_at <= alarm.overflow_to
    assert "概率" in alarm.reason_zh


def test_budget_without_a_checkpoint_then_no_estimate(town: Database) -> None:
    """The first rule keeps no estimate, a fresh station has watched nothing."""
    with town.read() as conn:
        for engine in ("first", "foresight"):
            found = alarm_budget(conn, WarnParams(engine=engine))
            assert (found.engine, found.accepted, found.estimate) == (engine, 0.1, None)


def test_budget_after_a_checkpoint_then_estimate_with_interval(town: Database) -> None:
    """What was watched and how excursions peaked is read from the saved shard."""
    engine = Foresight(LEARNED)
    state = engine.new_state()
    state.watched_ms[0] = 40 * 365.25 * 86_400_000
    state.peaks[0] = engine.learned.false_peaks * 5000
    with town.write("system") as tx:
        store.save_shard(tx, 0, state.to_bytes(), log_id=1, engine=engine.name, shards=1)
    with town.read() as conn:
        found = alarm_budget(conn, LEARNED)
    assert found.estimate is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.estimate <= found.high
    assert round(found.tank_years) == 40
