"""Water: it balances, a shut outlet overflows in hours, rain and sensors stay plausible."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qingshu.twin.city import City, make_city, saved_at
from qingshu.twin.world import World

START_S = 1_795_500_000.0
HOUR_STEPS = 30


@pytest.fixture
def city(small: World) -> City:
    """The small city at rest."""
    return make_city(small, START_S)


def test_levels_when_two_days_pass_then_water_balances(city: City) -> None:
    """level = start + inflow - outflow - spilled, to a micrometre, in every tank."""
    start = city.levels.level_m.copy()
    for _ in range(48 * HOUR_STEPS):
        city.step()
    s = city.levels
    assert np.allclose(s.level_m, start + s.inflow_m - s.outflow_m - s.spilled_m, atol=1e-6)


def test_levels_when_nothing_is_blocked_then_they_stay_near_the_outlet(city: City) -> None:
    """A working weir holds the level within centimetres of the outlet."""
    city.blockages.rng = np.random.default_rng(0)
    for _ in range(24 * HOUR_STEPS):
        city.step()
    free = [i for i in range(300) if i not in city.blockages.by_tank]
    above = (city.levels.level_m - city.levels.outlet_m)[free]
    assert np.median(above) < 0.05


def test_tank_when_its_outlet_shuts_then_it_overflows_within_a_plausible_time(
    city: City,
) -> None:
    """Freeboard over mean rise: 0.25-0.8 m at 0.3-3.5 m/day is 2 h to 3 days."""
    tank = int(np.argsort(city.levels.rise_m_day)[150])
    city.blockages.plan(city.levels, tank, START_S, 0.0)
    freeboard = city.levels.cover_m[tank] - city.levels.level_m[tank]
    expected_h = freeboard / city.levels.rise_m_day[tank] * 24
    for _ in range(72 * HOUR_STEPS):
        city.step()
        if city.levels.overflowing[tank]:
            break
    took_h = (city.now_s - START_S) / 3600
    assert 0.4 * expected_h < took_h < 2.5 * expected_h


def test_tank_when_pumped_then_it_falls_and_flows_again(city: City) -> None:
    """What is taken is what the level lost, times the area; the outlet is open again."""
    tank = 5
    city.blockages.plan(city.levels, tank, START_S + 3600, 0.3)
    for _ in range(2 * HOUR_STEPS):
        city.step()
    before = float(city.levels.level_m[tank])
    taken = city.pump(tank, 2.0)
    lost = before - float(city.levels.level_m[tank])
    assert taken == pytest.approx(lost * city.world.tanks.area_m2[tank], abs=0.01)
    assert 0 < taken <= 2.0
    assert tank not in city.blockages.by_tank


def test_samples_when_a_day_passes_then_most_sensors_spoke_and_were_near_the_truth(
    city: City,
) -> None:
    """About 5 % of readings are lost; the median error is below 3 cm."""
    errors, heard = [], set()
    for _ in range(24 * HOUR_STEPS):
        for sample in city.step():
            heard.add(sample.sensor)
            truth = city.levels.level_m[city.world.sensors.tank[sample.sensor]]
            errors.append(abs(sample.level_m - truth))
    assert len(heard) > 80
    due = sum(86400 / city.world.sensors.interval_s)
    assert 0.85 * due < len(errors) < due
    assert np.median(errors) < 0.03


def test_opening_when_the_city_starts_then_some_tanks_stand_high_and_most_do_not(
    city: City,
) -> None:
    """The first look shows a few tanks in trouble, one of them about to overflow."""
    city.open_with_trouble(START_S + 26 * 3600)
    for _ in range(26 * HOUR_STEPS):
        city.step()
    watched = city.world.sensors.tank
    left = (city.levels.cover_m - city.levels.level_m)[watched]
    normal = (city.levels.cover_m - city.levels.outlet_m)[watched]
    used = 1 - left / normal
    assert 3 <= (used > 0.3).sum() <= 20
    assert (used > 0.7).sum() >= 1


def test_state_when_saved_and_loaded_then_the_city_goes_on_from_there(
    city: City, small: World, tmp_path: Path
) -> None:
    """A restart of the twin neither empties nor unblocks a tank."""
    city.blockages.plan(city.levels, 9, START_S, 0.1)
    for _ in range(HOUR_STEPS):
        city.step()
    city.save(tmp_path)
    later = make_city(small, START_S)
    assert later.load(tmp_path)
    assert saved_at(tmp_path) == later.now_s == city.now_s
    assert np.array_equal(later.levels.level_m, city.levels.level_m)
    assert later.blockages.by_tank.keys() == city.blockages.by_tank.keys()
