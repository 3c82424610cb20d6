"""What the inbox tells the other rooms. Never a resident's words, name or number."""

from __future__ import annotations

from typing import ClassVar

from qingshu.kernel.events import Event


class ReportReceived(Event, frozen=True, kw_only=True):
    """Somebody told us something."""

    kind: ClassVar[str] = "report.received"
    subject_kind: ClassVar[str] = "report"
    number: str
    channel: str
    urgency: str


class ReportLocated(Event, frozen=True, kw_only=True):
    """The place of a report is known, or known better."""

    kind: ClassVar[str] = "report.located"
    subject_kind: ClassVar[str] = "report"
    tank_id: int | None
    community_id: int | None
    office_id: int | None
    score: float


class ReportLinked(Event, frozen=True, kw_only=True):
    """A report belongs to an incident."""

    kind: ClassVar[str] = "report.linked"
    subject_kind: ClassVar[str] = "report"
    incident_id: int


class ReportAnswered(Event, frozen=True, kw_only=True):
    """The person was told something; the words are in the report."""

    kind: ClassVar[str] = "report.answered"
    subject_kind: ClassVar[str] = "report"


class ReportClosed(Event, frozen=True, kw_only=True):
    """Nothing more is owed to this person."""

    kind: ClassVar[str] = "report.closed"
    subject_kind: ClassVar[str] = "report"


class ReportReopened(Event, frozen=True, kw_only=True):
    """It was not over."""

    kind: ClassVar[str] = "report.reopened"
    subject_kind: ClassVar[str] = "report"
    reason: str


class ReportReturned(Event, frozen=True, kw_only=True):
    """Not ours: sent back to whoever passed it on."""

    kind: ClassVar[str] = "report.returned"
    subject_kind: ClassVar[str] = "report"
    reason: str


class ReporterRevealed(Event, frozen=True, kw_only=True):
    """Somebody opened a reporter's name and number."""

    kind: ClassVar[str] = "report.revealed"
    subject_kind: ClassVar[str] = "report"
    reason: str
