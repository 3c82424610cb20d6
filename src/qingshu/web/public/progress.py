"""What a resident sees of a report: five steps out of report, incident and job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from qingshu.fieldwork import service as fieldwork
from qingshu.incident import service as incidents
from qingshu.intake.model import Report, Status
from qingshu.kernel.instants import from_ms, local, parse_instant
from qingshu.registry import store as registry
from qingshu.runtime.settings import Settings
from qingshu.verify import store as verify

_LATER = {"assigned": 1, "on_site": 2, "contained": 2, "cleared": 3}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the page: local time as text (empty while ahead) and its words' key."""

    time: str
    key: str
    truck: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """The whole page: headline key, place, steps, and whether a rating is asked for."""

    now: str
    place: str
    steps: tuple[Step, ...]
    may_rate: bool
    rated: bool


def progress_of(conn: Connection, settings: Settings, report: Report, now: datetime) -> Progress:
    """The progress of one report as its reporter may see it."""
    zone = settings.station.zone
    times: list[datetime | None] = [from_ms(report.received_ms), None, None, None, None]
    truck, handle = "", ""
    if report.incident_id is not None:
        detail = incidents.detail(conn, report.incident_id, now)
        handle = detail["handle"]
        _handle_times(detail, times)
        truck = _truck_of(conn, report.incident_id)
    if report.answered_ms is not None:
        times[4] = from_ms(report.answered_ms)
    keys = ("step_received", "step_sent", "step_arrived", "step_cleared", "step_answered")
    steps = [Step(_clock(at, zone), key) for at, key in zip(times, keys, strict=True)]
    if truck and times[1] is not None:
        steps[1] = Step(steps[1].time, "step_sent_truck", truck)
    rated = has_rated(conn, report)
    return Progress(
        _now(report, times), _place(conn, report), tuple(steps),
        may_rate=handle == "cleared" and not rated, rated=rated,
    )  # fmt: skip


def _handle_times(detail: dict[str, Any], times: list[datetime | None]) -> None:
    """The newest instant of each state that the handle track still stands behind."""
    reached = _LATER.get(detail["handle"], 0)
    for step in detail["tracks"]["handle"]["steps"]:
        index = _LATER.get(step["state"])
        if index is not None and index <= reached:
            times[index] = parse_instant(step["at"])


def _truck_of(conn: Connection, incident_id: int) -> str:
    jobs = fieldwork.of_incident(conn, incident_id)
    found = registry.truck(conn, jobs[-1].truck_id) if jobs else None
    return found.code if found else ""


def _clock(at: datetime | None, zone: str) -> str:
    return "" if at is None else f"{local(at, zone):%H:%M}"


def _now(report: Report, times: list[datetime | None]) -> str:
    if report.status is Status.RETURNED:
        return "now_returned"
    if report.status is Status.CLOSED:
        return "now_closed"
    keys = ("now_received", "now_sent", "now_arrived", "now_cleared")
    done = max(index for index in range(4) if times[index] is not None)
    return "now_answered" if done == 0 and times[4] is not None else keys[done]


def _place(conn: Connection, report: Report) -> str:
    tank = registry.tank(conn, report.tank_id) if report.tank_id else None
    return tank.name if tank else report.place


def rating_note(report: Report) -> str:
    """How a rating is marked among the call backs of an incident."""
    return f"page {report.number}"


def has_rated(conn: Connection, report: Report) -> bool:
    """Whether this reporter has rated already."""
    if report.incident_id is None:
        return False
    note = rating_note(report)
    return any(c.note == note for c in verify.callbacks(conn, [report.incident_id]))
