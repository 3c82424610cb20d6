"""What screens and later rooms read about incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from qingshu.incident import rules, store
from qingshu.incident.model import Clock, ClockName, Incident, Member, SourceKind, Step, Track
from qingshu.kernel.instants import from_ms, iso, to_ms
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime import eventlog

TRACK_OF_CLOCK = {
    ClockName.ARRIVE: Track.HANDLE,
    ClockName.CONTAIN: Track.HANDLE,
    ClockName.CLEAR: Track.HANDLE,
    ClockName.CALLBACK: Track.HANDLE,
    ClockName.ANSWER: Track.COORDINATE,
    ClockName.ARCHIVE: Track.REGULARISE,
}


def get(conn: Connection, incident_id: int) -> Incident:
    """One incident, or :class:`~qingshu.incident.errors.IncidentNotFound`."""
    return store.load(conn, incident_id)


def id_of_source(conn: Connection, kind: SourceKind, source_id: int) -> int | None:
    """The incident that an alarm, report or finding belongs to."""
    member = store.member_of(conn, kind, source_id)
    return None if member is None else member.incident_id


def rows(
    conn: Connection, now: datetime, *, only_open: bool = True, limit: int = 1000
) -> list[dict[str, Any]]:
    """IncidentRow of the HTTP contract for many."""
    return _rows(conn, store.listed(conn, only_open=only_open, limit=limit), now)


def row(conn: Connection, incident_id: int, now: datetime) -> dict[str, Any]:
    """IncidentRow of the HTTP contract for one."""
    return _rows(conn, [store.load(conn, incident_id)], now)[0]


def detail(conn: Connection, incident_id: int, now: datetime) -> dict[str, Any]:
    """IncidentRow with tracks, findings and history; reports are added by the API."""
    incident = store.load(conn, incident_id)
    steps = store.steps(conn, incident_id)
    clocks = store.clocks(conn, [incident_id])
    members = store.members(conn, [incident_id])
    return {
        **_rows(conn, [incident], now)[0],
        "tracks": {str(t): _track(incident, t, steps, clocks) for t in Track},
        "alarms": _sources(members, SourceKind.ALARM),
        "findings": _sources(members, SourceKind.FINDING),
        "close_reason": incident.close_reason,
        "proved": incident.proved,
        "history": [
            {"seq": e.seq, "at": iso(e.at), "kind": e.kind, "actor": e.actor, "payload": e.payload}
            for e in eventlog.of_subject(conn, "incident", incident_id)
        ],
    }


def _track(
    incident: Incident, track: Track, steps: Sequence[Step], clocks: Sequence[Clock]
) -> dict[str, Any]:
    state = str(getattr(incident, track))
    return {
        "state": state,
        "allowed": rules.allowed(track, state) if incident.status == "open" else [],
        "steps": [
            {"state": s.to_state, "at": iso(s.at), "actor": s.actor, "note": s.note}
            for s in steps
            if s.track is track
        ],
        "clocks": [
            {
                "name": str(c.name),
                "due_at": iso(from_ms(c.due_ms)),
                "met_at": None if c.met_ms is None else iso(from_ms(c.met_ms)),
                "waived": c.waived,
                "level": c.level,
            }
            for c in clocks
            if TRACK_OF_CLOCK[c.name] is track
        ],
    }


def _rows(conn: Connection, incidents: Sequence[Incident], now: datetime) -> list[dict[str, Any]]:
    ids = [i.id for i in incidents]
    members: dict[int, list[Member]] = {i: [] for i in ids}
    for member in store.members(conn, ids):
        members[member.incident_id].append(member)
    clocks: dict[int, list[Clock]] = {i: [] for i in ids}
    for clock in store.clocks(conn, ids):
        clocks[clock.incident_id].append(clock)
    tanks = {t.id: t for t in registry.tanks(conn, [i.tank_id for i in incidents if i.tank_id])}
    offices = registry.names_of(conn, Kind.OFFICES)
    communities = registry.names_of(conn, Kind.COMMUNITIES)
    found = []
    for i in incidents:
        tank = tanks.get(i.tank_id) if i.tank_id is not None else None
        found.append(
            {
                "id": i.id, "number": i.number, "grade": i.grade, "tank_id": i.tank_id,
                "tank_name": tank.name if tank else None,
                "tank_code": tank.code if tank else None,
                "office_name": offices.get(i.office_id) if i.office_id else None,
                "community_name": communities.get(i.community_id) if i.community_id else None,
                "community_id": i.community_id,
                "lat": i.lat, "lon": i.lon, "opened_at": iso(from_ms(i.opened_ms)),
                "closed_at": None if i.closed_ms is None else iso(from_ms(i.closed_ms)),
                "status": str(i.status), "handle": str(i.handle),
                "coordinate": str(i.coordinate), "regularise": str(i.regularise),
                "cause_kind": str(i.cause_kind), "recurrence_of": i.recurrence_of,
                **_voices(members[i.id]),
                **_next_due(clocks[i.id], to_ms(now)),
            }
        )  # fmt: skip
    return found


def _voices(members: Sequence[Member]) -> dict[str, Any]:
    """Distinct callers; a report without a number counts as one caller of its own."""
    reports = [m for m in members if m.source_kind is SourceKind.REPORT]
    return {
        "callers": len({m.caller or f"#{m.source_id}" for m in reports}),
        "alarm_ids": _sources(members, SourceKind.ALARM),
        "report_ids": [m.source_id for m in reports],
    }


def _sources(members: Sequence[Member], kind: SourceKind) -> list[int]:
    return [m.source_id for m in members if m.source_kind is kind]


def _next_due(clocks: Sequence[Clock], now_ms: int) -> dict[str, Any]:
    running = [c for c in clocks if c.is_running()]
    first = running[0] if running else None
    return {
        "next_due_at": iso(from_ms(first.due_ms)) if first else None,
        "next_due_clock": str(first.name) if first else None,
        "overdue": any(c.due_ms < now_ms for c in running),
    }
