"""What the inbox listens to: an incident that closed owes its reporters nothing more."""

from __future__ import annotations

from qingshu.intake import service
from qingshu.intake.model import LIFE, Command
from qingshu.runtime.db import Tx
from qingshu.runtime.eventlog import Entry
from qingshu.runtime.relay import Handler
from qingshu.runtime.timers import TimerHandler


def on_incident_closed(tx: Tx, entry: Entry) -> None:
    """Close the reports that the incident gathered."""
    for report in service.of_incident(tx.conn, entry.subject_id):
        if (report.status, Command.CLOSE) in LIFE:
            service.close(tx, report.id)


HANDLERS: dict[str, Handler] = {"incident.closed": on_incident_closed}
TIMERS: dict[str, TimerHandler] = {}
