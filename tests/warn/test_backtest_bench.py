"""The benchmark's own rules: thresholds keep to their target, controls fail, tables render."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bench.quality.warn import CONTROLS, goals
from bench.quality.warn import detectors as found_by
from bench.quality.warn.frozen import Stream, alarms_at, freeze, scene, settle, stream_of
from bench.quality.warn.page import render
from bench.quality.warn.real import Recorded, inject
from bench.quality.warn.runs import as_played, shuffled

from qingshu.twin.worlds import World, make
from qingshu.warn.backtest.model import DAY_MS, HOUR_MS, NEVER

TARGET = 0.5


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    return {name: make(name, 2, tanks=40, days=70) for name in ("calibrate", "test")}


@pytest.fixture(scope="module")
def scores(worlds: dict[str, World]) -> dict[str, dict[str, Any]]:
    return {name: found_by.scores(world, 1) for name, world in worlds.items()}


def rate(ledger: Any) -> float:
    return float(ledger.false_by_tank.sum() / ledger.years_by_tank.sum())


@pytest.mark.parametrize("name", [*found_by.BASELINES, *CONTROLS])
def test_threshold_when_frozen_then_it_keeps_to_its_target(
    name: str, worlds: dict[str, World], scores: dict[str, dict[str, Any]]
) -> None:
    """On the world it was frozen on, and a control finds nothing on the other."""
    where = scene(worlds["calibrate"], 20 * DAY_MS)
    stream = stream_of(worlds["calibrate"], scores["calibrate"][name], int(where.watch.from_ms[0]))
    threshold = freeze([stream], [where], TARGET)
    assert rate(settle(stream, threshold, where)) <= TARGET
    if name in ("constant", "random", "rain_only"):
        there = scene(worlds["test"], 20 * DAY_MS)
        other = stream_of(worlds["test"], scores["test"][name], int(there.watch.from_ms[0]))
        found = settle(other, threshold, there)
        assert rate(found) > 2 * TARGET or (found.lead_h >= 2).mean() <= 0.15


def test_alarms_when_a_score_comes_again_within_hours_then_they_are_one() -> None:
    """Six hours below the threshold end an alarm; another tank is another alarm."""
    at = np.array([0, 1, 2, 9, 10, 0], np.int64) * HOUR_MS
    stream = Stream(np.array([0, 0, 0, 0, 0, 1]), at, np.array([5.0, 1, 5, 5, 1, 5]))
    found = alarms_at(stream, 2.0, 600_000)
    assert found.tank.tolist() == [0, 0, 1]
    assert found.raised_ms.tolist() == [0, 9 * HOUR_MS, 0]
    assert found.cleared_ms[0] == 2 * HOUR_MS + 600_000


def test_scores_when_the_future_is_cut_off_then_the_past_stays(worlds: dict[str, World]) -> None:
    """A baseline sees no later reading."""
    world = worlds["test"]
    half = len(world.base_ms) // 2
    short = World(
        world.scenario, world.seed, world.station, world.base_ms[:half], world.offset_ms,
        world.level_m[:half], world.true_m[:half], world.free_m[:half], world.late_h[:half],
        world.rain_mm[:half], world.wet_mm_h[:half], world.truth, world.causes,
    )  # fmt: skip
    whole, part = found_by.scores(world, 1), found_by.scores(short, 1)
    for name in found_by.BASELINES:
        assert np.array_equal(whole[name][:half], part[name], equal_nan=True), name


def test_shuffled_when_scores_go_to_other_tanks_then_none_is_lost() -> None:
    """The control keeps every score and its time."""
    stream = Stream(np.array([0, 0, 1, 2]), np.array([1, 2, 1, 1]), np.array([1.0, 2, 3, 4]))
    found = shuffled(stream, 3, 5)
    assert sorted(found.score.tolist()) == [1, 2, 3, 4]
    assert (np.diff(found.tank) >= 0).all()


def test_world_when_played_then_repeats_are_gone_and_arrivals_in_order(
    worlds: dict[str, World],
) -> None:
    """What the door would read from the files."""
    tanks, series = as_played(worlds["test"])
    pairs = series.tank.astype(np.int64) * (1 << 44) + series.measured_ms
    assert len(np.unique(pairs)) == len(series)
    assert (np.diff(series.received_ms) >= 0).all()
    assert (tanks.cover_m > tanks.outlet_m).all()


def test_injection_when_a_blockage_is_added_then_the_level_reaches_the_cover() -> None:
    """The real series is kept outside the blockages."""
    at = np.arange(0, 90 * DAY_MS, 900_000, dtype=np.int64)
    level = 0.3 + 0.1 * np.sin(at / DAY_MS * 2 * np.pi)
    tanks, series, truth = inject(Recorded("wave", at, level, np.zeros(len(at), bool)), 3, DAY_MS)
    over = truth.overflow_ms != NEVER
    assert over.sum() > 10
    assert (truth.onset_ms[over] < truth.overflow_ms[over]).all()
    tank, when = int(truth.tank[over][0]), int(truth.overflow_ms[over][0])
    mine = (series.tank == tank) & (series.measured_ms >= when)
    assert series.level_m[mine][0] == pytest.approx(tanks.cover_m[tank], abs=0.01)


def _row(detected_2h: float, false: float) -> dict[str, Any]:
    return {
        "false_per_tank_year": false, "detected_2h": detected_2h, "detected": 1.0,
        "detected_4h": 0.5, "lead_h_median": 1.0, "overflows": 3,
        "false_per_tank_year_95": [0.0, 1.0], "detected_2h_by_seed": [detected_2h],
        "precision_at_half_event": 0.9, "lead_over_oracle_median": 0.5, "by_available_h": {},
        "false_by_cause": {"foam": 2}, "by_kind": {"sudden": {"n": 3}},
    }  # fmt: skip


def test_goals_when_a_control_passes_then_it_is_named() -> None:
    """A control that finds overflows shows that the benchmark can be gamed."""
    point = {"target": 0.1, "false_per_tank_year": 0.1, "detected_2h": 0.5}
    figures = {
        "test": {
            "engines": {"first": _row(0.9, 4.0)},
            "baselines": {"persist_2h_rain_gate": _row(0.4, 0.1)},
            "controls": {"random": _row(0.0, 0.1), "duration_only": _row(0.6, 0.1)},
            "curves": {"persist_2h_rain_gate": [point]},
            "oracle": _row(1.0, 0.0),
        }
    }
    found = goals(figures, ("test",))
    assert found["controls_fail"] == {
        "goal": "all", "got": ["test: duration_only 0.6"], "met": False,
    }  # fmt: skip
    page = render({"scenario": "s", "figures": figures, "goals": found})
    assert "| first | 4 |" in page
    assert "**missed**" in page
