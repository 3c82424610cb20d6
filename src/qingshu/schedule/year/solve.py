"""A year plan from start to end: relax, round, descend, ask HiGHS about parts, descend."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from qingshu.schedule.year import linear, neighbourhood
from qingshu.schedule.year.problem import Cost, Floats, Ints, YearCase, cost_of, loads
from qingshu.schedule.year.search import PAIRED, GridSearch, Plan, plan_of, space

# Choices whose reduced cost is above this, points, are left out of large neighbourhoods.
CHEAP, CHEAPEST = 1.0, 0.15
# Share of a mean visit's hours that the relaxation to be rounded leaves free in a week.
SLACK = 0.12
# Weeks that one large neighbourhood spans, and the most seconds HiGHS gets for it.
SPAN_WEEKS = 6
PART_S = 1.0
# The same for a whole grid.
GRID_S = 2.0


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan: the week of each visit, what it costs, and the bound it is held against."""

    week: Ints
    cost: Cost
    bound: float
    unlevelled: Cost
    variation: float
    unlevelled_variation: float
    too_close: int
    seconds: dict[str, float]

    @property
    def gap(self) -> float:
        """How far above the bound, as a share; 0 for an empty year."""
        return max(self.cost.total / self.bound - 1.0, 0.0) if self.bound > 1e-9 else 0.0


def solve(case: YearCase, limit_s: float = 60.0) -> Planned:
    """The best plan found in about ``limit_s`` seconds of processor time.

    Processor time, so that a plan does not get worse because the machine was busy. The
    relaxation and the first descent are always finished.

    Raises
    ------
    Unavailable
        The relaxation was not solved in ten times that.
    """
    began, wall = time.process_time(), time.perf_counter()
    due = np.clip(np.floor(case.due_week).astype(np.int64), case.week_low, case.week_high)
    if case.visits == 0:
        nothing = cost_of(case, due)
        return Planned(due, nothing, nothing.total, nothing, 0.0, 0.0, 0, {})
    choices = linear.choices_of(case)
    relaxation = linear.Relaxation(case, choices, limit_s * 10)
    relaxed = relaxation.solve()
    seconds = {"relax": time.process_time() - began}
    until = began + limit_s * 0.92
    plan, reduced = _rounded(case, choices, relaxation, until)
    searches = [GridSearch(plan, grid) for grid in range(case.grids)]
    seconds["round"] = time.process_time() - began - seconds["relax"]
    _descend(searches)
    for looks in (PAIRED, 2 * PAIRED):
        for search in searches:
            if looks == PAIRED or time.process_time() < until:
                search.descend_pairs(looks)
    seconds["descend"] = time.process_time() - began - seconds["relax"] - seconds["round"]
    _grids(plan, searches, choices, reduced, until)
    _spans(plan, searches, choices, reduced, until)
    _descend(searches)
    seconds["total"] = time.process_time() - began
    seconds["wall"] = time.perf_counter() - wall
    return Planned(
        week=plan.week, cost=cost_of(case, plan.week), bound=relaxed.bound,
        unlevelled=cost_of(case, due), variation=variation(case, plan.week),
        unlevelled_variation=variation(case, due), too_close=_too_close(plan),
        seconds={name: round(value, 2) for name, value in seconds.items()},
    )  # fmt: skip


def variation(case: YearCase, week: Ints) -> float:
    """Standard deviation of the hours of a grid's week against its level target.

    Weeks are weighed by their target, so that a short week counts as its share of a full
    one; closed weeks and those before the plan begins have none and are left out.
    """
    hours, _ = loads(case, week)
    target = case.target_hours
    is_open = target > 1e-9
    if not is_open.any():
        return 0.0
    ratio = np.where(is_open, hours / np.maximum(target, 1e-9), 1.0)
    return float(np.sqrt(np.average((ratio - 1.0) ** 2, weights=target * is_open)))


def _descend(searches: list[GridSearch]) -> None:
    while sum(search.descend() for search in searches) > 1e-6:
        pass


def _too_close(plan: Plan) -> int:
    pair = np.flatnonzero(plan.after >= 0)
    return int((plan.week[plan.after[pair]] - plan.week[pair] < plan.case.gap[pair]).sum())


def _rounded(
    case: YearCase, choices: linear.Choices, relaxation: linear.Relaxation, until: float
) -> tuple[Plan, Floats]:
    """A first whole plan, and the reduced costs it came from.

    The relaxation fills weeks to the brim, and whole visits then spill over. So it is
    solved again with a little less of everything, its whole visits are taken as they are,
    and the ones it split are placed exactly, grid by grid, against the true limits.
    """
    crew = np.maximum(case.crew_hours - SLACK * case.hours.mean(), 0.0)
    relaxation.tighten(crew, case.plant_m3 * 0.99)
    relaxed = relaxation.solve()
    plan = plan_of(case, linear.rounded(choices, relaxed.share))
    split = np.maximum.reduceat(relaxed.share, choices.start[:-1]) < 1.0 - 1e-6
    every = np.ones(len(choices.visit))
    for grid in range(case.grids):
        if time.process_time() > until:
            break
        visits = np.flatnonzero(split & (case.grid == grid))
        neighbourhood.improve(plan, grid, visits, choices, every, PART_S)
    space(plan)
    return plan, relaxed.reduced


def _grids(
    plan: Plan, searches: list[GridSearch], choices: linear.Choices, reduced: Floats, until: float
) -> None:
    """Free a whole grid among its cheapest choices, the one that pays most first."""
    keep = (reduced < CHEAPEST).astype(float)
    for grid in np.argsort(-_pain(plan).sum(axis=1), kind="stable").tolist():
        if time.process_time() > until:
            return
        visits = np.flatnonzero(plan.case.grid == grid)
        neighbourhood.improve(plan, grid, visits, choices, keep, GRID_S)
        searches[grid].descend_pairs(PAIRED)


def _spans(
    plan: Plan, searches: list[GridSearch], choices: linear.Choices, reduced: Floats, until: float
) -> None:
    """Free the visits of a few weeks around where a grid pays most, again and again."""
    keep = (reduced < CHEAP).astype(float)
    case = plan.case
    tried: dict[tuple[int, int], int] = {}
    while time.process_time() < until:
        paid = _pain(plan)
        for (grid, week), times in tried.items():
            paid[grid, week] /= 8.0**times
        grid, centre = (int(k) for k in np.unravel_index(int(paid.argmax()), paid.shape))
        if paid[grid, centre] < 0.05:
            return
        tried[grid, centre] = tried.get((grid, centre), 0) + 1
        near = np.abs(plan.week - centre) <= SPAN_WEEKS // 2
        visits = np.flatnonzero(near & (case.grid == grid))
        left = max(until - time.process_time(), 0.1)
        gain = neighbourhood.improve(plan, grid, visits, choices, keep, min(PART_S, left))
        if gain > 0:
            searches[grid].descend()


def _pain(plan: Plan) -> Floats:
    """What each grid's week pays above its hours, and half of what it is off the level."""
    case, prices = plan.case, plan.case.prices
    over = np.maximum(plan.hours - case.crew_hours, 0) * prices.over_hour
    pain: Floats = over + 0.5 * np.abs(plan.hours - case.target_hours) * prices.off_hour
    return pain
