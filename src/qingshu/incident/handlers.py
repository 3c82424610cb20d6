"""What incidents listen to: alarms, located reports, severe findings, clocks."""

from __future__ import annotations

from typing import Any

from qingshu.incident import rules, service
from qingshu.incident.model import ClockName, HandleState, Place, SourceKind, Track, Voice
from qingshu.incident.service.clocks import TIMER
from qingshu.intake import service as intake
from qingshu.kernel.instants import to_ms
from qingshu.runtime.db import Tx
from qingshu.runtime.eventlog import Entry
from qingshu.runtime.timers import Timer
from qingshu.warn import service as warn

# A silent or broken device is work for the repair bench, not a problem at a tank.
ALARM_KINDS = frozenset({"level", "gas", "lid"})
# A severe finding is as urgent as an urgent call.
FINDING_GRADE = 2


def on_alarm_raised(tx: Tx, entry: Entry) -> None:
    """An alarm joins the open incident at its tank or opens one."""
    said = entry.payload or {}
    if not _counts(said):
        return
    service.take(tx, _voice_of_alarm(entry, said))


def on_alarm_regraded(tx: Tx, entry: Entry) -> None:
    """The incident follows its worst alarm; one that grew worse may open now."""
    said = entry.payload or {}
    if not _counts(said):
        return
    known = service.regrade(tx, SourceKind.ALARM, entry.subject_id, int(said["grade"]))
    if known is None:
        service.take(tx, _voice_of_alarm(entry, said))


def on_alarm_shown(tx: Tx, entry: Entry) -> None:
    """An alarm that was raised while it was hidden counts from now on.

    One that is known already changes nothing: it was hidden while its own crew worked.
    """
    if service.id_of_source(tx.conn, SourceKind.ALARM, entry.subject_id) is not None:
        return
    alarm = warn.alarm(tx.conn, entry.subject_id)
    if alarm.is_active and alarm.kind.value in ALARM_KINDS and alarm.tank_id is not None:
        said = {"grade": alarm.grade, "tank_id": alarm.tank_id, "alarm_kind": alarm.kind.value}
        service.take(tx, _voice_of_alarm(entry, said))


def on_report_received(tx: Tx, entry: Entry) -> None:
    """A report whose words were not sure enough may belong to what is open there."""
    service.place_by_open(tx, entry.subject_id)


def on_report_located(tx: Tx, entry: Entry) -> None:
    """A report with a place joins or opens, and is told so."""
    incident_id = service.take(tx, _voice_of_report(tx, entry))
    if incident_id is not None:
        intake.link(tx, entry.subject_id, incident_id)


def on_report_answered(tx: Tx, entry: Entry) -> None:
    """The first answer to a resident ends the coordinate track's wait."""
    incident_id = service.id_of_source(tx.conn, SourceKind.REPORT, entry.subject_id)
    if incident_id is not None:
        service.meet(tx, incident_id, ClockName.ANSWER)
        service.try_advance(tx, incident_id, Track.COORDINATE, "answer")


def on_report_reopened(tx: Tx, entry: Entry) -> None:
    """A resident says it is not over: handling starts again."""
    incident_id = service.id_of_source(tx.conn, SourceKind.REPORT, entry.subject_id)
    if incident_id is None:
        return
    if service.get(tx.conn, incident_id).handle is HandleState.CLEARED:
        service.reopen(tx, incident_id, str((entry.payload or {}).get("reason", "")))


def on_finding(tx: Tx, entry: Entry) -> None:
    """A severe finding of a patrol joins or opens."""
    said = entry.payload or {}
    if said.get("severity") != "severe":
        return
    voice = Voice(
        SourceKind.FINDING, entry.subject_id, FINDING_GRADE, Place(tank_id=said["tank_id"]),
        to_ms(entry.at), category=str(said["what"]),
    )  # fmt: skip
    service.take(tx, voice)


def on_clock(tx: Tx, timer: Timer) -> None:
    """A deadline passed."""
    service.fire(tx, timer.subject_id)


def _counts(said: dict[str, Any]) -> bool:
    """Whether an alarm is about the tank itself and not hidden."""
    return said.get("alarm_kind") in ALARM_KINDS and said.get("suppression", "none") == "none"


def _voice_of_alarm(entry: Entry, said: dict[str, Any]) -> Voice:
    return Voice(
        SourceKind.ALARM, entry.subject_id, int(said["grade"]),
        Place(tank_id=said["tank_id"]), to_ms(entry.at), category=str(said["alarm_kind"]),
    )  # fmt: skip


def _voice_of_report(tx: Tx, entry: Entry) -> Voice:
    said = entry.payload or {}
    report = intake.get(tx.conn, entry.subject_id)
    place = Place(
        said.get("tank_id"), said.get("community_id"), said.get("office_id"),
        report.lat, report.lon,
    )  # fmt: skip
    return Voice(
        SourceKind.REPORT, entry.subject_id,
        rules.GRADE_OF_URGENCY[str(report.urgency)], place, report.received_ms,
        caller=report.phone_print, channel=str(report.channel), category=str(report.category),
    )  # fmt: skip


HANDLERS = {
    "alarm.raised": on_alarm_raised,
    "alarm.regraded": on_alarm_regraded,
    "alarm.unshelved": on_alarm_shown,
    "alarm.unsuppressed": on_alarm_shown,
    "report.received": on_report_received,
    "report.located": on_report_located,
    "report.answered": on_report_answered,
    "report.reopened": on_report_reopened,
    "finding.recorded": on_finding,
}
TIMERS = {TIMER: on_clock}
