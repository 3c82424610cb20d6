"""What field work listens to: dispatches, waiting offers, trucks on the road."""

from __future__ import annotations

from qingshu.fieldwork import service
from qingshu.fieldwork.service.walk import LOOK, UNANSWERED
from qingshu.runtime.db import Tx
from qingshu.runtime.eventlog import Entry
from qingshu.runtime.timers import Timer


def on_dispatch_confirmed(tx: Tx, entry: Entry) -> None:
    """A confirmed dispatch becomes an offered job."""
    said = entry.payload or {}
    service.create(
        tx, incident_id=int(said["incident_id"]), truck_id=int(said["truck_id"]),
        dispatch_id=entry.subject_id, eta_s=said.get("eta_s"),
    )  # fmt: skip


def on_dispatch_cancelled(tx: Tx, entry: Entry) -> None:
    """The desk called the truck off."""
    service.cancel_dispatch(tx, entry.subject_id, str((entry.payload or {}).get("reason", "")))


def on_unanswered(tx: Tx, timer: Timer) -> None:
    """An offer waited too long."""
    service.tell_unanswered(tx, timer.subject_id)


def on_look(tx: Tx, timer: Timer) -> None:
    """Time to look where the truck is."""
    service.look_for_arrival(tx, timer.subject_id)


HANDLERS = {
    "dispatch.confirmed": on_dispatch_confirmed,
    "dispatch.cancelled": on_dispatch_cancelled,
}
TIMERS = {UNANSWERED: on_unanswered, LOOK: on_look}
