"""Due dates."""

from __future__ import annotations

from datetime import date, timedelta

from qingshu.schedule.model import Due
from qingshu.schedule.params import ScheduleParams


def due_date(last_on: date | None, interval_days: int, today: date, params: ScheduleParams) -> date:
    """The day a tank is due; today when nothing is on record.

    >>> due_date(date(2026, 6, 1), 180, date(2026, 11, 24), ScheduleParams()).isoformat()
    '2026-11-28'
    >>> due_date(None, 180, date(2026, 11, 24), ScheduleParams()).isoformat()
    '2026-11-24'
    """
    if last_on is None:
        return today
    days = interval_days if interval_days > 0 else params.default_interval_days
    return last_on + timedelta(days=min(max(days, params.shortest_days), params.longest_days))


def due_of(
    tank_id: int, last_on: date | None, interval_days: int, today: date, params: ScheduleParams
) -> Due:
    """One tank's due date and the days left, negative when overdue."""
    due_on = due_date(last_on, interval_days, today, params)
    return Due(tank_id, last_on, due_on, (due_on - today).days)


def latest(*days: date | None) -> date | None:
    """The latest day on record.

    >>> latest(None, date(2026, 1, 2), date(2025, 1, 1)).isoformat()
    '2026-01-02'
    """
    return max((day for day in days if day is not None), default=None)
