"""Use cases of commitments: what a meeting promised, by whom, for when, and whether it holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import from_ms, iso, local, to_ms
from qingshu.kernel.lifecycle import commands_from, follow
from qingshu.learn import rules, store
from qingshu.learn.errors import ProofMissing
from qingshu.learn.events import CommitmentAdvanced, CommitmentEscalated, CommitmentMade
from qingshu.learn.model import Commitment, CommitmentCommand
from qingshu.learn.params import LearnParams
from qingshu.runtime import timers
from qingshu.runtime.db import Tx
from qingshu.runtime.numbers import next_number
from qingshu.runtime.settings import Settings

TIMER = "commitment.look"
NUMBER_PREFIX = "C"
# Reminders go out when offices open.
_OPENING = time(9, 0)


def today(settings: Settings, now: datetime) -> date:
    """The local day."""
    return local(now, settings.station.zone).date()


def make(
    tx: Tx,
    text: str,
    owner: str,
    due_on: date,
    *,
    made_on: date | None = None,
    dossier_id: int | None = None,
) -> Commitment:
    """Write down a promise and start its reminders.

    Raises
    ------
    InvalidInput
        No words, no owner, or due before the day it was made.
    DossierNotFound
        The dossier does not exist.
    """
    made_on = made_on or today(tx.settings, tx.now)
    if not text.strip() or not owner.strip():
        msg = "Expected what is promised and by whom, got one of them empty."
        raise InvalidInput(msg, text=text[:40], owner=owner[:40])
    if due_on < made_on:
        msg = f"Expected a due day not before {made_on}, got {due_on}."
        raise InvalidInput(msg, due_on="before made_on")
    if dossier_id is not None:
        store.load(tx.conn, dossier_id)
    made = store.insert_commitment(
        tx, number=next_number(tx, NUMBER_PREFIX), text=text.strip(), owner=owner.strip(),
        made_on=made_on, due_on=due_on, dossier_id=dossier_id,
    )  # fmt: skip
    tx.emit(
        CommitmentMade(
            subject_id=made.id, number=made.number, owner=made.owner,
            due_on=made.due_on.isoformat(), dossier_id=dossier_id,
        )
    )  # fmt: skip
    _set_timer(tx, made)
    return made


def advance(
    tx: Tx, commitment_id: int, command: CommitmentCommand, *, proof: str = "", note: str = ""
) -> Commitment:
    """Follow one arrow.

    Raises
    ------
    ProofMissing
        It is reported done and nothing shows it.
    InvalidInput
        It is refused, withdrawn or reopened without a word why.
    """
    old = store.load_commitment(tx.conn, commitment_id)
    after = follow(rules.PROMISE, old.state, command)
    if command is CommitmentCommand.REPORT and not (proof.strip() or old.proof):
        msg = "Expected what shows that it was done, got nothing."
        raise ProofMissing(msg, proof="empty")
    why = (CommitmentCommand.REFUSE, CommitmentCommand.WITHDRAW, CommitmentCommand.REOPEN)
    if command in why and not note.strip():
        msg = f"Expected a note saying why for {command}, got none."
        raise InvalidInput(msg, note="empty")
    said = {k: v.strip() for k, v in (("proof", proof), ("note", note)) if v.strip()}
    moved = store.change_commitment(tx, commitment_id, state=after, state_ms=to_ms(tx.now), **said)
    tx.emit(
        CommitmentAdvanced(
            subject_id=commitment_id, from_=str(old.state), to=str(after), command=str(command)
        )
    )
    if after in rules.UNFINISHED:
        _set_timer(tx, moved)
    else:
        timers.cancel(tx, TIMER, commitment_id)
    return moved


def look(tx: Tx, commitment_id: int) -> None:
    """A reminder or escalation is due; nothing happens once the work was accepted."""
    found = store.load_commitment(tx.conn, commitment_id)
    params = tx.settings.room_params("learn", LearnParams)
    if found.state not in rules.UNFINISHED or found.level >= params.commitment_levels:
        return
    raised = store.change_commitment(tx, commitment_id, level=found.level + 1)
    days = (today(tx.settings, tx.now) - found.due_on).days
    tx.emit(
        CommitmentEscalated(
            subject_id=commitment_id, number=found.number, level=raised.level,
            days_late=max(0, days),
        )
    )  # fmt: skip
    _set_timer(tx, raised)


def rows(
    conn: Connection, settings: Settings, now: datetime, *, only_open: bool = False
) -> list[dict[str, Any]]:
    """Commitments for a list, the earliest due first."""
    day = today(settings, now)
    found = store.commitments(conn)
    return [row(c, day) for c in found if not only_open or c.state in rules.UNFINISHED]


def row(commitment: Commitment, day: date) -> dict[str, Any]:
    """One commitment as the API and the meeting's papers show it."""
    late = rules.is_late(commitment, day)
    return {
        "id": commitment.id, "number": commitment.number, "state": str(commitment.state),
        "text": commitment.text, "owner": commitment.owner,
        "made_on": commitment.made_on.isoformat(), "due_on": commitment.due_on.isoformat(),
        "dossier_id": commitment.dossier_id, "proof": commitment.proof, "note": commitment.note,
        "level": commitment.level, "late": late,
        "days_late": (day - commitment.due_on).days if late else 0,
        "state_at": iso(from_ms(commitment.state_ms)),
        "allowed": commands_from(rules.PROMISE, commitment.state),
    }  # fmt: skip


def _set_timer(tx: Tx, commitment: Commitment) -> None:
    params = tx.settings.room_params("learn", LearnParams)
    if commitment.level >= params.commitment_levels:
        timers.cancel(tx, TIMER, commitment.id)
        return
    day = rules.next_look(commitment.due_on, commitment.level, params)
    zone = ZoneInfo(tx.settings.station.zone)
    due = datetime.combine(day, _OPENING, zone).astimezone(UTC)
    timers.set_timer(tx, TIMER, commitment.id, due)
