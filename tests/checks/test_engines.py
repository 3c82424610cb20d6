"""What every warning engine must do, whatever it has learned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from qingshu.warn.engine.contract import Rows, Shape, Surroundings
from qingshu.warn.engine.first_rule import FirstRule
from qingshu.warn.errors import StateUnreadable
from qingshu.warn.model import Channel, Transition
from tests.checks.battery import every_engine, town

SHAPES = [Shape(tank, 1.5, 2.0) for tank in range(1, 60)]
MAX_BYTES = 240

pytestmark = pytest.mark.parametrize("make", every_engine())


def _run(engine: Any, parts: list[Rows], *, reload: bool = False) -> tuple[Any, list[Transition]]:
    state, limits, said = engine.new_state(), engine.limits(SHAPES, 1), []
    for part in parts:
        if len(part):
            now = int(part.measured_ms.max())
            said += engine.advance(state, part, limits, Surroundings(), now)
        if reload:
            state = engine.load_state(state.to_bytes())
    return state, said


def _cut(rows: Rows, size: int) -> list[Rows]:
    at = np.arange(len(rows))
    return [rows.pick(at[k : k + size]) for k in range(0, len(rows), size)]


def _keyed(said: list[Transition]) -> list[Transition]:
    return sorted(said, key=lambda t: (t.tank_id, t.channel, t.at_ms))


def test_battery_when_searched_then_first_rule_is_in_it(make: type[Any]) -> None:
    """The search finds engines, so the battery cannot be empty by accident."""
    assert FirstRule in every_engine()


def test_saved_and_loaded_then_same_bytes(make: type[Any]) -> None:
    """Bytes of loaded bytes are the same bytes."""
    engine = make()
    state, _ = _run(engine, [town()])
    blob = state.to_bytes()
    assert engine.load_state(blob).to_bytes() == blob


def test_saved_after_every_part_then_same_alarms(make: type[Any]) -> None:
    """A restart at any point, also in the middle of a delay, changes nothing."""
    parts = _cut(town(), 97)
    whole, broken = _run(make(), parts), _run(make(), parts, reload=True)
    assert broken[1] == whole[1]
    assert broken[0].to_bytes() == whole[0].to_bytes()


def test_damaged_bytes_then_refused_by_code(make: type[Any]) -> None:
    """State of another layout, or cut short, is refused and never guessed at."""
    engine = make()
    state, _ = _run(engine, [town(tanks=3, hours=5)])
    for blob in (b"", b"nonsense", state.to_bytes()[:-10]):
        with pytest.raises(StateUnreadable):
            engine.load_state(blob)


def test_one_by_one_then_same_as_one_batch(make: type[Any]) -> None:
    """How rows are cut into batches does not matter."""
    rows = town()
    whole, single = _run(make(), [rows]), _run(make(), _cut(rows, 1))
    assert whole[1]
    assert _keyed(single[1]) == _keyed(whole[1])
    assert single[0].to_bytes() == whole[0].to_bytes()


def test_same_rows_again_then_same_result(make: type[Any]) -> None:
    """Two runs are equal: no clock, no randomness."""
    rows = town()
    first, second = _run(make(), [rows]), _run(make(), [rows])
    assert first[1] == second[1]
    assert first[0].to_bytes() == second[0].to_bytes()


def test_every_row_twice_then_nothing_changes(make: type[Any]) -> None:
    """Doubled readings are harmless."""
    rows = town()
    doubled = rows.pick(np.repeat(np.arange(len(rows)), 2))
    once, twice = _run(make(), [rows]), _run(make(), [doubled])
    assert twice[1] == once[1]
    assert twice[0].to_bytes() == once[0].to_bytes()


def test_old_rows_again_at_the_end_then_nothing_changes(make: type[Any]) -> None:
    """A device that uploads its memory again changes no state and clears no alarm."""
    engine, rows = make(), town()
    levels = rows.pick(rows.quantity == 1)
    state, said = _run(engine, [levels])
    before = state.to_bytes()
    limits, now = engine.limits(SHAPES, 1), int(levels.measured_ms.max())
    shuffled = levels.pick(np.random.default_rng(1).permutation(len(levels)))
    assert engine.advance(state, shuffled, limits, Surroundings(), now) == []
    assert said
    assert state.to_bytes() == before


def test_late_rows_then_nothing_changes(make: type[Any]) -> None:
    """Rows that sense flagged late are never about now."""
    engine, rows = make(), town()
    state, _ = _run(engine, [rows])
    before, now = state.to_bytes(), int(rows.measured_ms.max())
    late = Rows(
        rows.index, rows.tank, rows.quantity, rows.measured_ms + 10**8, rows.value - 1,
        np.full(len(rows), 1, np.uint8),
    )  # fmt: skip
    assert engine.advance(state, late, engine.limits(SHAPES, 1), Surroundings(), now) == []
    assert state.to_bytes() == before


def test_only_bad_rows_then_no_level_alarm_moves(make: type[Any]) -> None:
    """A week of refused low readings clears no level alarm."""
    engine, rows = make(), town()
    state, _ = _run(engine, [rows])
    up = [t for t in SHAPES if engine.severity(state, t.tank_id)[Channel.LEVEL]]
    assert up
    tank = np.array([t.tank_id for t in up] * 500)
    at = int(rows.measured_ms.max()) + np.repeat(np.arange(1, 501), len(up)) * 1_200_000
    bad = Rows(
        tank, tank, np.full(len(tank), 1, np.uint8), at, np.full(len(tank), 0.3),
        np.full(len(tank), 4, np.uint8),
    )  # fmt: skip
    engine.advance(state, bad, engine.limits(SHAPES, 1), Surroundings(), int(at.max()))
    assert all(engine.severity(state, t.tank_id)[Channel.LEVEL] for t in up)


def test_nan_and_absurd_values_then_no_harm(make: type[Any]) -> None:
    """NaN, infinity and kilometres leave the level state readable and unchanged."""
    engine, rows = make(), town()
    state, _ = _run(engine, [rows])
    severity = [engine.severity(state, t.tank_id)[Channel.LEVEL] for t in SHAPES]
    wild = np.array([np.nan, np.inf, -np.inf, 1e9, -1e9])
    tank = np.full(5, 5)
    at = int(rows.measured_ms.max()) + np.arange(1, 6) * 60_000
    batch = Rows(tank, tank, np.full(5, 1, np.uint8), at, wild, np.zeros(5, np.uint8))
    engine.advance(state, batch, engine.limits(SHAPES, 1), Surroundings(), int(at[-1]))
    assert [engine.severity(state, t.tank_id)[Channel.LEVEL] for t in SHAPES] == severity


def test_clock_far_ahead_then_ignored(make: type[Any]) -> None:
    """A reading from next year does not lock out all that follow."""
    engine, rows = make(), town()
    parts = _cut(rows, len(rows) // 2)
    plain = _run(make(), parts)
    ahead = Rows(
        rows.index, rows.tank, rows.quantity, rows.measured_ms + 365 * 86_400_000, rows.value,
        np.zeros(len(rows), np.uint8),
    )  # fmt: skip
    state, limits = engine.new_state(), engine.limits(SHAPES, 1)
    said = []
    for part in parts:
        now = int(part.measured_ms.max())
        said += engine.advance(state, part, limits, Surroundings(), now)
        assert engine.advance(state, ahead, limits, Surroundings(), now) == []
    assert said == plain[1]


def test_stuck_for_days_then_a_fault_and_no_level_alarm(make: type[Any]) -> None:
    """One value for three days is a fault of the sensor, not a level."""
    at = 1_795_500_000_000 + np.arange(432) * 600_000
    tank = np.ones(432, np.int64)
    rows = Rows(
        tank, tank, np.full(432, 1, np.uint8), at, np.full(432, 1.51), np.zeros(432, np.uint8)
    )
    _, said = _run(make(), [rows])
    assert [t.channel for t in said] == [Channel.FAULT]


def test_long_stream_then_memory_stays_bounded(make: type[Any]) -> None:
    """Ten times the rows, the same memory, within the budget a tank."""
    few, _ = _run(make(), [town(hours=4)])
    many, _ = _run(make(), [town(hours=40)])
    assert len(many.to_bytes()) == len(few.to_bytes())
    assert many.bytes_per_tank <= MAX_BYTES
