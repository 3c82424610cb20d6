"""Instants are aware UTC datetimes; storage keeps them as milliseconds since 1970.

Local time exists only in the schedule and on screen; :func:`local` is its one door.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from qingshu.kernel.errors import InvalidInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """Milliseconds since 1970-01-01 UTC.

    >>> to_ms(datetime(2026, 11, 24, 6, 32, tzinfo=UTC))
    1795501920000
    """
    return (require_aware(instant) - EPOCH) // _MILLISECOND


def from_ms(ms: int) -> datetime:
    """The instant of a stored millisecond count.

    >>> from_ms(1795501920000).isoformat()
    '2026-11-24T06:32:00+00:00'
    """
    return EPOCH + timedelta(milliseconds=ms)


def require_aware(instant: datetime) -> datetime:
    """Return ``instant`` in UTC; refuse one without a zone."""
    if instant.tzinfo is None:
        msg = f"Expected an instant with a time zone, got {instant.isoformat()}."
        raise InvalidInput(msg)
    return instant.astimezone(UTC)


def parse_instant(text: str | float) -> datetime:
    """Read ISO 8601 with a zone, or epoch seconds (or milliseconds past 1e11).

    >>> parse_instant("2026-11-24T14:32:00+08:00").isoformat()
    '2026-11-24T06:32:00+00:00'
    >>> parse_instant(1795501920).isoformat()
    '2026-11-24T06:32:00+00:00'
    """
    if isinstance(text, (int, float)):
        seconds = text / 1000 if abs(text) > 1e11 else text
        try:
            return EPOCH + timedelta(seconds=seconds)
        except (OverflowError, ValueError) as error:
            msg = f"Expected epoch seconds within the calendar, got {text}."
            raise InvalidInput(msg) from error
    stripped = text.strip()
    try:
        return parse_instant(float(stripped))
    except ValueError:
        pass
    try:
        return require_aware(datetime.fromisoformat(stripped))
    except ValueError as error:
        msg = f"Expected an ISO 8601 instant or epoch seconds, got {text!r}."
        raise InvalidInput(msg) from error


def iso(instant: datetime) -> str:
    """ISO 8601 in UTC with ``Z``, milliseconds only when there are any.

    >>> iso(from_ms(1795501920000))
    '2026-11-24T06:32:00Z'
    """
    utc = require_aware(instant)
    spec = "milliseconds" if utc.microsecond else "seconds"
    return utc.isoformat(timespec=spec).replace("+00:00", "Z")


def local(instant: datetime, zone: str = "Asia/Shanghai") -> datetime:
    """The same instant on the station's wall clock."""
    return require_aware(instant).astimezone(ZoneInfo(zone))
