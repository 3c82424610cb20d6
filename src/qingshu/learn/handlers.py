"""What learning listens to: every incident that opens, finds its tank, or closes."""

from __future__ import annotations

from collections.abc import Callable

from qingshu.learn import service
from qingshu.runtime.db import Tx
from qingshu.runtime.eventlog import Entry
from qingshu.runtime.timers import Timer


def on_incident(tx: Tx, entry: Entry) -> None:
    """Link it to the spot's dossier, open one by rule, or let a merged one go."""
    service.consider(tx, entry.subject_id)


HANDLERS = {
    "incident.opened": on_incident,
    "incident.placed": on_incident,
    "incident.closed": on_incident,
}
TIMERS: dict[str, Callable[[Tx, Timer], None]] = {}
