"""Timers as rows: they survive a restart and fire once.

A room sets a timer in the transaction that makes it due; the clerk fires it in a
transaction that also removes it, so a kill in between fires it again, never loses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    select,
    update,
)

from qingshu.kernel.errors import Unavailable
from qingshu.kernel.instants import from_ms, to_ms
from qingshu.runtime import deadletters
from qingshu.runtime.db import BigId, Database, Tx, metadata

# A timer whose handler fails is tried so often, so far apart, then set aside.
TRIES = 5
RETRY_AFTER = timedelta(minutes=1)
_FAILURES = "_failures"

log = structlog.get_logger()

timer_table = Table(
    "timer",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("kind", String(64), nullable=False),
    Column("subject_id", Integer, nullable=False),
    Column("due_ms", BigInteger, nullable=False, index=True),
    Column("payload", Text, nullable=False, server_default="{}"),
)


@dataclass(frozen=True, slots=True)
class Timer:
    """A thing to do at an instant about one subject."""

    id: int
    kind: str
    subject_id: int
    due: datetime
    payload: dict[str, Any]


TimerHandler = Callable[[Tx, Timer], None]


def set_timer(tx: Tx, kind: str, subject_id: int, due: datetime, **payload: Any) -> None:
    """Set (or move) the one timer of this kind and subject."""
    cancel(tx, kind, subject_id)
    tx.conn.execute(
        timer_table.insert().values(
            kind=kind,
            subject_id=subject_id,
            due_ms=to_ms(due),
            payload=msgspec.json.encode(payload).decode(),
        )
    )


def cancel(tx: Tx, kind: str, subject_id: int) -> None:
    """Remove the timer of this kind and subject, if there is one."""
    tx.conn.execute(
        delete(timer_table).where(
            timer_table.c.kind == kind, timer_table.c.subject_id == subject_id
        )
    )


def fire_due(
    db: Database, handlers: Mapping[str, TimerHandler], *, actor: str, limit: int = 200
) -> int:
    """Fire what is due, each in its own transaction; return how many fired.

    A handler that fails holds nobody up: its timer is tried again later and becomes a
    dead letter after :data:`TRIES` tries.
    """
    with db.read() as conn:
        rows = conn.execute(
            select(timer_table)
            .where(timer_table.c.due_ms <= to_ms(db.clock.now()))
            .where(timer_table.c.kind.in_(list(handlers)))
            .order_by(timer_table.c.due_ms)
            .limit(limit)
        ).all()
    fired = 0
    for row in rows:
        try:
            fired += _fire(db, handlers[row.kind], row, actor)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("timer_failed", kind=row.kind, subject_id=row.subject_id)
            _postpone(db, row, error, actor)
    return fired


def _fire(db: Database, handler: TimerHandler, row: Row[Any], actor: str) -> bool:
    payload = msgspec.json.decode(row.payload)
    payload.pop(_FAILURES, None)
    with db.write(actor) as tx:
        gone = tx.conn.execute(delete(timer_table).where(timer_table.c.id == row.id))
        if gone.rowcount == 0:
            return False
        handler(tx, Timer(row.id, row.kind, row.subject_id, from_ms(row.due_ms), payload))
    return True


def _postpone(db: Database, row: Row[Any], error: Exception, actor: str) -> None:
    payload = msgspec.json.decode(row.payload)
    failures = int(payload.get(_FAILURES, 0)) + 1
    this = timer_table.c.id == row.id
    with db.write(actor) as tx:
        if failures < TRIES:
            payload[_FAILURES] = failures
            later = {
                "due_ms": to_ms(tx.now + RETRY_AFTER),
                "payload": msgspec.json.encode(payload).decode(),
            }
            tx.conn.execute(update(timer_table).where(this).values(**later))
            return
        tx.conn.execute(delete(timer_table).where(this))
        deadletters.bury(
            tx, door="timer", source=row.kind, code="handler_failed",
            message=f"{row.kind} of {row.subject_id}: {type(error).__name__}: {error}",
            body=row.payload.encode(),
        )  # fmt: skip
