"""Moving the three tracks, closing, reopening."""

from __future__ import annotations

from qingshu.incident import rules, store
from qingshu.incident.errors import IncidentClosed, TracksNotDone
from qingshu.incident.events import IncidentAdvanced, IncidentReopened
from qingshu.incident.events import IncidentClosed as ClosedEvent
from qingshu.incident.model import (
    ClockName,
    HandleCommand,
    HandleState,
    Incident,
    SourceKind,
    Status,
    Track,
)
from qingshu.incident.service import clocks
from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import to_ms
from qingshu.runtime.db import Tx


def advance(tx: Tx, incident_id: int, track: Track | str, command: str, note: str = "") -> Incident:
    """Follow one arrow of one track.

    Raises
    ------
    IncidentClosed, UnknownCommand, TransitionNotAllowed
        Nothing was changed.
    """
    incident = store.load(tx.conn, incident_id)
    track = Track(track)
    if incident.status is Status.CLOSED:
        msg = f"Expected an open incident, {incident.number} is closed. Reopen it first."
        raise IncidentClosed(msg, incident_id=incident_id)
    if command == HandleCommand.STAND_DOWN and not note.strip():
        msg = "Expected a note that says why nothing needs handling, got none."
        raise InvalidInput(msg, note="empty")
    before = str(getattr(incident, track))
    after = rules.move(track, before, command)
    return _moved(tx, incident, track, command, before, after, note)


def try_advance(tx: Tx, incident_id: int, track: Track | str, command: str, note: str = "") -> bool:
    """Follow an arrow if there is one from the present state; say whether there was."""
    incident = store.load(tx.conn, incident_id)
    track = Track(track)
    if incident.status is Status.CLOSED:
        return False
    if command not in rules.allowed(track, str(getattr(incident, track))):
        return False
    advance(tx, incident_id, track, command, note)
    return True


def _moved(
    tx: Tx, incident: Incident, track: Track, command: str, before: str, after: str, note: str
) -> Incident:
    values: dict[str, object] = {str(track): after}
    if track is Track.HANDLE:
        values["cleared_ms"] = to_ms(tx.now) if after == HandleState.CLEARED else None
    changed = store.change(tx, incident.id, **values)
    store.add_step(tx, incident.id, track, command, before, after, note)
    tx.emit(
        IncidentAdvanced(
            subject_id=incident.id, track=str(track), from_=before, to=after, command=command
        )
    )
    _run_clocks(tx, changed, track, command, after)
    return changed


def _run_clocks(tx: Tx, incident: Incident, track: Track, command: str, after: str) -> None:
    if command == HandleCommand.STAND_DOWN:
        clocks.waive(tx, incident.id, *clocks.HANDLE_CLOCKS)
    elif after == "not_needed":
        name = ClockName.ANSWER if track is Track.COORDINATE else ClockName.ARCHIVE
        clocks.waive(tx, incident.id, name)
    else:
        clocks.meet(tx, incident.id, *rules.MEETS.get(f"{track}:{after}", ()))
    if track is Track.HANDLE and after == HandleState.CLEARED:
        clocks.start(tx, incident, ClockName.ARCHIVE)
        if any(m.source_kind is SourceKind.REPORT for m in store.members(tx.conn, [incident.id])):
            clocks.start(tx, incident, ClockName.CALLBACK)
        if incident.regularise in ("archived", "not_needed"):
            clocks.waive(tx, incident.id, ClockName.ARCHIVE)
    if track is Track.HANDLE and command == HandleCommand.REOPEN:
        clocks.waive(tx, incident.id, ClockName.CALLBACK, ClockName.ARCHIVE)
        clocks.start(tx, incident, *clocks.HANDLE_CLOCKS)


def close(tx: Tx, incident_id: int, *, proved: bool, reason: str = "") -> Incident:
    """Close the file; all three tracks must be done. ``verify`` decides on the proof.

    Raises
    ------
    TracksNotDone
        ``fields`` names the tracks that are not.
    """
    incident = store.load(tx.conn, incident_id)
    if incident.status is Status.CLOSED:
        msg = f"Expected an open incident, {incident.number} is closed already."
        raise IncidentClosed(msg, incident_id=incident_id)
    left = rules.unfinished(incident)
    if left:
        msg = f"Expected all three tracks done, {', '.join(left)} of {incident.number} is not."
        raise TracksNotDone(msg, **{str(track): str(getattr(incident, track)) for track in left})
    clocks.waive(tx, incident_id)
    closed = store.change(
        tx, incident_id, status=Status.CLOSED, closed_ms=to_ms(tx.now),
        close_reason=reason, proved=proved,
    )  # fmt: skip
    tx.emit(
        ClosedEvent(
            subject_id=incident_id, recurrence_of=closed.recurrence_of, proved=proved,
            reason=reason, merged_into=None,
        )
    )  # fmt: skip
    return closed


def reopen(tx: Tx, incident_id: int, reason: str) -> Incident:
    """Start handling again: the problem is still there."""
    incident = store.load(tx.conn, incident_id)
    if incident.status is Status.CLOSED:
        incident = store.change(
            tx, incident_id, status=Status.OPEN, closed_ms=None, close_reason="",
            proved=False, merged_into=None,
        )  # fmt: skip
    tx.emit(IncidentReopened(subject_id=incident_id, reason=reason))
    try_advance(tx, incident_id, Track.HANDLE, HandleCommand.REOPEN, reason)
    return store.load(tx.conn, incident_id)
