"""Events reach each room exactly once, whatever fails."""

from __future__ import annotations

from typing import ClassVar

import pytest
from sqlalchemy import func, select

from qingshu.kernel.events import Event
from qingshu.runtime import deadletters
from qingshu.runtime.db import Database, Tx
from qingshu.runtime.eventlog import Entry
from qingshu.runtime.relay import TRIES, Relay
from qingshu.runtime.timers import timer_table


class BellRung(Event, frozen=True, kw_only=True):
    kind: ClassVar[str] = "bell.rung"
    subject_kind: ClassVar[str] = "bell"


class BellOiled(Event, frozen=True, kw_only=True):
    kind: ClassVar[str] = "bell.oiled"
    subject_kind: ClassVar[str] = "bell"


def _ring(db: Database, times: int) -> None:
    with db.write("system:test") as tx:
        for bell in range(times):
            tx.emit(BellRung(subject_id=bell))


def _note(tx: Tx, entry: Entry) -> None:
    tx.conn.execute(
        timer_table.insert().values(kind="heard", subject_id=entry.subject_id, due_ms=0)
    )


def _heard(db: Database) -> int:
    with db.read() as conn:
        return int(conn.execute(select(func.count()).select_from(timer_table)).scalar_one())


def test_pump_when_restarted_then_handles_each_event_once(db: Database) -> None:
    """A new relay (a restarted process) continues where the old one stopped."""
    _ring(db, 3)
    Relay(db, "ears", {"bell.rung": _note}).pump()
    _ring(db, 2)
    Relay(db, "ears", {"bell.rung": _note}).pump()
    Relay(db, "ears", {"bell.rung": _note}).pump()
    assert _heard(db) == 5


def test_pump_when_handler_fails_then_its_writes_are_undone(db: Database) -> None:
    """A half-done handler leaves nothing behind and the event is tried again."""
    _ring(db, 1)
    calls = 0

    def stumble(tx: Tx, entry: Entry) -> None:
        nonlocal calls
        calls += 1
        _note(tx, entry)
        if calls == 1:
            raise RuntimeError("stumbled")

    relay = Relay(db, "ears", {"bell.rung": stumble})
    assert relay.pump() == 0
    assert _heard(db) == 0
    assert relay.pump() == 1
    assert _heard(db) == 1


def test_pump_when_handler_always_fails_then_buried_and_the_room_goes_on(db: Database) -> None:
    """One poisoned event does not stop the ones behind it."""
    _ring(db, 2)

    def poisoned(tx: Tx, entry: Entry) -> None:
        if entry.subject_id == 0:
            raise RuntimeError("poison")
        _note(tx, entry)

    relay = Relay(db, "ears", {"bell.rung": poisoned})
    for _ in range(TRIES + 1):
        relay.pump()
    assert _heard(db) == 1
    with db.read() as conn:
        letters = deadletters.recent(conn)
    assert [letter.code for letter in letters] == ["handler_failed"]
    assert "poison" in letters[0].message


def test_pump_when_nobody_listens_then_passes(db: Database) -> None:
    """Events of other rooms move the position without any handler."""
    with db.write("system:test") as tx:
        tx.emit(BellOiled(subject_id=1))
    relay = Relay(db, "ears", {"bell.rung": _note})
    assert relay.pump() == 1
    assert relay.caught_up(1)


def test_write_when_block_raises_then_event_and_rows_are_gone(db: Database) -> None:
    """Change and event commit together or not at all."""
    with pytest.raises(RuntimeError), db.write("system:test") as tx:
        tx.emit(BellRung(subject_id=1))
        raise RuntimeError
    relay = Relay(db, "ears", {"bell.rung": _note})
    assert relay.pump() == 0
