"""SQL in and out of the schedule room."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, func, select

from qingshu.kernel.instants import to_ms
from qingshu.runtime.db import Tx
from qingshu.schedule.tables import desludged, trouble


def record(tx: Tx, tank_id: int, on: date, volume_m3: float | None, job_id: int | None) -> None:
    """Keep one emptying; the same tank and day again overwrites volume and job."""
    row = {
        "tank_id": tank_id, "on_date": on, "volume_m3": volume_m3, "job_id": job_id,
        "recorded_ms": to_ms(tx.now),
    }  # fmt: skip
    tx.upsert(desludged, [row], keys=["tank_id", "on_date"])


def last_days(conn: Connection) -> dict[int, date]:
    """Tank id to the latest day our crews emptied it."""
    rows = conn.execute(
        select(desludged.c.tank_id, func.max(desludged.c.on_date)).group_by(desludged.c.tank_id)
    )
    return {int(tank_id): on for tank_id, on in rows}


def last_day(conn: Connection, tank_id: int) -> date | None:
    """The latest day our crews emptied one tank."""
    chosen = select(func.max(desludged.c.on_date)).where(desludged.c.tank_id == tank_id)
    found: date | None = conn.execute(chosen).scalar()
    return found


def emptyings(
    conn: Connection, tank_id: int | None = None
) -> dict[int, list[tuple[date, float | None]]]:
    """Every emptying our crews did, of one tank where given, by tank: day and volume."""
    chosen = select(desludged).order_by(desludged.c.on_date)
    if tank_id is not None:
        chosen = chosen.where(desludged.c.tank_id == tank_id)
    found: dict[int, list[tuple[date, float | None]]] = {}
    for row in conn.execute(chosen):
        found.setdefault(row.tank_id, []).append((row.on_date, row.volume_m3))
    return found


def add_trouble(tx: Tx, tank_id: int, source: str, source_id: int, on: date) -> None:
    """Keep one report, incident or dossier about a tank; the same one again is harmless."""
    row = {"tank_id": tank_id, "source": source, "source_id": source_id, "on_date": on}
    tx.upsert(trouble, [row], keys=["tank_id", "source", "source_id"])


def troubles(conn: Connection, since: date) -> dict[int, int]:
    """Tank id to how many troubles it had from ``since`` on."""
    rows = conn.execute(
        select(trouble.c.tank_id, func.count())
        .where(trouble.c.on_date >= since)
        .group_by(trouble.c.tank_id)
    )
    return {int(tank_id): int(count) for tank_id, count in rows}


def dossier_tanks(conn: Connection) -> set[int]:
    """Tanks with a dossier."""
    rows = conn.execute(select(trouble.c.tank_id).where(trouble.c.source == "dossier"))
    return {int(row.tank_id) for row in rows}
