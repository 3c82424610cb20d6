"""How often one address may write or guess."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta
from threading import Lock

from qingshu.kernel.errors import TooManyRequests

_FORGET_ABOVE = 10_000


class Limiter:
    """Counts tries by address in a sliding window; held in memory, per process.

    >>> limiter = Limiter()
    >>> at = datetime(2026, 11, 24)
    >>> limiter.take("a", at, limit=1, window=timedelta(minutes=1))
    >>> limiter.take("a", at, limit=1, window=timedelta(minutes=1))
    Traceback (most recent call last):
    ...
    qingshu.kernel.errors.TooManyRequests: Expected at most 1 tries within 1 minutes.
    """

    def __init__(self) -> None:
        self._tries: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._lock = Lock()

    def take(self, address: str, now: datetime, *, limit: int, window: timedelta) -> None:
        """Count one try, or refuse it."""
        with self._lock:
            if len(self._tries) > _FORGET_ABOVE:
                self._tries.clear()
            tries = self._tries[address]
            while tries and now - tries[0] >= window:
                tries.popleft()
            if len(tries) >= limit:
                minutes = window.total_seconds() / 60
                msg = f"Expected at most {limit} tries within {minutes:g} minutes."
                raise TooManyRequests(msg)
            tries.append(now)
