"""Carries events to the rooms that listen, each event once per room.

Every room is a consumer with its own position in the event log. Handling an event and
moving the position commit together, so an event takes effect exactly once however
often the process is killed. A handler that keeps failing is set aside as a dead
letter after :data:`TRIES` tries and the room goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
import structlog
from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, select

from qingshu.kernel.errors import Unavailable
from qingshu.runtime import deadletters, eventlog
from qingshu.runtime.db import Database, Tx, metadata
from qingshu.runtime.eventlog import Entry

TRIES = 5

Handler = Callable[[Tx, Entry], None]

consumer = Table(
    "consumer",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
)

log = structlog.get_logger()


class Relay:
    """One room's reading position and its handlers by event kind."""

    def __init__(self, db: Database, room: str, handlers: Mapping[str, Handler]) -> None:
        self._db = db
        self._room = room
        self._handlers = handlers
        self._seq: int | None = None

    def pump(self, limit: int = 500) -> int:
        """Handle what is new; return how many entries were passed."""
        with self._db.read() as conn:
            if self._seq is None:
                self._seq = self._position(conn)
            entries = eventlog.tail(conn, self._seq, limit)
        for entry in entries:
            handler = self._handlers.get(entry.kind)
            if handler is not None and not self._handle(handler, entry):
                return 0
            self._seq = entry.seq
        if entries and self._handlers.get(entries[-1].kind) is None:
            with self._db.write(f"system:{self._room}") as tx:
                self._move(tx, entries[-1].seq)
        return len(entries)

    def caught_up(self, head: int) -> bool:
        """Whether every entry up to ``head`` has been passed."""
        return self._seq is not None and self._seq >= head

    def _position(self, conn: Connection) -> int:
        found = conn.execute(select(consumer.c.seq).where(consumer.c.name == self._room)).scalar()
        return int(found or 0)

    def _handle(self, handler: Handler, entry: Entry) -> bool:
        try:
            with self._db.write(f"system:{self._room}", cause=entry.seq) as tx:
                handler(tx, entry)
                self._move(tx, entry.seq)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("handler_failed", room=self._room, seq=entry.seq, kind=entry.kind)
            return self._failed(entry, error)
        return True

    def _failed(self, entry: Entry, error: Exception) -> bool:
        with self._db.write(f"system:{self._room}") as tx:
            failures = 1 + int(
                tx.conn.execute(
                    select(consumer.c.failures).where(consumer.c.name == self._room)
                ).scalar()
                or 0
            )
            if failures < TRIES:
                row = {"name": self._room, "seq": entry.seq - 1, "failures": failures}
                tx.upsert(consumer, [row], keys=["name"])
                return False
            deadletters.bury(
                tx, door="relay", source=self._room, code="handler_failed",
                message=f"{entry.kind} #{entry.seq}: {type(error).__name__}: {error}",
                body=msgspec.json.encode(entry.payload),
            )  # fmt: skip
            self._move(tx, entry.seq)
        return True

    def _move(self, tx: Tx, seq: int) -> None:
        row = {"name": self._room, "seq": seq, "failures": 0}
        tx.upsert(consumer, [row], keys=["name"])
