"""Free some visits of one grid, hold all else, and ask HiGHS for the best whole answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qingshu.schedule.year import linear
from qingshu.schedule.year.linear import Choices
from qingshu.schedule.year.problem import Floats, Ints, YearCase, cost_of, loads
from qingshu.schedule.year.search import Plan


def improve(plan: Plan, grid: int, visits: Ints, choices: Choices, keep: Floats,
            limit_s: float) -> float:  # fmt: skip
    """Re-place ``visits`` of ``grid`` among the choices flagged in ``keep``; the gain.

    The plan changes only when the answer is better.
    """
    if len(visits) == 0:
        return 0.0
    held, case = _held(plan, grid, visits)
    offered = _offered(plan, visits, choices, keep, case)
    now = plan.week[visits]
    found = linear.exact(case, offered, now, limit_s)
    if found is None or _too_close(case, found):
        return 0.0
    gain = cost_of(case, now).total - cost_of(case, found).total
    if gain <= 1e-6:
        return 0.0
    plan.week[visits] = found
    hours, volume = loads(case, found)
    plan.hours[grid] = held[0] + hours[0]
    plan.volume[:] = held[1] + volume
    return gain


def _held(plan: Plan, grid: int, visits: Ints) -> tuple[tuple[Floats, Floats], YearCase]:
    """What the held visits load, and the case of the free ones."""
    case, week = plan.case, plan.week
    hours = plan.hours[grid].copy()
    volume = plan.volume.copy()
    np.add.at(hours, week[visits], -case.hours[visits])
    np.add.at(volume, week[visits], -case.volume_m3[visits])
    low, high = _windows(plan, visits)
    small = replace(
        case,
        **{name: getattr(case, name)[visits] for name in
           ("tank", "hours", "volume_m3", "due_week", "late", "gap")},
        grid=np.zeros(len(visits), dtype=np.int64), week_low=low, week_high=high,
        crew_hours=(case.crew_hours[grid] - hours)[None, :],
        target_hours=(case.target_hours[grid] - hours)[None, :],
        plant_m3=case.plant_m3 - volume,
    )  # fmt: skip
    return (hours, volume), small


def _windows(plan: Plan, visits: Ints) -> tuple[Ints, Ints]:
    """The free visits' windows, cut where a held visit of the same tank stands near."""
    case = plan.case
    free = np.zeros(case.visits, dtype=bool)
    free[visits] = True
    low, high = case.week_low[visits].copy(), case.week_high[visits].copy()
    before, after = plan.before[visits], plan.after[visits]
    fixed = (before >= 0) & ~free[before]
    low[fixed] = np.maximum(low[fixed], plan.week[before[fixed]] + case.gap[before[fixed]])
    fixed = (after >= 0) & ~free[after]
    high[fixed] = np.minimum(high[fixed], plan.week[after[fixed]] - case.gap[visits[fixed]])
    now = plan.week[visits]
    return np.minimum(low, now), np.maximum(high, now)


def _offered(plan: Plan, visits: Ints, choices: Choices, keep: Floats, case: YearCase) -> Choices:
    place = np.full(plan.case.visits, -1, dtype=np.int64)
    place[visits] = np.arange(len(visits))
    mine = place[choices.visit]
    chosen = (mine >= 0) & ((keep > 0) | (choices.week == plan.week[choices.visit]))
    visit, week = mine[chosen], choices.week[chosen]
    inside = (week >= case.week_low[visit]) & (week <= case.week_high[visit])
    visit, week = visit[inside], week[inside]
    start = np.concatenate([[0], np.cumsum(np.bincount(visit, minlength=len(visits)))])
    return Choices(visit, week, start.astype(np.int64))


def _too_close(case: YearCase, week: Ints) -> bool:
    after = case.following()
    pair = np.flatnonzero(after >= 0)
    return bool((week[after[pair]] - week[pair] < case.gap[pair]).any())
