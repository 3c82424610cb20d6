"""Use cases of learning: dossiers that open by rule, statistics over a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from qingshu.incident import service as incidents
from qingshu.incident import store as incident_store
from qingshu.incident.model import Incident, Member, SourceKind, Status
from qingshu.kernel.instants import from_ms, iso, to_ms
from qingshu.kernel.lifecycle import commands_from, follow
from qingshu.learn import rules, store
from qingshu.learn.errors import BadPeriod
from qingshu.learn.events import DossierAdvanced, DossierLinked, DossierOpened
from qingshu.learn.model import By, Case, Dossier, DossierCommand, Tally
from qingshu.learn.params import LearnParams
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime import eventlog
from qingshu.runtime.db import Tx
from qingshu.runtime.numbers import next_number
from qingshu.verify import store as verify_store
from qingshu.verify.model import Callback


def params_of(tx: Tx) -> LearnParams:
    """The workspace's numbers."""
    return tx.settings.room_params("learn", LearnParams)


def consider(tx: Tx, incident_id: int) -> int | None:
    """A new incident, or one whose tank became known: link it, or open a dossier."""
    incident = incidents.get(tx.conn, incident_id)
    if incident.merged_into is not None:
        store.unlink(tx, incident_id)
        return None
    known = store.dossiers_of(tx.conn, incident_id)
    if known:
        return known[0]
    dossier = _dossier_here(tx.conn, incident)
    if dossier is not None:
        return _link(tx, dossier, incident_id)
    return _open_by_rule(tx, incident)


def advance(
    tx: Tx,
    dossier_id: int,
    command: DossierCommand,
    *,
    cause: str = "",
    measure: str = "",
    note: str = "",
) -> Dossier:
    """Follow one arrow; what was found and agreed is kept with it."""
    dossier = store.load(tx.conn, dossier_id)
    after = follow(rules.CYCLE, dossier.state, command)
    said = {"cause": cause, "measure": measure, "note": note}
    changed = store.change(
        tx, dossier_id, state=after, state_ms=to_ms(tx.now), **{k: v for k, v in said.items() if v}
    )
    tx.emit(
        DossierAdvanced(
            subject_id=dossier_id, from_=str(dossier.state), to=str(after), command=str(command)
        )
    )
    return changed


def rows(conn: Connection) -> list[dict[str, Any]]:
    """All dossiers for a list."""
    tanks = registry.names_of(conn, Kind.TANKS)
    communities = registry.names_of(conn, Kind.COMMUNITIES)
    return [_row(conn, d, tanks, communities) for d in store.listed(conn)]


def detail(conn: Connection, dossier_id: int, now: datetime) -> dict[str, Any]:
    """One dossier with its incidents and history."""
    dossier = store.load(conn, dossier_id)
    tanks = registry.names_of(conn, Kind.TANKS)
    communities = registry.names_of(conn, Kind.COMMUNITIES)
    return {
        **_row(conn, dossier, tanks, communities),
        "incidents": [incidents.row(conn, i, now) for i in store.incident_ids(conn, dossier_id)],
        "allowed": commands_from(rules.CYCLE, dossier.state),
        "history": [
            {"seq": e.seq, "at": iso(e.at), "kind": e.kind, "actor": e.actor, "payload": e.payload}
            for e in eventlog.of_subject(conn, "dossier", dossier_id)
        ],
    }


def statistics(
    conn: Connection, start: datetime, end: datetime, by: By, params: LearnParams
) -> tuple[list[Tally], Tally]:
    """Tallies of the incidents opened in [start, end), and their total."""
    if end <= start:
        msg = f"Expected a period that ends after it starts, got {iso(start)} to {iso(end)}."
        raise BadPeriod(msg, to="not after from")
    found = incident_store.between(conn, to_ms(start), to_ms(end))
    ids = [i.id for i in found]
    members = _grouped(incident_store.members(conn, ids))
    calls: dict[int, list[Callback]] = {}
    for call in verify_store.callbacks(conn, ids):
        calls.setdefault(call.incident_id, []).append(call)
    keys = _keys(conn, found, members, by)
    cases = [
        _case(keys[i.id], i, members.get(i.id, []), calls.get(i.id, []), params) for i in found
    ]
    return rules.tally(cases), rules.total("", cases)


def _dossier_here(conn: Connection, incident: Incident) -> Dossier | None:
    if incident.tank_id is not None:
        own = store.at_tank(conn, incident.tank_id)
        if own is not None:
            return own
    if incident.community_id is not None:
        return store.at_community(conn, incident.community_id)
    return None


def _link(tx: Tx, dossier: Dossier, incident_id: int) -> int:
    store.link(tx, dossier.id, [incident_id])
    tx.emit(DossierLinked(subject_id=dossier.id, incident_id=incident_id))
    if rules.relapses(dossier.state):
        advance(tx, dossier.id, DossierCommand.RELAPSE)
    return dossier.id


def _open_by_rule(tx: Tx, incident: Incident) -> int | None:
    params = params_of(tx)
    since = to_ms(tx.now - timedelta(days=params.days))
    if incident.tank_id is not None:
        here = incident_store.at_place(
            tx.conn, tank_id=incident.tank_id, community_id=None, since_ms=since
        )
        if rules.opens(len(here), params.incidents):
            return _open(tx, here, tank_id=incident.tank_id, community_id=None)
    if incident.community_id is not None:
        here = incident_store.at_place(
            tx.conn, tank_id=None, community_id=incident.community_id, since_ms=since
        )
        if rules.opens(len(here), params.community_incidents):
            return _open(tx, here, tank_id=None, community_id=incident.community_id)
    return None


def _open(
    tx: Tx, here: Sequence[Incident], *, tank_id: int | None, community_id: int | None
) -> int:
    dossier = store.insert(tx, next_number(tx, "D"), tank_id=tank_id, community_id=community_id)
    store.link(tx, dossier.id, [i.id for i in here])
    tx.emit(
        DossierOpened(
            subject_id=dossier.id, number=dossier.number, tank_id=tank_id,
            community_id=community_id, incidents=[i.id for i in here],
        )
    )  # fmt: skip
    return dossier.id


def _row(
    conn: Connection, dossier: Dossier, tanks: dict[int, str], communities: dict[int, str]
) -> dict[str, Any]:
    return {
        "id": dossier.id, "number": dossier.number, "state": str(dossier.state),
        "tank_id": dossier.tank_id, "community_id": dossier.community_id,
        "tank_name": tanks.get(dossier.tank_id) if dossier.tank_id else None,
        "community_name": communities.get(dossier.community_id) if dossier.community_id else None,
        "opened_at": iso(from_ms(dossier.opened_ms)), "state_at": iso(from_ms(dossier.state_ms)),
        "cause": dossier.cause, "measure": dossier.measure, "note": dossier.note,
        "incident_ids": store.incident_ids(conn, dossier.id),
    }  # fmt: skip


def _grouped(members: Sequence[Member]) -> dict[int, list[Member]]:
    groups: dict[int, list[Member]] = {}
    for member in members:
        groups.setdefault(member.incident_id, []).append(member)
    return groups


def _keys(
    conn: Connection, found: Sequence[Incident], members: dict[int, list[Member]], by: By
) -> dict[int, str]:
    """What each incident is counted under; the empty key is "unknown"."""
    if by is By.OFFICE:
        offices = registry.names_of(conn, Kind.OFFICES)
        return {i.id: offices.get(i.office_id or 0, "") for i in found}
    if by is By.GRID:
        grids = registry.names_of(conn, Kind.GRIDS)
        of_tank = {t.id: t.grid_id for t in registry.tanks(conn)}
        of_office = {o.id: o.grid_id for o in registry.offices(conn)}
        return {
            i.id: grids.get(of_tank.get(i.tank_id or 0) or of_office.get(i.office_id or 0) or 0, "")
            for i in found
        }
    first = {i: group[0] for i, group in members.items()}
    if by is By.CAUSE:
        return {i.id: _cause(i, first.get(i.id)) for i in found}
    return {i.id: _channel(i, first.get(i.id)) for i in found}


def _cause(incident: Incident, first: Member | None) -> str:
    category = first.category if first else ""
    return f"{incident.cause_kind}:{category}" if category else str(incident.cause_kind)


def _channel(incident: Incident, first: Member | None) -> str:
    if first is not None and first.channel:
        return first.channel
    return {
        SourceKind.ALARM: "sensor", SourceKind.FINDING: "patrol", SourceKind.REPORT: "",
        SourceKind.MANUAL: "desk",
    }[incident.cause_kind]  # fmt: skip


def _case(
    key: str,
    incident: Incident,
    members: Sequence[Member],
    calls: Sequence[Callback],
    params: LearnParams,
) -> Case:
    """The last opinion counts: a resident who was not satisfied may be after rework."""
    reports = [m for m in members if m.source_kind is SourceKind.REPORT]
    solved = [c.solved for c in calls if c.solved is not None]
    rated = [c.satisfaction for c in calls if c.satisfaction is not None]
    return Case(
        key=key,
        reports=len(reports),
        callers=len({m.caller or f"#{m.source_id}" for m in reports}),
        closed=incident.status is Status.CLOSED,
        proved=incident.proved,
        recurrence=incident.recurrence_of is not None,
        solved=solved[-1] if solved else None,
        satisfied=rated[-1] >= params.satisfied_from if rated else None,
    )
