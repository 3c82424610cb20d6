"""Levels around a job, read from the history of readings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from qingshu.kernel.instants import to_ms
from qingshu.sense.model import Quality, Quantity
from qingshu.sense.store import log

# A late reading is a good one that came in the wrong order.
_USABLE = Quality.LATE


def last_level(conn: Connection, tank_id: int, start: datetime, end: datetime) -> float | None:
    """The last good level in [start, end], metres above floor."""
    found = _good(conn, tank_id, start, end)
    return found[-1] if found else None


def lowest_level(conn: Connection, tank_id: int, start: datetime, end: datetime) -> float | None:
    """The lowest good level in [start, end], metres above floor."""
    return min(_good(conn, tank_id, start, end), default=None)


def _good(conn: Connection, tank_id: int, start: datetime, end: datetime) -> list[float]:
    rows = log.values_between(conn, tank_id, int(Quantity.LEVEL), to_ms(start), to_ms(end))
    return [value for _, value, quality in sorted(rows) if not quality & ~int(_USABLE)]
