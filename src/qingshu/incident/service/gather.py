"""Voices find their incident: join an open one, or open a new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from qingshu.incident import rules, store
from qingshu.incident.events import (
    IncidentClosed,
    IncidentJoined,
    IncidentOpened,
    IncidentPlaced,
    IncidentRegraded,
)
from qingshu.incident.model import (
    ClockName,
    HandleState,
    Incident,
    Member,
    Place,
    SourceKind,
    Status,
    Track,
    Voice,
)
from qingshu.incident.service import clocks, tracks
from qingshu.kernel.errors import InvalidInput, NotFound
from qingshu.kernel.instants import to_ms
from qingshu.registry import store as registry
from qingshu.registry.model import Community, Kind
from qingshu.runtime.db import Tx
from qingshu.runtime.numbers import next_number


def take(tx: Tx, voice: Voice) -> int | None:
    """The incident that ``voice`` belongs to now; None when it opens none.

    Taking the same voice again is harmless; a better place moves it.
    """
    voice = at_tank(tx, voice)
    member = store.member_of(tx.conn, voice.source_kind, voice.source_id)
    if member is not None:
        return _again(tx, member, voice)
    home = _home(tx, voice)
    if home is not None:
        return _join(tx, home, voice)
    if not rules.opens(voice, clocks.params_of(tx)):
        return None
    return open_incident(tx, voice, voice.source_kind).id


def open_by_hand(tx: Tx, tank_id: int, reason: str) -> int:
    """An incident that a person opens at a tank; the open one there if there is one."""
    if not reason.strip():
        msg = "Expected a reason for opening an incident, got none."
        raise InvalidInput(msg, reason="empty")
    voice = at_tank(tx, Voice(SourceKind.MANUAL, 0, 3, Place(tank_id=tank_id), to_ms(tx.now)))
    home = _home(tx, voice)
    if home is not None:
        return home.incident_id
    opened = open_incident(tx, voice, SourceKind.MANUAL)
    store.add_step(tx, opened.id, Track.HANDLE, "open", HandleState.OPEN, HandleState.OPEN, reason)
    return opened.id


def regrade(tx: Tx, kind: SourceKind, source_id: int, grade: int) -> int | None:
    """A member's grade changed; the incident follows its worst member."""
    member = store.member_of(tx.conn, kind, source_id)
    if member is None:
        return None
    store.regrade_member(tx, kind, source_id, grade)
    incident = store.load(tx.conn, member.incident_id)
    if incident.handle is HandleState.CLEARED and 0 < grade < member.grade:
        incident = tracks.reopen(tx, incident.id, f"{kind} grew worse after clearing")
    if incident.status is Status.OPEN:
        follow_worst(tx, incident)
    return incident.id


def _home(tx: Tx, voice: Voice) -> rules.Home | None:
    candidates = store.open_candidates(tx.conn, voice.place)
    return rules.find_home(voice, candidates, now_ms=to_ms(tx.now), params=clocks.params_of(tx))


def at_tank(tx: Tx, voice: Voice) -> Voice:
    """The voice with the place filled in from the registry."""
    place = voice.place
    if place.tank_id is None:
        return voice
    tank = registry.tank(tx.conn, place.tank_id)
    if tank is None:
        msg = f"Expected the id of a tank, {place.tank_id} is none."
        raise NotFound(msg, tank_id=place.tank_id)
    filled = Place(tank.id, tank.community_id, tank.office_id, tank.lat, tank.lon)
    return replace(voice, place=filled)


def _with_point(tx: Tx, voice: Voice) -> Voice:
    """A place known only by its community lies where the community lies."""
    place = voice.place
    if place.lat is not None or place.community_id is None:
        return voice
    found = registry.get(tx.conn, Kind.COMMUNITIES, place.community_id)
    if not isinstance(found, Community):
        return voice
    office_id = place.office_id or found.office_id
    return replace(voice, place=Place(None, place.community_id, office_id, found.lat, found.lon))


def open_incident(tx: Tx, voice: Voice, cause_kind: SourceKind) -> Incident:
    """A new incident that ``voice`` is the first member of, with its clocks."""
    voice = _with_point(tx, voice)
    since = tx.now - timedelta(days=clocks.params_of(tx).watch_days)
    incident = store.insert(
        tx, next_number(tx, "S"), voice, cause_kind=cause_kind,
        recurrence_of=store.last_closed_at(tx.conn, voice.place, to_ms(since)),
    )  # fmt: skip
    tx.emit(
        IncidentOpened(
            subject_id=incident.id, number=incident.number, tank_id=incident.tank_id,
            community_id=incident.community_id, office_id=incident.office_id,
            grade=incident.grade, cause_kind=str(cause_kind), cause_id=incident.cause_id,
            recurrence_of=incident.recurrence_of,
        )
    )  # fmt: skip
    clocks.start(tx, incident, *clocks.HANDLE_CLOCKS)
    if cause_kind is not SourceKind.MANUAL:
        store.put_member(tx, incident.id, voice)
    _promise_answer(tx, incident, voice)
    return incident


def _join(tx: Tx, home: rules.Home, voice: Voice) -> int:
    incident = store.load(tx.conn, home.incident_id)
    if home.brings_tank:
        incident = _place(tx, incident, voice.place)
    store.put_member(tx, incident.id, voice)
    tx.emit(
        IncidentJoined(
            subject_id=incident.id, source_kind=str(voice.source_kind), source_id=voice.source_id
        )
    )
    _promise_answer(tx, incident, voice)
    follow_worst(tx, incident)
    if incident.cleared_ms is not None and voice.told_ms > incident.cleared_ms:
        tracks.reopen(tx, incident.id, f"{voice.source_kind} after clearing")
    return incident.id


def _promise_answer(tx: Tx, incident: Incident, voice: Voice) -> None:
    """The first resident who asks starts the clock for the answer."""
    if voice.source_kind is not SourceKind.REPORT:
        return
    running = store.clock(tx.conn, incident.id, ClockName.ANSWER)
    if running is None or not running.is_running():
        clocks.start(tx, incident, ClockName.ANSWER, channel=voice.channel)
    if incident.handle is HandleState.CLEARED:
        clocks.start(tx, incident, ClockName.CALLBACK)


def follow_worst(tx: Tx, incident: Incident) -> None:
    """The incident takes the grade of its worst member."""
    grades = [m.grade for m in store.members(tx.conn, [incident.id])]
    grade = rules.worst_grade(grades, incident.grade)
    if grade == incident.grade:
        return
    changed = store.change(tx, incident.id, grade=grade)
    tx.emit(IncidentRegraded(subject_id=incident.id, grade=grade))
    clocks.tighten(tx, changed)


def _place(tx: Tx, incident: Incident, place: Place) -> Incident:
    assert place.tank_id is not None
    changed = store.change(
        tx, incident.id, tank_id=place.tank_id, community_id=place.community_id,
        office_id=place.office_id, lat=place.lat, lon=place.lon,
    )  # fmt: skip
    tx.emit(IncidentPlaced(subject_id=incident.id, tank_id=place.tank_id))
    return changed


def _again(tx: Tx, member: Member, voice: Voice) -> int:
    """A known voice with a newly known or corrected tank, or an alarm raised again."""
    old = store.load(tx.conn, member.incident_id)
    if old.cleared_ms is not None and voice.told_ms > old.cleared_ms:
        tracks.reopen(tx, old.id, f"{voice.source_kind} again after clearing")
        return old.id
    if old.status is Status.CLOSED or voice.place.tank_id in (None, old.tank_id):
        return old.id
    home = _home(tx, voice)
    alone = len(store.members(tx.conn, [old.id])) == 1
    if old.tank_id is None and (home is None or home.incident_id == old.id):
        return _place(tx, old, voice.place).id
    if home is None and alone and old.handle is HandleState.OPEN:
        return _place(tx, old, voice.place).id
    target = _join(tx, home, voice) if home else open_incident(tx, voice, voice.source_kind).id
    if target != old.id and alone and old.handle is HandleState.OPEN:
        _fold(tx, old, target)
    return target


def _fold(tx: Tx, old: Incident, into: int) -> None:
    """An incident that lost its only voice to another is closed as merged."""
    clocks.waive(tx, old.id)
    store.change(
        tx, old.id, status=Status.CLOSED, closed_ms=to_ms(tx.now), close_reason="merged",
        merged_into=into,
    )  # fmt: skip
    tx.emit(
        IncidentClosed(
            subject_id=old.id, recurrence_of=old.recurrence_of, proved=False,
            reason="merged", merged_into=into,
        )
    )  # fmt: skip
