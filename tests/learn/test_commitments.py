"""What a meeting promised is reminded, escalated, proved, accepted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.kernel.errors import InvalidInput, TransitionNotAllowed
from qingshu.kernel.lifecycle import follow
from qingshu.learn import commitments, handlers, rules, store
from qingshu.learn.errors import CommitmentNotFound, DossierNotFound, ProofMissing
from qingshu.learn.model import Commitment, CommitmentCommand, CommitmentState
from qingshu.runtime import eventlog
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.timers import fire_due

_C, _S = CommitmentCommand, CommitmentState


def _make(db: Database, clock: FakeClock, days: int = 10) -> Commitment:
    with db.write("account:lead") as tx:
        due = commitments.today(tx.settings, clock.now()) + timedelta(days=days)
        return commitments.make(tx, "增装液位计 12 台", "设备科 何振华", due)


def _levels(db: Database) -> list[tuple[int, int]]:
    with db.read() as conn:
        said = [e for e in eventlog.tail(conn, 0) if e.kind == "commitment.escalated"]
    return [(e.payload["level"], e.payload["days_late"]) for e in said if e.payload]


@given(st.lists(st.sampled_from(list(_C)), max_size=40))
def test_promise_when_any_commands_then_done_only_after_report_and_accept(
    commands: list[CommitmentCommand],
) -> None:
    """Nobody gets to done without a report that somebody accepted; ends only reopen."""
    state, before = _S.OPEN, _S.OPEN
    for command in commands:
        if (state, command) not in rules.PROMISE:
            with pytest.raises(TransitionNotAllowed):
                follow(rules.PROMISE, state, command)
            continue
        before, state = state, follow(rules.PROMISE, state, command)
        if state is _S.DONE:
            assert (before, command) == (_S.REPORTED, _C.ACCEPT)
        if before in (_S.DONE, _S.WITHDRAWN):
            assert command is _C.REOPEN


def test_commitment_when_walked_then_proved_and_accepted(db: Database, clock: FakeClock) -> None:
    """Start, report with proof, refused once, reported again, accepted."""
    made = _make(db, clock)
    with db.write("account:lead") as tx:
        commitments.advance(tx, made.id, _C.START)
        with pytest.raises(ProofMissing):
            commitments.advance(tx, made.id, _C.REPORT)
        commitments.advance(tx, made.id, _C.REPORT, proof="12 台上线")
        with pytest.raises(InvalidInput):
            commitments.advance(tx, made.id, _C.REFUSE)
        commitments.advance(tx, made.id, _C.REFUSE, note="两台没有数据")
        commitments.advance(tx, made.id, _C.REPORT, proof="12 台数据齐")
        done = commitments.advance(tx, made.id, _C.ACCEPT)
    assert (done.state, done.proof) == (_S.DONE, "12 台数据齐")
    clock.advance(timedelta(days=100))
    fire_due(db, handlers.TIMERS, actor="system:learn")
    assert _levels(db) == []


def test_commitment_when_nobody_acts_then_reminded_and_escalated(
    db: Database, clock: FakeClock
) -> None:
    """Three days before, the first late day, then every week, and no further than the top."""
    made = _make(db, clock)
    for _ in range(60):
        clock.advance(timedelta(days=1))
        fire_due(db, handlers.TIMERS, actor="system:learn")
    assert [level for level, _ in _levels(db)] == [1, 2, 3, 4]
    late = [days for _, days in _levels(db)]
    assert late[0] == 0
    assert late[1] in (1, 2)
    assert late[2] - late[1] == 7
    with db.read() as conn:
        shown = commitments.rows(conn, db.settings, clock.now(), only_open=True)
    assert (shown[0]["id"], shown[0]["late"], shown[0]["days_late"]) == (made.id, True, 50)


def test_make_when_not_sensible_then_refused(db: Database, clock: FakeClock) -> None:
    """Words, an owner, a day that is not past, a dossier that exists."""
    day = date(2026, 11, 20)
    with db.write("account:lead") as tx:
        for text, owner in ((" ", "甲"), ("做", " ")):
            with pytest.raises(InvalidInput):
                commitments.make(tx, text, owner, day, made_on=day)
        with pytest.raises(InvalidInput):
            commitments.make(tx, "做", "甲", day - timedelta(days=1), made_on=day)
        with pytest.raises(DossierNotFound):
            commitments.make(tx, "做", "甲", day, made_on=day, dossier_id=99)
        with pytest.raises(CommitmentNotFound):
            commitments.advance(tx, 99, _C.START)
        assert store.commitments(tx.conn) == []
