"""Timers fire once, when due, and survive whatever restarts."""

from __future__ import annotations

from datetime import timedelta

from qingshu.runtime import deadletters
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database, Tx
from qingshu.runtime.timers import RETRY_AFTER, TRIES, Timer, cancel, fire_due, set_timer


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


def _fail(_tx: Tx, _timer: Timer) -> None:
    raise RuntimeError


def test_timer_when_handler_fails_then_tried_later_and_holds_nobody_up(
    db: Database, clock: FakeClock
) -> None:
    """A failing handler does not eat its timer, and the one behind it fires."""
    with db.write("system:test") as tx:
        set_timer(tx, "bad", 7, tx.now, level=2)
        set_timer(tx, "nag", 8, tx.now + timedelta(seconds=1))
    clock.advance(timedelta(seconds=1))
    assert fire_due(db, {"bad": _fail, "nag": lambda *_: None}, actor="system:test") == 1
    payloads: list[dict[str, object]] = []
    later = {"bad": lambda _tx, timer: payloads.append(timer.payload)}
    assert fire_due(db, later, actor="system:test") == 0
    clock.advance(RETRY_AFTER)
    assert fire_due(db, later, actor="system:test") == 1
    assert payloads == [{"level": 2}]


def test_timer_when_handler_fails_for_good_then_dead_letter(db: Database, clock: FakeClock) -> None:
    """After its tries it is set aside, named, with its payload."""
    with db.write("system:test") as tx:
        set_timer(tx, "bad", 7, tx.now, level=2)
    for _ in range(TRIES + 1):
        assert fire_due(db, {"bad": _fail}, actor="system:test") == 0
        clock.advance(RETRY_AFTER)
    with db.read() as conn:
        assert deadletters.counts(conn) == {"timer:handler_failed": 1}
        assert deadletters.recent(conn)[0].source == "bad"
