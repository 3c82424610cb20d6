"""SQL in and out of the schedule room."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, func, select

from qingshu.kernel.instants import to_ms
from qingshu.runtime.db import Tx
from qingshu.schedule.tables import desludged


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
