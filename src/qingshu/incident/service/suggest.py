"""Which open incidents a report may belong to, for a person to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from qingshu.incident import store
from qingshu.incident.model import Incident, Place, SourceKind
from qingshu.incident.params import IncidentParams
from qingshu.intake import service as intake
from qingshu.kernel.geodesy import Point
from qingshu.kernel.instants import from_ms
from qingshu.registry import store as registry
from qingshu.runtime.db import Tx
from qingshu.runtime.settings import Settings

# What the same caller, and the same community without a known tank, say for a match.
SAME_CALLER, SAME_COMMUNITY = 0.3, 0.5
_LISTED = 500


def suggest(conn: Connection, settings: Settings, report_id: int) -> list[dict[str, Any]]:
    """Open incidents that a report without one may be about, the likeliest first.

    The score is that of the place its words name; the same caller adds to it. Only
    incidents opened within three days of the report and above ``suggest_bar`` count.
    """
    params = settings.room_params("incident", IncidentParams)
    report = intake.get(conn, report_id)
    spot = None
    if report.lat is not None and report.lon is not None:
        spot = Point(report.lat, report.lon)
    places = intake.candidates(conn, settings, f"{report.place}\n{report.text}", spot)
    tanks = {c.tank_id: c for c in reversed(places) if c.tank_id is not None}
    communities = {c.community_id: c for c in reversed(places) if c.community_id is not None}
    near = timedelta(hours=params.suggest_h)
    received = from_ms(report.received_ms)
    incidents = [
        i
        for i in store.listed(conn, only_open=True, limit=_LISTED)
        if abs(from_ms(i.opened_ms) - received) <= near and i.id != report.incident_id
    ]
    callers = _incidents_of_caller(conn, incidents, report.phone_print)
    found = []
    for incident in incidents:
        place = tanks.get(incident.tank_id or 0)
        score, zh, en = (place.score, place.because, place.because_en) if place else (0.0, "", "")
        area = communities.get(incident.community_id or 0)
        if place is None and area is not None and incident.tank_id is None:
            score, zh, en = SAME_COMMUNITY * area.score, area.because, area.because_en
        if incident.id in callers:
            score, zh, en = score + SAME_CALLER, f"{zh}，同一来电", f"{en}, same caller"
        if score >= params.suggest_bar:
            found.append((min(1.0, score), incident, zh.strip("，"), en.strip(", ")))
    found.sort(key=lambda f: (-f[0], -f[1].opened_ms))
    ids = [i.tank_id for _, i, _, _ in found if i.tank_id]
    names = {t.id: t.name for t in registry.tanks(conn, ids)}
    return [
        {
            "incident_id": incident.id, "number": incident.number, "score": round(score, 3),
            "tank_name": names.get(incident.tank_id or 0), "reason_zh": zh, "reason_en": en,
        }
        for score, incident, zh, en in found
    ]  # fmt: skip


def _incidents_of_caller(conn: Connection, incidents: Sequence[Incident], mark: str) -> set[int]:
    if not mark or not incidents:
        return set()
    members = store.members(conn, [i.id for i in incidents])
    return {
        m.incident_id for m in members if m.source_kind is SourceKind.REPORT and m.caller == mark
    }


def place_by_open(tx: Tx, report_id: int) -> int | None:
    """Put a report whose words are not sure enough alone at the tank of an open incident.

    An open incident at the likeliest tank is a second witness; the tank must be ahead of
    the next by ``join_margin``. The incident's id, None when a person has to look.
    """
    report = intake.get(tx.conn, report_id)
    if report.tank_id is not None or report.community_id is not None:
        return None
    params = tx.settings.room_params("incident", IncidentParams)
    spot = None
    if report.lat is not None and report.lon is not None:
        spot = Point(report.lat, report.lon)
    words = f"{report.place}\n{report.text}"
    places = intake.candidates(tx.conn, tx.settings, words, spot)
    best = sorted((c for c in places if c.tank_id is not None), key=lambda c: -c.score)
    if not best or best[0].score < params.join_bar:
        return None
    if len(best) > 1 and best[0].score - best[1].score < params.join_margin:
        return None
    open_there = [
        i
        for i in store.open_candidates(tx.conn, Place(tank_id=best[0].tank_id))
        if i.tank_id == best[0].tank_id
    ]
    if not open_there:
        return None
    zh = f"{best[0].because}，那里正有事件{open_there[0].number}"
    en = f"{best[0].because_en}, incident {open_there[0].number} is open there"
    intake.locate_by(tx, report_id, replace(best[0], because=zh, because_en=en))
    return open_there[0].id
