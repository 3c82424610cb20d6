"""SQL in and out of the patrol room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from qingshu.kernel.instants import from_ms, to_ms
from qingshu.patrol import tables
from qingshu.patrol.model import Finding, Round, RoundState, Severity, What
from qingshu.runtime.db import Tx


def insert_round(tx: Tx, number: str, patroller: str, tank_ids: Sequence[int]) -> int:
    """Add a planned round and return its id."""
    result = tx.conn.execute(
        tables.patrol_round.insert().values(
            number=number, state=RoundState.PLANNED.value, patroller=patroller,
            planned_ms=to_ms(tx.now),
        )
    )  # fmt: skip
    key = result.inserted_primary_key
    assert key is not None
    stops = [
        {"round_id": int(key[0]), "position": position, "tank_id": tank_id}
        for position, tank_id in enumerate(tank_ids)
    ]
    tx.conn.execute(tables.round_stop.insert(), stops)
    return int(key[0])


def save_round(tx: Tx, value: Round) -> None:
    """Write a round's state and instants back."""
    tx.conn.execute(
        update(tables.patrol_round)
        .where(tables.patrol_round.c.id == value.id)
        .values(
            state=value.state.value,
            started_ms=None if value.started_at is None else to_ms(value.started_at),
            finished_ms=None if value.finished_at is None else to_ms(value.finished_at),
        )
    )


def rounds(conn: Connection, *, ids: Iterable[int] | None = None, limit: int = 100) -> list[Round]:
    """Rounds newest first, or those of ``ids``."""
    table = tables.patrol_round
    statement = select(table).order_by(table.c.id.desc()).limit(limit)
    if ids is not None:
        statement = statement.where(table.c.id.in_(list(ids)))
    rows = conn.execute(statement).all()
    stops: dict[int, list[int]] = {}
    chosen = tables.round_stop.c.round_id.in_([row.id for row in rows])
    found = conn.execute(
        select(tables.round_stop).where(chosen).order_by(tables.round_stop.c.position)
    )
    for row in found:
        stops.setdefault(row.round_id, []).append(row.tank_id)
    return [_round(row, stops.get(row.id, [])) for row in rows]


def insert_finding(tx: Tx, value: Finding) -> int:
    """Add a finding and return its id."""
    result = tx.conn.execute(
        tables.finding.insert().values(
            round_id=value.round_id, tank_id=value.tank_id, what=value.what.value,
            severity=value.severity.value, note=value.note, photo_sha256=value.photo_sha256,
            found_ms=to_ms(value.found_at), found_by=value.found_by,
        )
    )  # fmt: skip
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def set_photo(tx: Tx, finding_id: int, sha256: str) -> None:
    """Attach a stored photo to a finding."""
    tx.conn.execute(
        update(tables.finding).where(tables.finding.c.id == finding_id).values(photo_sha256=sha256)
    )


def has_photo(conn: Connection, sha256: str) -> bool:
    """Whether any finding carries this photo."""
    if not sha256:
        return False
    query = select(tables.finding.c.id).where(tables.finding.c.photo_sha256 == sha256).limit(1)
    return conn.execute(query).first() is not None


def finding(conn: Connection, finding_id: int) -> Finding | None:
    """One finding."""
    row = conn.execute(select(tables.finding).where(tables.finding.c.id == finding_id)).first()
    return None if row is None else _finding(row)


def findings(
    conn: Connection, *, tank_id: int | None = None, round_id: int | None = None, limit: int = 500
) -> list[Finding]:
    """Findings newest first, of one tank or one round where given."""
    table = tables.finding
    statement = select(table).order_by(table.c.id.desc()).limit(limit)
    if tank_id is not None:
        statement = statement.where(table.c.tank_id == tank_id)
    if round_id is not None:
        statement = statement.where(table.c.round_id == round_id)
    return [_finding(row) for row in conn.execute(statement)]


def findings_since(conn: Connection, since_ms: int) -> list[Finding]:
    """All findings from an instant on."""
    statement = select(tables.finding).where(tables.finding.c.found_ms >= since_ms)
    return [_finding(row) for row in conn.execute(statement)]


def last_looks(conn: Connection) -> dict[int, int]:
    """Tank id to the instant (ms) at which its latest round finished."""
    stop, round_ = tables.round_stop, tables.patrol_round
    rows = conn.execute(
        select(stop.c.tank_id, func.max(round_.c.finished_ms))
        .join(round_, round_.c.id == stop.c.round_id)
        .where(round_.c.finished_ms.is_not(None))
        .group_by(stop.c.tank_id)
    )
    return {int(tank_id): int(ms) for tank_id, ms in rows}


def _round(row: Row[Any], tank_ids: Sequence[int]) -> Round:
    return Round(
        id=row.id, number=row.number, state=RoundState(row.state), patroller=row.patroller,
        tank_ids=tuple(tank_ids), planned_at=from_ms(row.planned_ms),
        started_at=None if row.started_ms is None else from_ms(row.started_ms),
        finished_at=None if row.finished_ms is None else from_ms(row.finished_ms),
    )  # fmt: skip


def _finding(row: Row[Any]) -> Finding:
    return Finding(
        id=row.id, round_id=row.round_id, tank_id=row.tank_id, what=What(row.what),
        severity=Severity(row.severity), note=row.note, photo_sha256=row.photo_sha256,
        found_at=from_ms(row.found_ms), found_by=row.found_by,
    )  # fmt: skip
