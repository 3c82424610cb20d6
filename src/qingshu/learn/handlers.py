"""What learning listens to: every incident that opens, finds its tank, or closes."""

from __future__ import annotations

from collections.abc import Callable

from qingshu.learn import commitments, service
from qingshu.runtime.db import Tx
from qingshu.runtime.eventlog import Entry
from qingshu.runtime.timers import Timer


def on_incident(tx: Tx, entry: Entry) -> None:
    """Link it to the spot's dossier, open one by rule, or let a merged one go."""
    service.consider(tx, entry.subject_id)


def on_commitment_due(tx: Tx, timer: Timer) -> None:
    """Remind the owner, then escalate while nobody accepts the work."""
    commitments.look(tx, timer.subject_id)


HANDLERS = {
    "incident.opened": on_incident,
    "incident.placed": on_incident,
    "incident.closed": on_incident,
}
TIMERS: dict[str, Callable[[Tx, Timer], None]] = {commitments.TIMER: on_commitment_due}
