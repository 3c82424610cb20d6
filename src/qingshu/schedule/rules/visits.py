"""Which visits a year needs: dates, windows and reasons of every tank."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qingshu.schedule.model import Reason
from qingshu.schedule.params import YearParams


@dataclass(frozen=True, slots=True)
class Need:
    """One tank as the year plan sees it; days and m3.

    ``held`` is the week (index) of a frozen visit that the plan must keep, ``before`` the
    last day a campaign leaves, ``carried`` true when its last planned visit was missed.
    """

    tank_id: int
    grid: int
    next_due: date
    interval_days: float
    volume_m3: float
    troubles: int = 0
    carried: bool = False
    held: int | None = None
    before: date | None = None
    # Weeks that the backlog of overdue tanks takes; all of it cannot come first.
    backlog_weeks: int = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """One visit to place: week indices of the year, both ends included."""

    tank_id: int
    grid: int
    due_on: date
    due_week: float
    low: int
    high: int
    gap: int
    late: float
    hours: float
    volume_m3: float
    reason: Reason


def visits_of(need: Need, mondays: Sequence[date], first: int, params: YearParams) -> list[Wanted]:
    """The visits of one tank from week index ``first`` on, in order.

    A tank overdue at the start goes into the first weeks and cannot wait; after each
    visit the next is due an interval later. Windows keep spacing possible.

    >>> weeks = [date(2026, 12, 28) + timedelta(weeks=k) for k in range(53)]
    >>> need = Need(1, 0, date(2027, 3, 1), 182.0, 4.0)
    >>> [(v.low, v.due_week, v.high) for v in visits_of(need, weeks, 0, YearParams())]
    [(5, 9.0, 11), (31, 35.0, 37)]
    """
    interval = max(need.interval_days / 7.0, 1.0)
    gap = max(1, math.floor(interval * params.gap_share))
    end = len(mondays)
    hours = round(params.visit_hours + params.hours_per_m3 * need.volume_m3, 3)
    due = (need.next_due - mondays[0]).days / 7.0
    earliest = first
    if need.held is not None:
        due, earliest = need.held + interval, max(first, need.held + gap)
    found: list[Wanted] = []
    while True:
        low, high, late, reason = _window(need, due, interval, earliest, mondays, params,
                                          is_first=not found and need.held is None)  # fmt: skip
        if low >= end or math.floor(due) >= end:
            return found
        high = min(max(high, low), end - 1)
        due_week = float(max(math.floor(due), 0))
        due_on = mondays[0] + timedelta(days=round(due * 7))
        found.append(
            Wanted(need.tank_id, need.grid, due_on, min(due_week, end - 1.0), low, high, gap,
                   late, hours, need.volume_m3, reason)
        )  # fmt: skip
        # Spacing can be kept wherever in its window this visit ends up.
        earliest = low + gap
        due = max(due, float(low)) + interval


def _window(
    need: Need, due: float, interval: float, earliest: int, mondays: Sequence[date],
    params: YearParams, *, is_first: bool,
) -> tuple[int, int, float, Reason]:  # fmt: skip
    early = max(1, round(params.early_share * interval))
    late_by = max(1, round(params.late_share * interval))
    week = math.floor(due)
    low, high, late, reason = max(earliest, week - early), week + late_by, 1.0, Reason.DUE
    if need.troubles >= params.troubles_cannot_wait:
        high, late, reason = week, params.cannot_wait, Reason.TROUBLED
    if is_first and week < earliest:
        # Overdue: as soon as it can be, but not all in one week.
        high, late = earliest + max(need.backlog_weeks, late_by), params.cannot_wait
        reason = Reason.CARRIED if need.carried else Reason.OVERDUE
    if need.before is not None and is_first:
        last = (need.before - mondays[0]).days // 7
        if last >= earliest:
            low, high, reason = min(low, last), min(max(high, earliest), last), Reason.CAMPAIGN
            if week > last:
                low, high = max(earliest, last - max(4, early)), last
    return low, max(high, low), late, reason


def week_index(day: date, mondays: Sequence[date]) -> int:
    """The index of the week a day falls in; below 0 or past the end outside the year.

    >>> week_index(date(2027, 1, 5), [date(2026, 12, 28), date(2027, 1, 4)])
    1
    """
    return (day - mondays[0]).days // 7


def month_share(monday: date, params: YearParams) -> float:
    """What planned work may take of a week's capacity in its month.

    Rain months (July, August) keep capacity for emergencies; heating months (15 November
    to 15 March) are slower.

    >>> [month_share(date(2026, m, 20), YearParams()) for m in (1, 5, 7)]
    [0.9, 1.0, 0.75]
    """
    middle = monday + timedelta(days=3)
    if middle.month in (7, 8):
        return params.rain_share
    key = (middle.month, middle.day)
    return params.heating_share if key >= (11, 15) or key < (3, 15) else 1.0
