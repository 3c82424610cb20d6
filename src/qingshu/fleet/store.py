"""SQL in and out of the fleet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from qingshu.fleet.model import Flag, Position, Terminal, TruckLatest, TruckState
from qingshu.fleet.tables import position, terminal, truck_latest
from qingshu.kernel.instants import from_ms, to_ms
from qingshu.runtime.db import Tx, insert_for

# SQLite binds at most 32,766 values; a position has 8.
_CHUNK = 2000


def latest_of(conn: Connection, truck_id: int) -> TruckLatest | None:
    """One truck's present."""
    row = conn.execute(select(truck_latest).where(truck_latest.c.truck_id == truck_id)).first()
    return None if row is None else _latest(row)


def latest(conn: Connection, ids: Collection[int] | None = None) -> dict[int, TruckLatest]:
    """The present of all trucks, or of ``ids``, by truck id."""
    statement = select(truck_latest)
    if ids is not None:
        statement = statement.where(truck_latest.c.truck_id.in_(sorted(ids)))
    return {row.truck_id: _latest(row) for row in conn.execute(statement)}


def add_positions(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> int:
    """Append positions; how many were new. The same truck and instant again is dropped."""
    if not rows:
        return 0
    before = last_position_id(tx.conn)
    statement = insert_for(tx.conn, position).on_conflict_do_nothing(
        index_elements=["truck_id", "at_ms"]
    )
    for start in range(0, len(rows), _CHUNK):
        tx.conn.execute(statement, list(rows[start : start + _CHUNK]))
    added = tx.conn.execute(
        select(func.count()).select_from(position).where(position.c.id > before)
    ).scalar_one()
    return int(added)


def save_latest(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Overwrite trucks' presents; every row holds the same columns."""
    tx.upsert(truck_latest, rows, keys=["truck_id"])


def track(
    conn: Connection, truck_id: int, start: datetime, end: datetime, limit: int
) -> list[Position]:
    """One truck's positions in [start, end), by time."""
    rows = conn.execute(
        select(position)
        .where(position.c.truck_id == truck_id)
        .where(position.c.at_ms >= to_ms(start), position.c.at_ms < to_ms(end))
        .order_by(position.c.at_ms)
        .limit(limit)
    )
    return [_position(row) for row in rows]


def newest(conn: Connection, truck_id: int, limit: int) -> list[Position]:
    """One truck's last good positions, oldest of them first."""
    rows = conn.execute(
        select(position)
        .where(position.c.truck_id == truck_id, position.c.flags.in_([0, int(Flag.NO_TIME)]))
        .order_by(position.c.at_ms.desc())
        .limit(limit)
    )
    return [_position(row) for row in reversed(rows.all())]


def positions_after(conn: Connection, after: int, limit: int) -> list[Position]:
    """Positions above a log id, in log order."""
    rows = conn.execute(
        select(position).where(position.c.id > after).order_by(position.c.id).limit(limit)
    )
    return [_position(row) for row in rows]


def last_position_id(conn: Connection) -> int:
    """The newest id of the position log, 0 when it is empty."""
    return int(conn.execute(select(func.max(position.c.id))).scalar() or 0)


def terminal_of(conn: Connection, number: str) -> Terminal | None:
    """A registered terminal by its number without leading zeros."""
    row = conn.execute(select(terminal).where(terminal.c.number == number)).first()
    return None if row is None else _terminal(row)


def terminals(conn: Connection) -> list[Terminal]:
    """Every registered terminal, by number."""
    rows = conn.execute(select(terminal).order_by(terminal.c.number))
    return [_terminal(row) for row in rows]


def save_terminal(tx: Tx, row: Mapping[str, Any]) -> None:
    """Insert or overwrite one terminal by its number."""
    tx.upsert(terminal, [row], keys=["number"])


def mark_authenticated(tx: Tx, number: str) -> None:
    """Remember when a terminal last proved itself."""
    tx.conn.execute(
        update(terminal).where(terminal.c.number == number).values(authenticated_ms=to_ms(tx.now))
    )


def _latest(row: Row[Any]) -> TruckLatest:
    return TruckLatest(
        truck_id=row.truck_id,
        lat=row.lat,
        lon=row.lon,
        heading_deg=row.heading_deg,
        speed_kmh=row.speed_kmh,
        positioned_at=_at(row.positioned_ms),
        received_at=_at(row.received_ms),
        state=TruckState(row.state),
        load_m3=row.load_m3,
        job_id=row.job_id,
        state_at=from_ms(row.state_ms),
        resume_state=None if row.resume_state is None else TruckState(row.resume_state),
    )


def _position(row: Row[Any]) -> Position:
    return Position(
        row.id, row.truck_id, from_ms(row.at_ms), from_ms(row.received_ms), row.lat, row.lon,
        row.speed_kmh, row.heading_deg, Flag(row.flags),
    )  # fmt: skip


def _terminal(row: Row[Any]) -> Terminal:
    return Terminal(
        row.id, row.number, row.truck_id, row.auth_code, row.maker, row.model,
        from_ms(row.registered_ms), _at(row.authenticated_ms),
    )  # fmt: skip


def _at(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)
