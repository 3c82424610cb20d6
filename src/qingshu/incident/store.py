"""Incidents in and out of SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select, update

from qingshu.incident.errors import IncidentNotFound
from qingshu.incident.model import (
    Clock,
    ClockName,
    CoordinateState,
    HandleState,
    Incident,
    Member,
    Place,
    RegulariseState,
    SourceKind,
    Status,
    Step,
    Track,
    Voice,
)
from qingshu.incident.tables import incident, incident_clock, incident_member, incident_step
from qingshu.kernel.instants import from_ms, to_ms
from qingshu.runtime.db import Tx


def insert(
    tx: Tx, number: str, voice: Voice, *, cause_kind: SourceKind, recurrence_of: int | None
) -> Incident:
    """A new open incident at the voice's place."""
    place = voice.place
    result = tx.conn.execute(
        incident.insert().values(
            number=number, status=Status.OPEN, grade=voice.grade, tank_id=place.tank_id,
            community_id=place.community_id, office_id=place.office_id, lat=place.lat,
            lon=place.lon, cause_kind=cause_kind, cause_id=voice.source_id,
            handle=HandleState.OPEN, coordinate=CoordinateState.NOT_STARTED,
            regularise=RegulariseState.NOT_STARTED, opened_ms=to_ms(tx.now),
            recurrence_of=recurrence_of,
        )
    )  # fmt: skip
    key = result.inserted_primary_key
    assert key is not None
    return load(tx.conn, int(key[0]))


def load(conn: Connection, incident_id: int) -> Incident:
    """One incident, or :class:`IncidentNotFound`."""
    row = conn.execute(select(incident).where(incident.c.id == incident_id)).first()
    if row is None:
        msg = f"Expected the id of an incident, {incident_id} is none."
        raise IncidentNotFound(msg, incident_id=incident_id)
    return _incident(row)


def change(tx: Tx, incident_id: int, **values: Any) -> Incident:
    """Overwrite columns of one incident and return it."""
    tx.conn.execute(update(incident).where(incident.c.id == incident_id).values(**values))
    return load(tx.conn, incident_id)


def open_candidates(conn: Connection, place: Place) -> list[Incident]:
    """Open incidents a voice at ``place`` might be about, for the rule to choose from."""
    here: list[ColumnElement[bool]] = [incident.c.tank_id.is_(None)]
    if place.tank_id is not None:
        here.append(incident.c.tank_id == place.tank_id)
    elif place.community_id is not None:
        here.append(incident.c.community_id == place.community_id)
    elif place.lat is not None and place.lon is not None:
        # About 1 km; the rule measures exactly.
        here.append(
            incident.c.lat.between(place.lat - 0.01, place.lat + 0.01)
            & incident.c.lon.between(place.lon - 0.012, place.lon + 0.012)
        )
    return _incidents(
        conn, select(incident).where(incident.c.status == Status.OPEN).where(or_(*here))
    )


def last_closed_at(conn: Connection, place: Place, since_ms: int) -> int | None:
    """The newest incident closed at this tank (or community) since an instant."""
    if place.tank_id is not None:
        here = incident.c.tank_id == place.tank_id
    elif place.community_id is not None:
        here = incident.c.tank_id.is_(None) & (incident.c.community_id == place.community_id)
    else:
        return None
    found = conn.execute(
        select(incident.c.id)
        .where(here, incident.c.status == Status.CLOSED, incident.c.merged_into.is_(None))
        .where(incident.c.closed_ms >= since_ms)
        .order_by(incident.c.closed_ms.desc())
        .limit(1)
    ).scalar()
    return None if found is None else int(found)


def listed(conn: Connection, *, only_open: bool, limit: int) -> list[Incident]:
    """Incidents for a list: worst grade first, then oldest; closed ones newest first."""
    if only_open:
        query = select(incident).where(incident.c.status == Status.OPEN)
        return _incidents(conn, query.order_by(incident.c.grade, incident.c.opened_ms).limit(limit))
    return _incidents(conn, select(incident).order_by(incident.c.opened_ms.desc()).limit(limit))


def between(conn: Connection, from_ms_: int, to_ms_: int) -> list[Incident]:
    """Incidents opened in [from, to), without those merged into another."""
    return _incidents(
        conn,
        select(incident)
        .where(incident.c.opened_ms >= from_ms_, incident.c.opened_ms < to_ms_)
        .where(incident.c.merged_into.is_(None))
        .order_by(incident.c.opened_ms),
    )


def at_place(
    conn: Connection, *, tank_id: int | None, community_id: int | None, since_ms: int
) -> list[Incident]:
    """Incidents opened at one tank, or anywhere in one community, since an instant."""
    here = (
        incident.c.tank_id == tank_id
        if tank_id is not None
        else incident.c.community_id == community_id
    )
    return _incidents(
        conn,
        select(incident)
        .where(here, incident.c.opened_ms >= since_ms, incident.c.merged_into.is_(None))
        .order_by(incident.c.opened_ms),
    )


def member_of(conn: Connection, kind: SourceKind, source_id: int) -> Member | None:
    """The membership of one alarm, report or finding."""
    row = conn.execute(
        select(incident_member).where(
            incident_member.c.source_kind == kind, incident_member.c.source_id == source_id
        )
    ).first()
    return None if row is None else _member(row)


def members(conn: Connection, ids: Sequence[int]) -> list[Member]:
    """The members of some incidents, oldest first."""
    rows = conn.execute(
        select(incident_member)
        .where(incident_member.c.incident_id.in_(ids))
        .order_by(incident_member.c.id)
    )
    return [_member(row) for row in rows]


def put_member(tx: Tx, incident_id: int, voice: Voice) -> None:
    """Add a voice to an incident, or move it there."""
    row = {
        "incident_id": incident_id, "source_kind": str(voice.source_kind),
        "source_id": voice.source_id, "joined_ms": to_ms(tx.now), "grade": voice.grade,
        "caller": voice.caller, "channel": voice.channel, "category": voice.category,
    }  # fmt: skip
    tx.upsert(incident_member, [row], keys=["source_kind", "source_id"])


def regrade_member(tx: Tx, kind: SourceKind, source_id: int, grade: int) -> None:
    """The grade that a member has now."""
    tx.conn.execute(
        update(incident_member)
        .where(incident_member.c.source_kind == kind, incident_member.c.source_id == source_id)
        .values(grade=grade)
    )


def add_step(
    tx: Tx, incident_id: int, track: Track, command: str, before: str, after: str, note: str
) -> None:
    """Remember one arrow."""
    tx.conn.execute(
        incident_step.insert().values(
            incident_id=incident_id, track=track, command=command, from_state=before,
            to_state=after, at_ms=to_ms(tx.now), actor=tx.actor, note=note,
        )
    )  # fmt: skip


def steps(conn: Connection, incident_id: int) -> list[Step]:
    """All arrows of one incident, oldest first."""
    rows = conn.execute(
        select(incident_step)
        .where(incident_step.c.incident_id == incident_id)
        .order_by(incident_step.c.id)
    )
    return [
        Step(Track(r.track), r.command, r.from_state, r.to_state, from_ms(r.at_ms), r.actor, r.note)
        for r in rows
    ]


def put_clock(tx: Tx, incident_id: int, name: ClockName, due_ms: int) -> Clock:
    """Start (or restart) one clock."""
    row = {
        "incident_id": incident_id, "name": str(name), "due_ms": due_ms,
        "met_ms": None, "waived": False, "level": 0,
    }  # fmt: skip
    tx.upsert(incident_clock, [row], keys=["incident_id", "name"])
    found = clock(tx.conn, incident_id, name)
    assert found is not None
    return found


def clock(conn: Connection, incident_id: int, name: ClockName) -> Clock | None:
    """One clock of one incident."""
    return next((c for c in clocks(conn, [incident_id]) if c.name is name), None)


def clock_by_id(conn: Connection, clock_id: int) -> Clock | None:
    """One clock by its own id."""
    row = conn.execute(select(incident_clock).where(incident_clock.c.id == clock_id)).first()
    return None if row is None else _clock(row)


def clocks(conn: Connection, ids: Sequence[int]) -> list[Clock]:
    """The clocks of some incidents, earliest due first."""
    rows = conn.execute(
        select(incident_clock)
        .where(incident_clock.c.incident_id.in_(ids))
        .order_by(incident_clock.c.due_ms, incident_clock.c.id)
    )
    return [_clock(row) for row in rows]


def change_clock(tx: Tx, clock_id: int, **values: Any) -> None:
    """Overwrite columns of one clock."""
    tx.conn.execute(update(incident_clock).where(incident_clock.c.id == clock_id).values(**values))


def _incidents(conn: Connection, query: Select[Any]) -> list[Incident]:
    return [_incident(row) for row in conn.execute(query)]


def _incident(row: Row[Any]) -> Incident:
    fields = row._asdict()
    fields["status"] = Status(row.status)
    fields["cause_kind"] = SourceKind(row.cause_kind)
    fields["handle"] = HandleState(row.handle)
    fields["coordinate"] = CoordinateState(row.coordinate)
    fields["regularise"] = RegulariseState(row.regularise)
    fields["proved"] = bool(row.proved)
    return Incident(**fields)


def _member(row: Row[Any]) -> Member:
    return Member(
        row.incident_id, SourceKind(row.source_kind), row.source_id, row.joined_ms,
        row.grade, row.caller, row.channel, row.category,
    )  # fmt: skip


def _clock(row: Row[Any]) -> Clock:
    return Clock(
        row.id, row.incident_id, ClockName(row.name), row.due_ms, row.met_ms,
        bool(row.waived), row.level,
    )  # fmt: skip


def by_ids(conn: Connection, ids: Iterable[int]) -> dict[int, Incident]:
    """Some incidents by id."""
    wanted = sorted(set(ids))
    return {i.id: i for i in _incidents(conn, select(incident).where(incident.c.id.in_(wanted)))}
