"""What came in and could not be taken, kept for a person to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    String,
    Table,
    Text,
    func,
    select,
)

from qingshu.kernel.instants import from_ms, to_ms
from qingshu.runtime.db import BigId, Tx, metadata

KEEP_BYTES = 64 * 1024

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("door", String(32), nullable=False),
    Column("source", String(128), nullable=False),
    Column("code", String(64), nullable=False),
    Column("message", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One refused message: which door, from whom, why, and its first 64 KiB."""

    id: int
    at: datetime
    door: str
    source: str
    code: str
    message: str
    body: bytes
    size: int


def bury(tx: Tx, *, door: str, source: str, code: str, message: str, body: bytes) -> None:
    """Keep one refused message."""
    tx.conn.execute(
        dead_letter.insert().values(
            at_ms=to_ms(tx.now), door=door, source=source[:128], code=code,
            message=message, body=body[:KEEP_BYTES], size=len(body),
        )
    )  # fmt: skip


def recent(conn: Connection, limit: int = 100) -> list[DeadLetter]:
    """The newest refused messages first."""
    rows = conn.execute(select(dead_letter).order_by(dead_letter.c.id.desc()).limit(limit))
    return [
        DeadLetter(r.id, from_ms(r.at_ms), r.door, r.source, r.code, r.message, r.body, r.size)
        for r in rows
    ]


def counts(conn: Connection) -> dict[str, int]:
    """How many were refused, by ``door:code``."""
    rows = conn.execute(
        select(dead_letter.c.door, dead_letter.c.code, func.count()).group_by(
            dead_letter.c.door, dead_letter.c.code
        )
    )
    return {f"{door}:{code}": int(n) for door, code, n in rows}
