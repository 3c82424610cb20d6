"""Use cases of the schedule room."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from qingshu.kernel.instants import local
from qingshu.registry import store as registry
from qingshu.runtime.db import Tx
from qingshu.runtime.settings import Settings
from qingshu.schedule import events, rules, store
from qingshu.schedule.errors import DesludgingRefused
from qingshu.schedule.model import Due
from qingshu.schedule.params import ScheduleParams


def record_desludged(
    tx: Tx, tank_id: int, on: date, volume_m3: float | None = None, job_id: int | None = None
) -> Due:
    """A tank was emptied: keep the day and move its due date on."""
    params = tx.settings.room_params("schedule", ScheduleParams)
    today = local(tx.now, tx.settings.station.zone).date()
    tank = registry.tank(tx.conn, tank_id)
    if tank is None:
        msg = f"Expected a registered tank, got id {tank_id}."
        raise DesludgingRefused(msg, tank_id=tank_id)
    if on > today:
        msg = f"Expected a day up to {today}, got {on}."
        raise DesludgingRefused(msg, on="in the future")
    store.record(tx, tank_id, on, volume_m3, job_id)
    last = rules.latest(tank.last_desludged_on, store.last_day(tx.conn, tank_id))
    due = rules.due_of(tank_id, last, tank.interval_days, today, params)
    tx.emit(
        events.TankDesludged(
            subject_id=tank_id, on=on.isoformat(), due_on=due.due_on.isoformat(),
            volume_m3=volume_m3, job_id=job_id,
        )
    )  # fmt: skip
    return due


def due(
    conn: Connection, settings: Settings, today: date, *, days: int, grid_id: int | None = None
) -> list[Due]:
    """Tanks due within ``days`` from ``today``, the longest overdue first."""
    params = settings.room_params("schedule", ScheduleParams)
    tanks = registry.tanks(conn) if grid_id is None else registry.tanks_of_grid(conn, grid_id)
    ours = store.last_days(conn)
    found = [
        rules.due_of(
            tank.id, rules.latest(tank.last_desludged_on, ours.get(tank.id)),
            tank.interval_days, today, params,
        )
        for tank in tanks
        if tank.active
    ]  # fmt: skip
    soon = [item for item in found if item.days_left <= days]
    return sorted(soon, key=lambda item: (item.due_on, item.tank_id))


def last_desludged(conn: Connection, tank_id: int) -> date | None:
    """The latest day on record, from the registry and from our crews."""
    tank = registry.tank(conn, tank_id)
    known = tank.last_desludged_on if tank else None
    return rules.latest(known, store.last_day(conn, tank_id))
