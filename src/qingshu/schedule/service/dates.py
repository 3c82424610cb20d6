"""When tanks are due, and what later rooms tell: emptyings and troubles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from qingshu.kernel.instants import local
from qingshu.registry import store as registry
from qingshu.registry.model import Tank
from qingshu.runtime.db import Tx
from qingshu.runtime.settings import Settings
from qingshu.schedule import events, rules, store
from qingshu.schedule.errors import DesludgingRefused
from qingshu.schedule.model import Due
from qingshu.schedule.params import ScheduleParams, SludgeParams
from qingshu.schedule.rules.sludge import hastened, interval_of, learnt


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
    days = round(intervals(tx.conn, tx.settings, today, [tank])[tank_id][0])
    due = rules.due_of(tank_id, last, days, today, params)
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
    learnt_days = intervals(conn, settings, today)
    found = [
        rules.due_of(
            tank.id, rules.latest(tank.last_desludged_on, ours.get(tank.id)),
            round(learnt_days[tank.id][0]), today, params,
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


def record_trouble(tx: Tx, tank_id: int, source: str, source_id: int, on: date) -> None:
    """A later room tells of a ``report``, ``incident`` or ``dossier`` about a tank.

    The same one again is harmless. A tank with troubles is due sooner and waits less.
    """
    if registry.tank(tx.conn, tank_id) is not None:
        store.add_trouble(tx, tank_id, source[:16], source_id, on)


def intervals(
    conn: Connection, settings: Settings, today: date, tanks: Sequence[Tank] | None = None
) -> dict[int, tuple[float, int]]:
    """Days from one visit to the next, and troubles of the last year, for each tank.

    All active tanks where none are given.

    The registered interval, or the tank's size and users where there is none, sharpened
    by every measured emptying and shortened by troubles.
    """
    sludge = settings.room_params("sludge", SludgeParams)
    params = settings.room_params("schedule", ScheduleParams)
    chosen = [t for t in registry.tanks(conn) if t.active] if tanks is None else tanks
    emptied = store.emptyings(conn, chosen[0].id if len(chosen) == 1 else None)
    troubles = store.troubles(conn, today - timedelta(days=sludge.trouble_days))
    found = {}
    for tank in chosen:
        days = float(tank.interval_days)
        if days <= 0:
            days = interval_of(tank.building_type, tank.households, tank.volume_m3, sludge)
        ours = emptied.get(tank.id, [])
        if ours and tank.last_desludged_on and tank.last_desludged_on < ours[0][0]:
            ours = [(tank.last_desludged_on, None), *ours]
        belief = learnt(days, ours, tank.volume_m3, sludge)
        count = troubles.get(tank.id, 0)
        days = hastened(belief.quantile_days(sludge.due_quantile), count, sludge)
        bounded = min(max(days, float(params.shortest_days)), float(params.longest_days))
        found[tank.id] = (bounded, count)
    return found
