"""The year plan on a SIMULATED town: gap to the LP bound, weekly variation, spacing."""

from __future__ import annotations

from typing import Any

import numpy as np

from qingshu.schedule.year.check import check
from qingshu.schedule.year.problem import YearCase, level_targets
from qingshu.schedule.year.solve import solve

WEEKS = 52
HOLIDAYS = {6: 0.4, 7: 0.0, 17: 0.6, 39: 0.2}


def build(tanks: int, grids: int, seed: int = 4) -> YearCase:
    """Tanks with intervals of 6 to 104 weeks, due dates bunched in spring and autumn."""
    rng = np.random.default_rng(seed)
    interval = rng.normal(52, 12, tanks)
    often, half = rng.random(tanks) < 0.07, rng.random(tanks) < 0.35
    interval[half] = rng.normal(26, 5, int(half.sum()))
    interval[often] = rng.uniform(6, 15, int(often.sum()))
    interval = np.clip(interval, 6, 104)
    volume = np.clip(rng.lognormal(1.0, 0.55, tanks), 0.8, 14.0)
    hours = 0.45 + 0.12 * volume + rng.uniform(0, 0.15, tanks)
    grid = rng.integers(0, grids, tanks)
    first = rng.uniform(0, interval)
    pulled = rng.random(tanks) < 0.25
    toward = np.where(first < 25.0, 10.0, 40.0)
    first[pulled] = (first[pulled] + toward[pulled]) / 2
    rows = []
    for tank in range(tanks):
        due = first[tank]
        while due < WEEKS:
            rows.append((tank, due))
            due += interval[tank]
    tank_of = np.array([row[0] for row in rows])
    due_week = np.floor(np.array([row[1] for row in rows]))
    early = np.maximum(1, np.round(0.15 * interval[tank_of]))
    late = np.maximum(1, np.round(0.075 * interval[tank_of]))
    return _limited(
        grids, tank_of, grid[tank_of], hours[tank_of], volume[tank_of], due_week,
        np.clip(due_week - early, 0, WEEKS - 1).astype(int),
        np.clip(due_week + late, 0, WEEKS - 1).astype(int),
        np.maximum(1, np.floor(0.85 * interval[tank_of])).astype(int),
    )  # fmt: skip


def _limited(
    grids: int, tank: Any, grid: Any, hours: Any, volume: Any, due: Any,
    low: Any, high: Any, gap: Any,
) -> YearCase:  # fmt: skip
    part = np.ones(WEEKS)
    for week, share in HOLIDAYS.items():
        part[week] = share
    share = np.bincount(grid, weights=hours, minlength=grids) / WEEKS
    crew = 1.12 * share[:, None] * part[None, :]
    plant = 1.10 * volume.sum() / WEEKS * np.maximum(part, 0.3)
    return YearCase(
        tank=tank, grid=grid, hours=hours, volume_m3=volume, due_week=due,
        week_low=low, week_high=high, late=np.ones(len(tank)), gap=gap,
        crew_hours=crew, target_hours=level_targets(grid, hours, crew), plant_m3=plant,
    )  # fmt: skip


def run(quick: bool) -> dict[str, Any]:
    """Plan the simulated year; seconds are of the processor, wall seconds beside them."""
    tanks, grids, limit_s = (3000, 6, 12.0) if quick else (15_000, 28, 55.0)
    case = build(tanks, grids)
    found = solve(case, limit_s)
    broken = check(case, found.week)
    seconds = found.seconds["total"]
    return {
        "scenario": (
            f"SIMULATED: {tanks} tanks in {grids} grids, {case.visits} visits, 52 weeks, one "
            "week closed, three short; dates bunch in spring and autumn"
        ),
        "figures": {
            "visits": case.visits,
            "cost": round(found.cost.total, 1),
            "lp_bound": round(found.bound, 1),
            "gap": round(found.gap, 4),
            "unlevelled_cost": round(found.unlevelled.total, 1),
            "weekly_variation": round(found.variation, 4),
            "unlevelled_weekly_variation": round(found.unlevelled_variation, 4),
            "hours_over_crews": round(found.cost.over_hours / case.prices.over_hour, 1),
            "m3_over_plants": round(found.cost.over_m3 / case.prices.over_m3, 1),
            "visits_too_close": found.too_close,
            "broken_rules": broken,
            "seconds": found.seconds,
        },
        "goals": {
            "gap_to_lp": {"goal": 0.04, "got": round(found.gap, 4), "met": found.gap <= 0.04},
            "cpu_seconds": {"goal": 60.0, "got": seconds, "met": seconds <= 60.0},
            "spacing_kept": {"goal": 0, "got": len(broken), "met": not broken},
            "weekly_variation": {
                "goal": 0.10, "got": round(found.variation, 4), "met": found.variation <= 0.10,
            },
        },
    }  # fmt: skip
