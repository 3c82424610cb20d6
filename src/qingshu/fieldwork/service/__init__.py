"""Use cases of field work."""

from __future__ import annotations

from qingshu.fieldwork.service.evidence import add_photo, do_step, missing_evidence
from qingshu.fieldwork.service.gate import test_gas
from qingshu.fieldwork.service.once import once
from qingshu.fieldwork.service.reads import detail, of_incident, receipt_rows, rows
from qingshu.fieldwork.service.receipts import receive
from qingshu.fieldwork.service.walk import (
    cancel_dispatch,
    cancel_of_incident,
    check,
    command,
    create,
    look_for_arrival,
    place_jobs,
    tell_unanswered,
)

__all__ = [
    "add_photo",
    "cancel_dispatch",
    "cancel_of_incident",
    "check",
    "command",
    "create",
    "detail",
    "do_step",
    "look_for_arrival",
    "missing_evidence",
    "of_incident",
    "once",
    "place_jobs",
    "receipt_rows",
    "receive",
    "rows",
    "tell_unanswered",
    "test_gas",
]
