"""What the event log says about dossiers."""

from __future__ import annotations

from typing import ClassVar

from qingshu.kernel.events import Event


class DossierOpened(Event, frozen=True, kw_only=True):
    """A spot came back often enough to get a file of its own."""

    kind: ClassVar[str] = "dossier.opened"
    subject_kind: ClassVar[str] = "dossier"
    number: str
    tank_id: int | None
    community_id: int | None
    incidents: list[int]


class DossierLinked(Event, frozen=True, kw_only=True):
    """Another incident at the spot."""

    kind: ClassVar[str] = "dossier.linked"
    subject_kind: ClassVar[str] = "dossier"
    incident_id: int


class DossierAdvanced(Event, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A dossier followed one arrow."""

    kind: ClassVar[str] = "dossier.advanced"
    subject_kind: ClassVar[str] = "dossier"
    from_: str
    to: str
    command: str


class CommitmentMade(Event, frozen=True, kw_only=True):
    """Somebody promised something for a day."""

    kind: ClassVar[str] = "commitment.made"
    subject_kind: ClassVar[str] = "commitment"
    number: str
    owner: str
    due_on: str
    dossier_id: int | None


class CommitmentAdvanced(Event, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A commitment followed one arrow."""

    kind: ClassVar[str] = "commitment.advanced"
    subject_kind: ClassVar[str] = "commitment"
    from_: str
    to: str
    command: str


class CommitmentEscalated(Event, frozen=True, kw_only=True):
    """Level 1 reminds the owner, 2 tells the office, 3 and 4 the director."""

    kind: ClassVar[str] = "commitment.escalated"
    subject_kind: ClassVar[str] = "commitment"
    number: str
    level: int
    days_late: int
