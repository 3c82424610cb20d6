"""The chain holds, and shows where it was broken."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import text

from qingshu.kernel.events import Event
from qingshu.runtime import eventlog
from qingshu.runtime.db import Database


class LampLit(Event, frozen=True, kw_only=True):
    kind: ClassVar[str] = "lamp.lit"
    subject_kind: ClassVar[str] = "lamp"
    watts: int


def _light(db: Database, count: int) -> None:
    with db.write("system:test") as tx:
        for watts in range(count):
            tx.emit(LampLit(subject_id=1, watts=watts))


def test_verify_when_untouched_then_whole(db: Database) -> None:
    """Sequences run without gaps and every hash follows from the one before."""
    _light(db, 5)
    with db.read() as conn:
        assert eventlog.verify(conn) is None
        assert [e.seq for e in eventlog.tail(conn, 2)] == [3, 4, 5]


def test_verify_when_payload_changed_then_names_the_entry(db: Database) -> None:
    """A changed payload is found although the row's own hash was left alone."""
    _light(db, 5)
    with db.engine.begin() as conn:
        conn.execute(text("UPDATE event_log SET payload = '{}' WHERE seq = 3"))
    with db.read() as conn:
        broken = eventlog.verify(conn)
    assert broken is not None
    assert broken.seq == 3


def test_verify_when_entry_removed_then_names_the_gap(db: Database) -> None:
    """A removed entry leaves a jump in the sequence."""
    _light(db, 5)
    with db.engine.begin() as conn:
        conn.execute(text("DELETE FROM event_log WHERE seq = 2"))
    with db.read() as conn:
        broken = eventlog.verify(conn)
    assert broken is not None
    assert broken.seq == 2


def test_erase_payload_then_chain_still_holds(db: Database) -> None:
    """A resident's words can be erased; the audit trail stays provable."""
    _light(db, 3)
    with db.write("system:test") as tx:
        eventlog.erase_payload(tx.conn, 2)
    with db.read() as conn:
        assert eventlog.verify(conn) is None
        assert eventlog.tail(conn, 1)[0].payload is None
