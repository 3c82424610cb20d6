"""What field work listens to: dispatches, waiting offers, trucks on the road."""

from __future__ import annotations

from qingshu.fieldwork import service
from qingshu.fieldwork.service.walk import LOOK, UNANSWERED
from qingshu.incident import service as incidents
from qingshu.incident.model import Status
from qingshu.runtime.db import Tx
from qingshu.runtime.eventlog import Entry
from qingshu.runtime.timers import Timer


def on_dispatch_confirmed(tx: Tx, entry: Entry) -> None:
    """A confirmed dispatch becomes an offered job."""
    said = entry.payload or {}
    if incidents.get(tx.conn, int(said["incident_id"])).status is Status.CLOSED:
        return
    service.create(
        tx, incident_id=int(said["incident_id"]), truck_id=int(said["truck_id"]),
        dispatch_id=entry.subject_id, eta_s=said.get("eta_s"),
    )  # fmt: skip


def on_dispatch_cancelled(tx: Tx, entry: Entry) -> None:
    """The desk called the truck off."""
    service.cancel_dispatch(tx, entry.subject_id, str((entry.payload or {}).get("reason", "")))


def on_incident_closed(tx: Tx, entry: Entry) -> None:
    """Nobody drives to a closed incident."""
    service.cancel_of_incident(tx, entry.subject_id, "incident closed")


def on_incident_placed(tx: Tx, entry: Entry) -> None:
    """Crews under way learn the tank."""
    service.place_jobs(tx, entry.subject_id)


def on_unanswered(tx: Tx, timer: Timer) -> None:
    """An offer waited too long."""
    service.tell_unanswered(tx, timer.subject_id)


def on_look(tx: Tx, timer: Timer) -> None:
    """Time to look where the truck is."""
    service.look_for_arrival(tx, timer.subject_id)


HANDLERS = {
    "dispatch.confirmed": on_dispatch_confirmed,
    "dispatch.cancelled": on_dispatch_cancelled,
    "incident.closed": on_incident_closed,
    "incident.placed": on_incident_placed,
}
TIMERS = {UNANSWERED: on_unanswered, LOOK: on_look}
