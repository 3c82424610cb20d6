"""Call backs and statements in and out of SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from qingshu.kernel.instants import to_ms
from qingshu.runtime.db import Tx
from qingshu.verify.model import Callback, Outcome, Unmeasurable
from qingshu.verify.tables import callback, level_unmeasurable


def add_callback(
    tx: Tx,
    incident_id: int,
    outcome: Outcome,
    *,
    solved: bool | None,
    satisfaction: int | None,
    note: str,
) -> int:
    """Keep one try."""
    key = tx.conn.execute(
        callback.insert().values(
            incident_id=incident_id, at_ms=to_ms(tx.now), actor=tx.actor, outcome=outcome,
            solved=solved, satisfaction=satisfaction, note=note,
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    return int(key[0])


def callbacks(conn: Connection, incident_ids: Sequence[int]) -> list[Callback]:
    """All tries of some incidents, oldest first."""
    rows = conn.execute(
        select(callback).where(callback.c.incident_id.in_(incident_ids)).order_by(callback.c.id)
    )
    return [_callback(row) for row in rows]


def put_unmeasurable(tx: Tx, incident_id: int, reason: str) -> None:
    """Keep who says why the level cannot be measured."""
    row = {
        "incident_id": incident_id, "at_ms": to_ms(tx.now), "actor": tx.actor, "reason": reason,
    }  # fmt: skip
    tx.upsert(level_unmeasurable, [row], keys=["incident_id"])


def unmeasurable(conn: Connection, incident_id: int) -> Unmeasurable | None:
    """The statement about the level, if there is one."""
    row = conn.execute(
        select(level_unmeasurable).where(level_unmeasurable.c.incident_id == incident_id)
    ).first()
    return None if row is None else Unmeasurable(**row._asdict())


def _callback(row: Row[Any]) -> Callback:
    fields = row._asdict()
    fields["outcome"] = Outcome(row.outcome)
    return Callback(**fields)
