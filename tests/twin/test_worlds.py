"""Worlds of the benchmark: water, truth, sensors as bad as measured ones, permanent ids."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from qingshu.kernel.errors import InvalidInput, NotFound
from qingshu.twin.worlds import SCENARIOS, World, make
from qingshu.twin.worlds.files import write

IDS = {
    "train", "calibrate", "test", "foam3", "retention2", "climate", "sampling-5", "sampling-15",
    "sampling-30", "sampling-60", "sensor-unseen",
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> World:
    """60 tanks over half a year."""
    return make("train", 5, tanks=60, days=180)


def test_scenarios_when_listed_then_the_permanent_ids_are_there() -> None:
    """Results are compared over years by these ids."""
    assert set(SCENARIOS) == IDS
    assert len({s.stream for s in SCENARIOS.values()}) == len(IDS)


def test_world_when_made_twice_then_it_is_the_same_and_another_seed_is_not() -> None:
    """The same arguments give the same world."""
    one, two, other = (make("test", seed, tanks=5, days=30) for seed in (1, 1, 2))
    assert np.array_equal(one.level_m, two.level_m, equal_nan=True)
    assert not np.array_equal(one.station.cover_m, other.station.cover_m)
    assert not np.array_equal(one.station.cover_m, make("train", 1, tanks=5).station.cover_m)


def test_water_when_an_outlet_is_free_then_both_waters_are_one(world: World) -> None:
    """Outside obstructions, and what follows them, truth and counterfactual agree."""
    busy = np.zeros(world.true_m.shape, bool)
    for tank, onset, cleared in zip(
        world.truth.tank, world.truth.onset_ms, world.truth.cleared_ms, strict=True
    ):
        at = world.base_ms
        busy[(at >= onset - 6e5) & (at <= cleared + 2 * 86_400_000), tank] = True
    assert np.abs(world.true_m - world.free_m)[~busy].max() < 0.005


def test_truth_when_an_overflow_is_named_then_the_water_stood_at_the_cover(world: World) -> None:
    """Order of the instants, and the true level at the overflow."""
    t = world.truth
    over = t.overflow_ms >= 0
    assert over.sum() > 10
    assert (t.onset_ms[over] < t.overflow_ms[over]).all()
    assert (t.overflow_ms[over] <= t.cleared_ms[over]).all()
    fired = over & (t.oracle_ms >= 0)
    assert fired.mean() < 1 or fired[over].all()
    assert (t.oracle_ms[fired] <= t.overflow_ms[fired]).all()
    for tank, at in zip(t.tank[over], t.overflow_ms[over], strict=True):
        row = int(np.searchsorted(world.base_ms + world.offset_ms[tank], at))
        around = world.true_m[max(0, row - 1) : row + 2, tank]
        assert around.max() > world.station.cover_m[tank] - 0.02


def test_sensors_when_a_year_passes_then_gaps_and_flats_are_as_in_real_sewers() -> None:
    """Published: coverage median .95, longest gap median 129 h, longest flat 6.8 h."""
    world = make("train", 9, tanks=80, days=365)
    good = np.isfinite(world.level_m)
    assert 0.92 < np.median(good.mean(axis=0)) < 0.985
    gaps, flats = [], []
    for i in range(80):
        at = np.flatnonzero(good[:, i] & (world.late_h[:, i] == 0))
        gaps.append(float(np.diff(at).max()) / 6)
        value = world.level_m[at, i]
        ends = np.concatenate(([-1], np.flatnonzero(np.diff(value) != 0), [len(value) - 1]))
        flats.append(float(np.diff(ends).max()) / 6)
    assert 80 < np.median(gaps) < 220
    assert 3 < np.median(flats) < 20


def test_readings_when_they_arrive_then_late_and_repeated_ones_are_among_them(
    world: World,
) -> None:
    """Order of arrival is not order of measurement."""
    found = world.readings()
    assert (np.diff(found.received_ms) >= 0).all()
    assert (found.received_ms > found.measured_ms).all()
    pairs = np.stack([found.tank, found.measured_ms], axis=1)
    assert 0 < len(pairs) - len(np.unique(pairs, axis=0)) < 0.01 * len(pairs)
    assert (found.received_ms - found.measured_ms > 3_600_000).any()


@pytest.mark.parametrize("name", sorted(IDS))
def test_scenario_when_made_then_levels_are_plausible(name: str) -> None:
    """Every scenario runs at its own sampling and stays in its tanks."""
    world = make(name, 3, tanks=8, days=40)
    assert len(world.base_ms) == 40 * 1440 // world.scenario.interval_min
    assert (world.true_m <= world.station.cover_m + 1e-3).all()
    assert (world.true_m >= 0).all()
    assert np.nanmin(world.level_m) >= 0


def test_world_when_the_name_or_size_is_wrong_then_it_says_so() -> None:
    """Unknown scenario, no tanks, odd sampling."""
    with pytest.raises(NotFound):
        make("nowhere", 1)
    with pytest.raises(InvalidInput):
        make("test", 1, tanks=0)
    with pytest.raises(InvalidInput):
        make("test", 1, interval_min=7)


def test_files_when_written_then_the_doors_can_read_them(tmp_path: Path) -> None:
    """Columns of the four files, blank overflow where none was."""
    paths = write(make("calibrate", 2, tanks=6, days=60), tmp_path)
    assert pl.read_csv(paths["T"]).columns[:3] == ["tank", "outlet_m", "cover_m"]
    assert pl.read_parquet(paths["R"]).columns == ["tank", "measured_at", "received_at", "level_m"]
    assert pl.read_csv(paths["F"]).columns == ["time", "mm"]
    truth = pl.read_csv(paths["E"])
    assert {"tank", "kind", "onset_at", "overflow_at", "cleared_at", "oracle_at"} <= set(
        truth.columns
    )
