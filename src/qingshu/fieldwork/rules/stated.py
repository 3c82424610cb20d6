"""When a phone says that something was done: believed within a day, never in the future."""

from __future__ import annotations

from datetime import datetime, timedelta

from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import iso, require_aware

# A crew may be without signal for a shift; older statements are told on paper.
OLDEST = timedelta(hours=24)
# A phone's clock is never quite the server's.
SKEW = timedelta(seconds=5)


def stated(at: datetime | None, now: datetime) -> datetime | None:
    """The stated instant, at most ``now``; None when nothing was stated.

    Raises
    ------
    InvalidInput
        It lies in the future, or more than 24 h back.

    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    >>> stated(now - timedelta(hours=2), now).hour
    4
    >>> stated(now + timedelta(seconds=3), now) == now
    True
    """
    if at is None:
        return None
    moment = require_aware(at)
    if moment > now + SKEW:
        msg = f"Expected at not in the future, got {iso(moment)}, it is {iso(now)}."
        raise InvalidInput(msg, at="in the future")
    if moment < now - OLDEST:
        msg = f"Expected at within the last 24 h, got {iso(moment)}, it is {iso(now)}."
        raise InvalidInput(msg, at="older than 24 h")
    return min(moment, now)
