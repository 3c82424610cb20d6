"""What other rooms may ask about alarms."""

from __future__ import annotations

from sqlalchemy import Connection

from qingshu.warn import store
from qingshu.warn.errors import AlarmNotFound
from qingshu.warn.model import Alarm


def alarm(conn: Connection, alarm_id: int) -> Alarm:
    """One alarm, or :class:`AlarmNotFound`."""
    found = store.alarm(conn, alarm_id)
    if found is None:
        msg = f"Expected an alarm with id {alarm_id}, found none."
        raise AlarmNotFound(msg, alarm_id=alarm_id)
    return found


def standing_alarms(conn: Connection) -> list[Alarm]:
    """All alarms that still need something, most urgent first; hidden ones included."""
    return store.standing(conn)


def recent_alarms(conn: Connection) -> list[Alarm]:
    """The newest alarms, closed ones included."""
    return store.recent(conn)


def alarms_of_tank(conn: Connection, tank_id: int) -> list[Alarm]:
    """All alarms of one tank, newest first."""
    return store.of_tank(conn, tank_id)
