"""One code path for SQLite and PostgreSQL: a read door and a write door.

A write is one transaction that holds the writer's lock from its first statement, so
what a use case read is still true when it saves. Everything that changes business
state goes through :meth:`Database.write` and leaves an entry in the event log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import DatabaseError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from qingshu.kernel.errors import Unavailable
from qingshu.kernel.events import Event
from qingshu.runtime import eventlog, troubles
from qingshu.runtime.clock import Clock, clock_of
from qingshu.runtime.settings import Settings
from qingshu.runtime.sql import BigId, insert_for, make_engine, metadata

__all__ = ["BigId", "Database", "Tx", "insert_for", "metadata"]

# What means "the database cannot do it now" rather than "this statement is wrong".
# PostgreSQL tells a read-only transaction by InternalError, a dead server by InterfaceError.
AWAY = (OperationalError, InternalError, InterfaceError, PoolTimeout)

# One writer at a time on PostgreSQL too; the number only has to be ours.
_PG_WRITER_LOCK = 0x51535348


@dataclass(slots=True)
class Tx:
    """One write transaction: where to write, when it is, who acts and why.

    ``actor`` is ``"person:12"``, ``"device:<code>"``, ``"resident"`` or
    ``"system:<process>"``. ``cause`` is the sequence of the event that led here.
    """

    conn: Connection
    now: datetime
    actor: str
    settings: Settings
    cause: int | None = None
    emitted: list[int] = field(default_factory=list)

    def emit(self, happened: Event) -> int:
        """Append to the event log in this transaction; return its sequence."""
        seq = eventlog.append(self.conn, happened, now=self.now, actor=self.actor, cause=self.cause)
        self.emitted.append(seq)
        return seq

    def upsert(
        self,
        table: Table,
        rows: Sequence[Mapping[str, Any]],
        *,
        keys: Sequence[str],
        guard: str | None = None,
    ) -> None:
        """Insert rows or update them by ``keys``.

        With ``guard`` a row is only overwritten when its value in that column grows.
        """
        if not rows:
            return
        statement = insert_for(self.conn, table)
        updates = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        where = None if guard is None else statement.excluded[guard] > table.c[guard]
        if updates:
            statement = statement.on_conflict_do_update(
                index_elements=list(keys), set_=updates, where=where
            )
        else:
            statement = statement.on_conflict_do_nothing(index_elements=list(keys))
        self.conn.execute(statement, list(rows))


class Database:
    """The workspace's database. Safe to share between threads."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or clock_of(settings)
        self.engine = make_engine(settings)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading one consistent snapshot."""
        try:
            with self.engine.connect() as conn:
                yield conn
        except AWAY as error:
            raise _unavailable(error) from error
        except DatabaseError as error:
            if type(error) is not DatabaseError:
                raise
            # SQLite's word for a file that is damaged or no database.
            raise _unavailable(error) from error

    @contextmanager
    def write(self, actor: str, cause: int | None = None) -> Iterator[Tx]:
        """One write transaction; commits on leaving, rolls back on any error."""
        try:
            with self.engine.connect() as conn:
                conn.info["write"] = True
                try:
                    with conn.begin():
                        if conn.dialect.name == "postgresql":
                            conn.execute(
                                text("SELECT pg_advisory_xact_lock(:key)"),
                                {"key": _PG_WRITER_LOCK},
                            )
                        yield Tx(conn, self.clock.now(), actor, self.settings, cause)
                finally:
                    conn.info.pop("write", None)
        except AWAY as error:
            raise _unavailable(error) from error
        except DatabaseError as error:
            if type(error) is not DatabaseError:
                raise
            # SQLite's word for a file that is damaged or no database.
            raise _unavailable(error) from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _unavailable(error: DatabaseError | InterfaceError | PoolTimeout) -> Unavailable:
    origin = getattr(error, "orig", None)
    cause = str(origin or error).strip().splitlines()[0]
    msg = (
        f"Expected the database to answer, got: {cause}. "
        "Nothing of this request was saved; run `qingshu doctor DIR`."
    )
    return Unavailable(msg, database=cause, trouble=trouble_of(cause))


def trouble_of(cause: str) -> str:
    """What a database's complaint means, as a code of :mod:`qingshu.runtime.troubles`.

    >>> trouble_of("attempt to write a readonly database"), trouble_of("database is locked")
    ('database_read_only', 'database_locked')
    """
    said = cause.lower()
    for words, code in (
        (("full", "no space", "could not extend"), troubles.DATABASE_FULL),
        (("readonly", "read-only", "read only"), troubles.DATABASE_READ_ONLY),
        (("locked", "lock timeout"), troubles.DATABASE_LOCKED),
    ):
        if any(word in said for word in words):
            return code
    return troubles.DATABASE_AWAY
