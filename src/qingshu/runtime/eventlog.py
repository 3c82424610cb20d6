"""The append-only event log: audit trail, outbox and source of the live stream.

Entry ``n`` hashes entry ``n - 1`` and the *hash* of its own payload, so a payload can
be erased on request (a resident's words) while the chain stays whole. Entries are
appended under the writer's lock: sequence order is commit order and has no gaps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, Text, select, update

from qingshu.kernel.errors import NotFound
from qingshu.kernel.events import Event
from qingshu.kernel.instants import from_ms, to_ms
from qingshu.runtime.sql import metadata

GENESIS = "0" * 64

event_log = Table(
    "event_log",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("kind", String(64), nullable=False, index=True),
    Column("subject_kind", String(32), nullable=False),
    Column("subject_id", Integer, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("cause", BigInteger),
    Column("payload", Text),
    Column("payload_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. ``payload`` is None after it was erased."""

    seq: int
    at: datetime
    kind: str
    subject_kind: str
    subject_id: int
    actor: str
    cause: int | None
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where the chain does not hold."""

    seq: int
    because: str


def append(
    conn: Connection, happened: Event, *, now: datetime, actor: str, cause: int | None
) -> int:
    """Append one event in the caller's transaction and return its sequence."""
    last = conn.execute(
        select(event_log.c.seq, event_log.c.hash).order_by(event_log.c.seq.desc()).limit(1)
    ).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    payload = msgspec.json.encode(happened.payload(), order="sorted").decode()
    payload_hash = hashlib.sha256(payload.encode()).hexdigest()
    row = {
        "seq": seq,
        "at_ms": to_ms(now),
        "kind": happened.kind,
        "subject_kind": happened.subject_kind,
        "subject_id": happened.subject_id,
        "actor": actor,
        "cause": cause,
        "payload_hash": payload_hash,
    }
    conn.execute(event_log.insert().values(**row, payload=payload, hash=_link(previous, row)))
    return seq


def tail(conn: Connection, after: int, limit: int = 500) -> list[Entry]:
    """Entries with a sequence above ``after``, oldest first."""
    rows = conn.execute(
        select(event_log).where(event_log.c.seq > after).order_by(event_log.c.seq).limit(limit)
    )
    return [_entry(row) for row in rows]


def of_subject(conn: Connection, kind: str, subject_id: int) -> list[Entry]:
    """The whole history of one subject, oldest first."""
    rows = conn.execute(
        select(event_log)
        .where(event_log.c.subject_kind == kind, event_log.c.subject_id == subject_id)
        .order_by(event_log.c.seq)
    )
    return [_entry(row) for row in rows]


def head(conn: Connection) -> int:
    """The newest sequence, 0 when the log is empty."""
    found = conn.execute(select(event_log.c.seq).order_by(event_log.c.seq.desc()).limit(1)).scalar()
    return int(found or 0)


def erase_payload(conn: Connection, seq: int) -> None:
    """Forget what one entry said; its hash stays, so the chain still verifies."""
    done = conn.execute(update(event_log).where(event_log.c.seq == seq).values(payload=None))
    if done.rowcount == 0:
        msg = f"Expected an event with sequence {seq}, found none."
        raise NotFound(msg, seq=seq)


def verify(conn: Connection) -> Broken | None:
    """Walk the whole chain; None when it holds."""
    previous, expected = GENESIS, 1
    for row in _rows(conn):
        if row["seq"] != expected:
            return Broken(expected, f"sequence jumps to {row['seq']}")
        if row["payload"] is not None:
            payload_hash = hashlib.sha256(row["payload"].encode()).hexdigest()
            if payload_hash != row["payload_hash"]:
                return Broken(row["seq"], "payload does not match its hash")
        if _link(previous, row) != row["hash"]:
            return Broken(row["seq"], "hash does not follow from the entry before")
        previous, expected = row["hash"], expected + 1
    return None


def _rows(conn: Connection, chunk: int = 2000) -> Iterator[dict[str, Any]]:
    after = -1
    while True:
        rows = conn.execute(
            select(event_log).where(event_log.c.seq > after).order_by(event_log.c.seq).limit(chunk)
        ).mappings()
        found = [dict(row) for row in rows]
        if not found:
            return
        yield from found
        after = found[-1]["seq"]


def _link(previous: str, row: dict[str, Any]) -> str:
    parts = [
        previous, row["seq"], row["at_ms"], row["kind"], row["subject_kind"],
        row["subject_id"], row["actor"], row["cause"], row["payload_hash"],
    ]  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _entry(row: Any) -> Entry:
    return Entry(
        seq=row.seq,
        at=from_ms(row.at_ms),
        kind=row.kind,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        actor=row.actor,
        cause=row.cause,
        payload=None if row.payload is None else msgspec.json.decode(row.payload),
    )
