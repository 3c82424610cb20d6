"""Local search on the true cost: single moves, then pairs of moves that help together.

Each grid is searched by itself; the plants' weekly intake, which all grids share, is
kept up to date between them. Nothing here is random, so a plan can be made again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qingshu.schedule.year.problem import Floats, Ints, YearCase, loads

Flags = NDArray[np.bool_]
BETTER = 1e-7
PAIRED = 700


@dataclass
class Plan:
    """A plan being improved: each visit's week, and what the weeks carry."""

    case: YearCase
    week: Ints
    hours: Floats
    volume: Floats
    before: Ints
    after: Ints


def plan_of(case: YearCase, week: Ints) -> Plan:
    """Start from one week a visit."""
    hours, volume = loads(case, week)
    after = case.following()
    before = np.full(case.visits, -1, dtype=np.int64)
    followed = after >= 0
    before[after[followed]] = np.flatnonzero(followed)
    return Plan(case, week.astype(np.int64).copy(), hours, volume, before, after)


def space(plan: Plan) -> int:
    """Put visits of one tank apart where rounding put them too close; how many are left.

    Later visits go later within their windows, then earlier ones earlier.
    """
    case = plan.case
    for order, back in ((np.arange(case.visits), False), (np.arange(case.visits)[::-1], True)):
        near = plan.after if back else plan.before
        for visit in order.tolist():
            other = int(near[visit])
            if other < 0:
                continue
            if back:
                wanted = min(plan.week[visit], plan.week[other] - case.gap[visit])
                plan.week[visit] = max(wanted, case.week_low[visit])
            else:
                wanted = max(plan.week[visit], plan.week[other] + case.gap[other])
                plan.week[visit] = min(wanted, case.week_high[visit])
    plan.hours, plan.volume = loads(case, plan.week)
    pair = np.flatnonzero(plan.after >= 0)
    tight = plan.week[plan.after[pair]] - plan.week[pair] < case.gap[pair]
    return int(tight.sum())


class GridSearch:
    """The moves of one grid's visits, and their effect on a plan."""

    def __init__(self, plan: Plan, grid: int, movable: Flags | None = None) -> None:
        case = plan.case
        self.plan, self.grid = plan, grid
        mine = case.grid == grid
        visits = np.flatnonzero(mine if movable is None else mine & movable)
        widths = case.week_high[visits] - case.week_low[visits] + 1
        self.visit = np.repeat(visits, widths)
        starts = np.concatenate([[0], np.cumsum(widths)])
        offset = np.arange(starts[-1]) - np.repeat(starts[:-1], widths)
        self.to = offset + case.week_low[self.visit]
        self.timing = case.timing(self.visit, self.to)
        self.work = case.hours[self.visit]
        self.m3 = case.volume_m3[self.visit]

    def price(self, week: Ints, hours: Floats, volume: Floats) -> Floats:
        """What weeks pay for carrying so many more hours and m3 than now."""
        case, plan, prices = self.plan.case, self.plan, self.plan.case.prices
        load = plan.hours[self.grid, week] + hours
        intake = plan.volume[week] + volume
        paid: Floats = (
            prices.over_hour * np.maximum(load - case.crew_hours[self.grid, week], 0)
            + prices.off_hour * np.abs(load - case.target_hours[self.grid, week])
            + prices.over_m3 * np.maximum(intake - case.plant_m3[week], 0)
        )
        return paid

    def allowed(self) -> Flags:
        """Moves that change the week and keep the tank's other visits far enough."""
        case, plan = self.plan.case, self.plan
        before, after = plan.before[self.visit], plan.after[self.visit]
        early = (before < 0) | (self.to - plan.week[before] >= case.gap[before])
        late = (after < 0) | (plan.week[after] - self.to >= case.gap[self.visit])
        fit: Flags = (self.to != plan.week[self.visit]) & early & late
        return fit

    def gains(self) -> tuple[Ints, Floats]:
        """Allowed moves (as rows of this object) and how much each changes the cost."""
        plan = self.plan
        rows = np.flatnonzero(self.allowed())
        visit, to = self.visit[rows], self.to[rows]
        at = plan.week[visit]
        work, m3 = self.work[rows], self.m3[rows]
        nothing = np.zeros(len(rows))
        change = self.timing[rows] - plan.case.timing(visit, at)
        change += self.price(at, -work, -m3) + self.price(to, work, m3)
        change -= self.price(at, nothing, nothing) + self.price(to, nothing, nothing)
        return rows, change

    def apply(self, row: int) -> None:
        """Make one move."""
        plan, visit, to = self.plan, int(self.visit[row]), int(self.to[row])
        at = int(plan.week[visit])
        plan.week[visit] = to
        plan.hours[self.grid, at] -= self.work[row]
        plan.hours[self.grid, to] += self.work[row]
        plan.volume[at] -= self.m3[row]
        plan.volume[to] += self.m3[row]

    def descend(self) -> float:
        """Make best moves, several in one look where they touch other weeks; the gain."""
        gained = 0.0
        while True:
            rows, change = self.gains()
            order = np.argsort(change, kind="stable")
            order = order[change[order] < -BETTER][:60]
            if len(order) == 0:
                return gained
            gained += self._make(rows[order][:, None], change[order])

    def descend_pairs(self, paired: int = PAIRED, rounds: int = 40) -> float:
        """Make pairs of moves that only help together, then single ones; the gain."""
        gained = self.descend()
        for _ in range(rounds):
            first, second, change = self._pairs(paired)
            if len(change) == 0:
                break
            gained += self._make(np.stack([first, second], axis=1), change)
            gained += self.descend()
        return gained

    def _make(self, moves: Ints, change: Floats) -> float:
        used: set[int] = set()
        tanks: set[int] = set()
        gained = 0.0
        for group, delta in zip(moves.tolist(), change.tolist(), strict=True):
            visits = [int(self.visit[row]) for row in group]
            weeks = {int(self.plan.week[v]) for v in visits} | {int(self.to[r]) for r in group}
            owners = {int(self.plan.case.tank[v]) for v in visits}
            if weeks & used or owners & tanks:
                continue
            used |= weeks
            tanks |= owners
            for row in group:
                self.apply(row)
            gained -= delta
        return gained

    def _pairs(self, paired: int) -> tuple[Ints, Ints, Floats]:
        """Pairs of moves through a common week, best first, that lower the cost."""
        rows, change = self.gains()
        plan = self.plan
        at, to = plan.week[self.visit[rows]], self.to[rows]
        i, j = _swaps(at, to, plan.case.weeks)
        keep = np.argsort(change, kind="stable")[:paired]
        k, m = _meeting(at[keep], to[keep])
        i, j = np.concatenate([i, keep[k]]), np.concatenate([j, keep[m]])
        tank = plan.case.tank[self.visit[rows]]
        other = tank[i] != tank[j]
        i, j = i[other], j[other]
        total = self._together(rows, at, to, i, j)
        good = np.flatnonzero(total < -BETTER)
        good = good[np.argsort(total[good], kind="stable")][:200]
        return rows[i[good]], rows[j[good]], total[good]

    def _together(self, rows: Ints, at: Ints, to: Ints, i: Ints, j: Ints) -> Floats:
        """Change of the cost when both moves of each pair are made."""
        plan = self.plan
        timing = self.timing[rows] - plan.case.timing(self.visit[rows], at)
        total: Floats = timing[i] + timing[j]
        work, m3 = self.work[rows], self.m3[rows]
        slots = (at[i], to[i], at[j], to[j])
        signs = ((-1.0, i), (1.0, i), (-1.0, j), (1.0, j))
        nothing = np.zeros(len(i))
        for k, week in enumerate(slots):
            hours, volume = np.zeros(len(i)), np.zeros(len(i))
            fresh = np.ones(len(i), dtype=bool)
            for m, (sign, index) in enumerate(signs):
                same = slots[m] == week
                hours += np.where(same, sign * work[index], 0.0)
                volume += np.where(same, sign * m3[index], 0.0)
                if m < k:
                    fresh &= ~same
            effect = self.price(week, hours, volume) - self.price(week, nothing, nothing)
            total += np.where(fresh, effect, 0.0)
        return total


def _swaps(at: Ints, to: Ints, weeks: int) -> tuple[Ints, Ints]:
    """Pairs of moves between the same two weeks, one each way."""
    there, back = at * weeks + to, to * weeks + at
    order = np.argsort(there, kind="stable")
    low = np.searchsorted(there[order], back, side="left")
    high = np.searchsorted(there[order], back, side="right")
    high = np.where(at < to, high, low)
    sizes = high - low
    i = np.repeat(np.arange(len(at)), sizes)
    step = np.arange(len(i)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return i, order[low[i] + step]


def _meeting(at: Ints, to: Ints) -> tuple[Ints, Ints]:
    """Pairs of moves that touch a common week: one after the other, together in or out."""
    count = np.arange(len(at))
    chained = (to[:, None] == at[None, :]) & (at[:, None] != to[None, :])
    alike = (at[:, None] == at[None, :]) | (to[:, None] == to[None, :])
    i, j = np.nonzero(chained | (alike & (count[:, None] < count[None, :])))
    return i, j
