"""Timers fire once, when due, and survive whatever restarts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database, Tx
from qingshu.runtime.timers import Timer, cancel, fire_due, set_timer


def test_timer_when_due_then_fires_once_with_its_payload(db: Database, clock: FakeClock) -> None:
    """Not before its time, and not again afterwards."""
    fired: list[tuple[int, object]] = []

    def note(_tx: Tx, timer: Timer) -> None:
        fired.append((timer.subject_id, timer.payload["level"]))

    with db.write("system:test") as tx:
        set_timer(tx, "nag", 7, tx.now + timedelta(minutes=5), level=2)
    assert fire_due(db, {"nag": note}, actor="system:test") == 0
    clock.advance(timedelta(minutes=5))
    assert fire_due(db, {"nag": note}, actor="system:test") == 1
    assert fire_due(db, {"nag": note}, actor="system:test") == 0
    assert fired == [(7, 2)]


def test_timer_when_set_again_then_moved_and_when_cancelled_then_gone(
    db: Database, clock: FakeClock
) -> None:
    """One timer a kind and subject."""
    with db.write("system:test") as tx:
        set_timer(tx, "nag", 7, tx.now + timedelta(minutes=1))
        set_timer(tx, "nag", 7, tx.now + timedelta(minutes=9))
        set_timer(tx, "nag", 8, tx.now + timedelta(minutes=1))
        cancel(tx, "nag", 8)
    clock.advance(timedelta(minutes=2))
    assert fire_due(db, {"nag": lambda *_: None}, actor="system:test") == 0


def test_timer_when_handler_fails_then_kept(db: Database, clock: FakeClock) -> None:
    """A failing handler does not eat its timer."""

    def fail(_tx: Tx, _timer: Timer) -> None:
        raise RuntimeError

    with db.write("system:test") as tx:
        set_timer(tx, "nag", 7, tx.now)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(RuntimeError):
        fire_due(db, {"nag": fail}, actor="system:test")
    assert fire_due(db, {"nag": lambda *_: None}, actor="system:test") == 1
