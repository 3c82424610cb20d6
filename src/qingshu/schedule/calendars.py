"""Working days of a Chinese year: the official table, or the usual days where none is out.

The State Council gives out a year's table the November before. Until the installed
``chinesecalendar`` knows a year, :data:`FEASTS` stands in: 8 days from New Year's Eve,
Qingming, 1-5 May, Dragon Boat, Mid-Autumn and 1-7 October, without make-up days.
"""

from __future__ import annotations

from datetime import date, timedelta

# First day of the first lunar month, fifth of the fifth, fifteenth of the eighth.
FEASTS: dict[int, tuple[date, date, date]] = {
    2027: (date(2027, 2, 6), date(2027, 6, 9), date(2027, 9, 15)),
    2028: (date(2028, 1, 26), date(2028, 5, 28), date(2028, 10, 3)),
    2029: (date(2029, 2, 13), date(2029, 6, 16), date(2029, 9, 22)),
    2030: (date(2030, 2, 3), date(2030, 6, 5), date(2030, 9, 12)),
}


def weeks_of(year: int) -> list[date]:
    """The Mondays of the ISO weeks of a year.

    >>> len(weeks_of(2026)), weeks_of(2026)[48].isoformat()
    (53, '2026-11-30')
    """
    first = date.fromisocalendar(year, 1, 1)
    count = date(year, 12, 28).isocalendar().week
    return [first + timedelta(weeks=k) for k in range(count)]


def is_workday(day: date) -> bool:
    """Whether crews work: by the official table, else Monday to Friday without feasts.

    >>> is_workday(date(2026, 2, 17)), is_workday(date(2027, 2, 8)), is_workday(date(2027, 3, 1))
    (False, False, True)
    """
    import chinese_calendar  # type: ignore[import-untyped]

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5 and day not in _usual_holidays(day.year)


def is_official(year: int) -> bool:
    """Whether the official table of this year is known."""
    import chinese_calendar

    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def workdays(monday: date) -> int:
    """Working days of a week, 0 to 7.

    >>> workdays(date(2026, 11, 30))
    5
    """
    return sum(is_workday(monday + timedelta(days=k)) for k in range(7))


def _usual_holidays(year: int) -> set[date]:
    days = {date(year, 1, 1), date(year, 4, 5)}
    days |= {date(year, 5, k) for k in range(1, 6)} | {date(year, 10, k) for k in range(1, 8)}
    if year in FEASTS:
        spring, dragon, moon = FEASTS[year]
        days |= {spring + timedelta(days=k) for k in range(-1, 7)} | {dragon, moon}
    return days
