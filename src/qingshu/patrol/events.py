"""Facts of the patrol room."""

from __future__ import annotations

from typing import ClassVar

from qingshu.kernel.events import Event


class RoundPlanned(Event, frozen=True, kw_only=True):
    """A round was laid out."""

    kind: ClassVar[str] = "round.planned"
    subject_kind: ClassVar[str] = "round"
    number: str
    tank_ids: list[int]


class RoundStarted(Event, frozen=True, kw_only=True):
    """A patroller set out."""

    kind: ClassVar[str] = "round.started"
    subject_kind: ClassVar[str] = "round"


class RoundFinished(Event, frozen=True, kw_only=True):
    """A patroller came back."""

    kind: ClassVar[str] = "round.finished"
    subject_kind: ClassVar[str] = "round"
    findings: int


class FindingRecorded(Event, frozen=True, kw_only=True):
    """Somebody saw something at a tank; a ``severe`` one opens an incident."""

    kind: ClassVar[str] = "finding.recorded"
    subject_kind: ClassVar[str] = "finding"
    round_id: int | None
    tank_id: int
    what: str
    severity: str
    note: str
