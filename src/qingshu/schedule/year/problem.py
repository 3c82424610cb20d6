"""The year as numbers: visits with windows, weeks with limits, and what a plan costs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qingshu.kernel.errors import InvalidInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class YearNotPlannable(InvalidInput):
    """The year's case contradicts itself; the message says where."""

    code = "year_not_plannable"


@dataclass(frozen=True, slots=True)
class Prices:
    """What a plan pays; dimensionless points, each >= 0."""

    # Timing is the unit: half a point a week early, two a week late.
    early_week: float = 0.5
    late_week: float = 2.0
    # An hour above the crews' capacity, a m3 above the plants' intake.
    over_hour: float = 30.0
    over_m3: float = 20.0
    # An hour off the level target of a grid's week.
    off_hour: float = 1.0

    def __post_init__(self) -> None:
        wrong = {n: "below 0" for n in self.__slots__ if getattr(self, n) < 0}
        if wrong:
            msg = f"Expected prices of at least 0, got less for {', '.join(wrong)}."
            raise InvalidInput(msg, **wrong)


@dataclass(frozen=True, slots=True)
class YearCase:
    """Visits (arrays of one length) over ``weeks`` weeks, and what each week can take.

    ``week_low``/``week_high`` bound the week a visit may go to, both included;
    ``late`` scales the price of lateness; ``gap`` is the least number of weeks between
    a visit and the one after it of the same tank (visits of a tank stand in order).
    """

    tank: Ints
    grid: Ints
    hours: Floats
    volume_m3: Floats
    due_week: Floats
    week_low: Ints
    week_high: Ints
    late: Floats
    gap: Ints
    crew_hours: Floats  # (grids, weeks)
    target_hours: Floats  # (grids, weeks)
    plant_m3: Floats  # (weeks,)
    prices: Prices = field(default_factory=Prices)

    def __post_init__(self) -> None:
        _check_shapes(self)

    @property
    def visits(self) -> int:
        """How many visits are to be placed."""
        return len(self.tank)

    @property
    def weeks(self) -> int:
        """How many weeks the plan has."""
        return int(self.crew_hours.shape[1])

    @property
    def grids(self) -> int:
        """How many grids share the plants."""
        return int(self.crew_hours.shape[0])

    def timing(self, visit: Ints, week: Ints) -> Floats:
        """What visits pay for standing in these weeks."""
        off = week - self.due_week[visit]
        early, late = self.prices.early_week, self.prices.late_week * self.late[visit]
        cost: Floats = np.where(off < 0, -off * early, off * late)
        return cost

    def following(self) -> Ints:
        """For each visit the index of the same tank's next one, -1 at the last."""
        after = np.full(self.visits, -1, dtype=np.int64)
        if self.visits:
            same = np.flatnonzero(self.tank[1:] == self.tank[:-1])
            after[same] = same + 1
        return after


def _check_shapes(case: YearCase) -> None:
    count = len(case.tank)
    rows = ("grid", "hours", "volume_m3", "due_week", "week_low", "week_high", "late", "gap")
    for name in rows:
        if len(getattr(case, name)) != count:
            msg = f"Expected {count} values of {name}, got {len(getattr(case, name))}."
            raise YearNotPlannable(msg, **{name: "wrong length"})
    if case.target_hours.shape != case.crew_hours.shape or case.crew_hours.ndim != 2:
        msg = "Expected crew and target hours as two tables of grids by weeks."
        raise YearNotPlannable(msg, target_hours="wrong shape")
    if case.plant_m3.shape != (case.weeks,):
        msg = f"Expected plant m3 for {case.weeks} weeks, got {case.plant_m3.shape}."
        raise YearNotPlannable(msg, plant_m3="wrong shape")
    if count == 0:
        return
    bad = (case.week_low > case.week_high) | (case.week_low < 0) | (case.week_high >= case.weeks)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        msg = (
            f"Expected windows inside weeks 0 to {case.weeks - 1}, got "
            f"{case.week_low[first]} to {case.week_high[first]} for tank {case.tank[first]}."
        )
        raise YearNotPlannable(msg, week_low="outside the year")
    if case.grid.min() < 0 or case.grid.max() >= case.grids:
        msg = f"Expected grids 0 to {case.grids - 1}, got {case.grid.min()} to {case.grid.max()}."
        raise YearNotPlannable(msg, grid="unknown")


@dataclass(frozen=True, slots=True)
class Cost:
    """A plan's price by part; points."""

    timing: float
    over_hours: float
    over_m3: float
    level: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.timing + self.over_hours + self.over_m3 + self.level


def loads(case: YearCase, week: Ints) -> tuple[Floats, Floats]:
    """Hours by grid and week, m3 by week."""
    hours = np.zeros(case.crew_hours.shape)
    np.add.at(hours, (case.grid, week), case.hours)
    volume = np.zeros(case.weeks)
    np.add.at(volume, week, case.volume_m3)
    return hours, volume


def cost_of(case: YearCase, week: Ints) -> Cost:
    """What the plan ``week`` (one week a visit) pays."""
    hours, volume = loads(case, week)
    prices = case.prices
    return Cost(
        timing=float(case.timing(np.arange(case.visits), week).sum()),
        over_hours=float(prices.over_hour * np.maximum(hours - case.crew_hours, 0).sum()),
        over_m3=float(prices.over_m3 * np.maximum(volume - case.plant_m3, 0).sum()),
        level=float(prices.off_hour * np.abs(hours - case.target_hours).sum()),
    )


def level_targets(
    grid: Ints, hours: Floats, capacity: Floats, free: NDArray[np.bool_] | None = None
) -> Floats:
    """Each grid's hours spread over its weeks by their capacity.

    >>> level_targets(np.array([0]), np.array([9.0]), np.array([[2.0, 1.0, 0.0]])).tolist()
    [[6.0, 3.0, 0.0]]
    """
    usable = capacity if free is None else np.where(free, capacity, 0.0)
    work = np.bincount(grid, weights=hours, minlength=len(capacity))
    share = usable / np.maximum(usable.sum(axis=1, keepdims=True), 1e-9)
    target: Floats = work[:, None] * share
    return target
