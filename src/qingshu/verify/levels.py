"""Levels around a job, read from the history of readings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from qingshu.runtime.settings import Settings
from qingshu.sense import service as sense
from qingshu.sense.model import Quality

# A late reading is a good one that came in the wrong order.
_USABLE = Quality.LATE


def last_level(
    conn: Connection, settings: Settings, tank_id: int, start: datetime, end: datetime
) -> float | None:
    """The last good level in [start, end], metres above floor."""
    found = _good(conn, settings, tank_id, start, end)
    return found[-1] if found else None


def lowest_level(
    conn: Connection, settings: Settings, tank_id: int, start: datetime, end: datetime
) -> float | None:
    """The lowest good level in [start, end], metres above floor."""
    return min(_good(conn, settings, tank_id, start, end), default=None)


def _good(
    conn: Connection, settings: Settings, tank_id: int, start: datetime, end: datetime
) -> list[float]:
    rows = sense.readings_of_tank(conn, settings, tank_id, start, end)
    return [value for _, value, quality in rows if not quality & ~int(_USABLE)]
