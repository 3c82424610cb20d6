"""Until when a report must be answered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from qingshu.intake.model import Channel, Urgency
from qingshu.intake.params import IntakeParams

_SATURDAY = 5


def is_workday(day: date, params: IntakeParams) -> bool:
    """Whether offices work: no weekend or holiday, unless it is worked in exchange.

    >>> is_workday(date(2026, 11, 28), IntakeParams())
    False
    """
    if day.isoformat() in params.extra_workdays:
        return True
    return day.weekday() < _SATURDAY and day.isoformat() not in params.holidays


def after_workdays(start: datetime, days: int, zone: str, params: IntakeParams) -> datetime:
    """The same wall-clock time ``days`` working days later, in UTC.

    >>> friday = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
    >>> after_workdays(friday, 2, "Asia/Shanghai", IntakeParams()).date()
    datetime.date(2026, 12, 1)
    """
    at = start.astimezone(ZoneInfo(zone))
    left = days
    while left > 0:
        at += timedelta(days=1)
        if is_workday(at.date(), params):
            left -= 1
    return at.astimezone(UTC)


def answer_due(
    received: datetime, channel: Channel, urgency: Urgency, *, zone: str, params: IntakeParams
) -> datetime:
    """When the person must have an answer: the channel's clock, or the danger's if sooner."""
    days = params.other_days
    if channel is Channel.HOTLINE:
        days = params.hotline_days
    elif channel in (Channel.LETTER, Channel.VISIT):
        days = params.letter_days
    due = after_workdays(received, days, zone, params)
    if urgency is Urgency.DANGER:
        return min(due, received + timedelta(hours=params.danger_hours))
    if urgency is Urgency.URGENT:
        return min(due, received + timedelta(hours=params.urgent_hours))
    return due
