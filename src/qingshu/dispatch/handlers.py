"""Sends trucks by policy when an incident opens, and frees them when work ends."""

from __future__ import annotations

from qingshu.dispatch import service
from qingshu.dispatch.service.confirming import RETRY
from qingshu.runtime.db import Tx
from qingshu.runtime.eventlog import Entry
from qingshu.runtime.relay import Handler
from qingshu.runtime.timers import Timer, TimerHandler

# States in which a job no longer holds its truck.
_ENDED = frozenset({"finished", "handed_over", "cancelled"})


def _consider(tx: Tx, entry: Entry) -> None:
    service.auto_dispatch(tx, entry.subject_id)


def _closed(tx: Tx, entry: Entry) -> None:
    service.let_go(tx, entry.subject_id)


def _job_advanced(tx: Tx, entry: Entry) -> None:
    said = entry.payload or {}
    incident_id, truck_id = said.get("incident_id"), said.get("truck_id")
    if said.get("to") in _ENDED and incident_id is not None and truck_id is not None:
        service.finish_for_job(tx, incident_id, truck_id, f"job {said['to']}")
        if said["to"] == "handed_over":
            service.auto_dispatch(tx, incident_id)


def _retry(tx: Tx, timer: Timer) -> None:
    service.auto_dispatch(tx, timer.subject_id)


HANDLERS: dict[str, Handler] = {
    "incident.opened": _consider,
    "incident.regraded": _consider,
    "incident.placed": _consider,
    "incident.reopened": _consider,
    "incident.closed": _closed,
    "job.advanced": _job_advanced,
}
TIMERS: dict[str, TimerHandler] = {RETRY: _retry}
