"""What verify listens to: incidents that are cleared, call backs that are due."""

from __future__ import annotations

from qingshu.runtime.db import Tx
from qingshu.runtime.eventlog import Entry
from qingshu.runtime.timers import Timer
from qingshu.verify import service


def on_incident_advanced(tx: Tx, entry: Entry) -> None:
    """Cleared: the residents are to be asked."""
    said = entry.payload or {}
    if (said.get("track"), said.get("to")) == ("handle", "cleared"):
        service.plan_first_try(tx, entry.subject_id)


def on_callback_timer(tx: Tx, timer: Timer) -> None:
    """Time for the next try."""
    service.remind(tx, timer.subject_id)


HANDLERS = {"incident.advanced": on_incident_advanced}
TIMERS = {service.TIMER: on_callback_timer}
