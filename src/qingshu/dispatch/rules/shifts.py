"""Wall-clock hours of trucks and plants as instants."""

from __future__ import annotations

from datetime import datetime, timedelta

from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import local

DAY = timedelta(days=1)
Window = tuple[datetime, datetime]


def shift_of(now: datetime, start: str, end: str, zone: str) -> Window:
    """The shift that runs at ``now``, or else the next one.

    >>> from datetime import UTC
    >>> begin, _ = shift_of(datetime(2026, 11, 24, 6, 32, tzinfo=UTC), "08:00", "18:00",
    ...                     "Asia/Shanghai")
    >>> begin.isoformat()
    '2026-11-24T08:00:00+08:00'
    """
    for window in _windows(now, start, end, zone):
        if now < window[1]:
            return window
    raise AssertionError  # Tomorrow's window always ends later than now.


def plant_windows(now: datetime, open_from: str, open_to: str, zone: str) -> tuple[Window, ...]:
    """The hours of a plant that are not yet over, until the end of tomorrow's."""
    found = _windows(now, open_from, open_to, zone)
    return tuple(window for window in found if window[1] > now)


def _windows(now: datetime, start: str, end: str, zone: str) -> list[Window]:
    today = local(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    begin, until = _hours(start), _hours(end)
    if until <= begin:
        until += DAY
    return [(today + d * DAY + begin, today + d * DAY + until) for d in (-1, 0, 1)]


def _hours(text: str) -> timedelta:
    try:
        hour, minute = text.split(":")
        found = timedelta(hours=int(hour), minutes=int(minute))
    except ValueError as error:
        msg = f"Expected a wall-clock time HH:MM, got {text!r}."
        raise InvalidInput(msg) from error
    if not timedelta(0) <= found <= DAY:
        msg = f"Expected a wall-clock time between 00:00 and 24:00, got {text!r}."
        raise InvalidInput(msg)
    return found
