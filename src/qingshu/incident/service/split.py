"""Reports that were taken for one problem and are two: they move to an incident of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qingshu.incident import rules, store
from qingshu.incident.events import IncidentJoined, IncidentSplit
from qingshu.incident.model import Incident, Place, SourceKind, Status, Track, Voice
from qingshu.incident.service import gather
from qingshu.intake import service as intake
from qingshu.intake.model import LIFE, Command, Report
from qingshu.kernel.errors import InvalidInput
from qingshu.runtime.db import Tx


def split(
    tx: Tx, incident_id: int, report_ids: Sequence[int], reason: str, tank_id: int | None = None
) -> int:
    """Move reports of an open incident to a new one; both keep their history.

    ``tank_id`` puts the new incident at another tank; without it the first report's own
    place holds.

    Raises
    ------
    InvalidInput
        No reason, no reports, reports of other incidents, or nobody would be left behind.
    """
    old = store.load(tx.conn, incident_id)
    chosen = _checked(tx, old, list(dict.fromkeys(report_ids)), reason)
    first = chosen[0]
    place = Place(tank_id=tank_id) if tank_id is not None else _place(old, first)
    leading = gather.at_tank(tx, replace(voice_of(first), place=place))
    opened = gather.open_incident(tx, leading, SourceKind.REPORT)
    for report in chosen[1:]:
        store.put_member(tx, opened.id, replace(voice_of(report), place=leading.place))
        tx.emit(
            IncidentJoined(
                subject_id=opened.id, source_kind=str(SourceKind.REPORT), source_id=report.id
            )
        )
    for report in chosen:
        if tank_id is not None and report.tank_id != tank_id:
            intake.locate(tx, report.id, tank_id)
        intake.link(tx, report.id, opened.id)
    tx.emit(
        IncidentSplit(
            subject_id=incident_id, into=opened.id, reports=[r.id for r in chosen],
            reason=reason.strip(),
        )
    )  # fmt: skip
    for touched in (store.load(tx.conn, incident_id), store.load(tx.conn, opened.id)):
        gather.follow_worst(tx, touched)
    store.add_step(
        tx, opened.id, Track.HANDLE, "split", str(opened.handle), str(opened.handle), reason.strip()
    )
    return opened.id


def voice_of(report: Report) -> Voice:
    """A report as incidents hear it."""
    place = Place(report.tank_id, report.community_id, report.office_id, report.lat, report.lon)
    return Voice(
        SourceKind.REPORT, report.id, rules.GRADE_OF_URGENCY[str(report.urgency)], place,
        report.received_ms, caller=report.phone_print, channel=str(report.channel),
        category=str(report.category),
    )  # fmt: skip


def _place(old: Incident, report: Report) -> Place:
    if report.tank_id is not None or report.community_id is not None or report.lat is not None:
        return Place(report.tank_id, report.community_id, report.office_id, report.lat, report.lon)
    return Place(old.tank_id, old.community_id, old.office_id, old.lat, old.lon)


def _checked(tx: Tx, old: Incident, ids: list[int], reason: str) -> list[Report]:
    if not reason.strip():
        msg = "Expected a reason for splitting, got none."
        raise InvalidInput(msg, reason="empty")
    if old.status is not Status.OPEN:
        msg = f"Expected an open incident, {old.number} is closed."
        raise InvalidInput(msg, incident_id="closed")
    members = store.members(tx.conn, [old.id])
    own = {m.source_id for m in members if m.source_kind is SourceKind.REPORT}
    foreign = [i for i in ids if i not in own]
    if not ids or foreign:
        msg = f"Expected reports of {old.number}, got {foreign or 'none'}."
        raise InvalidInput(msg, report_ids="empty" if not ids else "not in this incident")
    if len(ids) == len(members):
        msg = "Expected at least one alarm, report or finding to stay, got all of them."
        raise InvalidInput(msg, report_ids="nothing would stay")
    reports = [intake.get(tx.conn, i) for i in ids]
    settled = [r.number for r in reports if (r.status, Command.LINK) not in LIFE]
    if settled:
        msg = f"Expected reports that are still open, got {', '.join(settled)}."
        raise InvalidInput(msg, report_ids="closed or returned")
    return reports
