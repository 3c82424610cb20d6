"""What the event log says about incidents."""

from __future__ import annotations

from typing import ClassVar

from qingshu.kernel.events import Event


class IncidentOpened(Event, frozen=True, kw_only=True):
    """A problem at a place became a file of its own."""

    kind: ClassVar[str] = "incident.opened"
    subject_kind: ClassVar[str] = "incident"
    number: str
    tank_id: int | None
    community_id: int | None
    office_id: int | None
    grade: int
    cause_kind: str
    cause_id: int
    recurrence_of: int | None


class IncidentJoined(Event, frozen=True, kw_only=True):
    """An alarm, report or finding turned out to be about this problem."""

    kind: ClassVar[str] = "incident.joined"
    subject_kind: ClassVar[str] = "incident"
    source_kind: str
    source_id: int


class IncidentSplit(Event, frozen=True, kw_only=True):
    """Some of its reports were about another problem."""

    kind: ClassVar[str] = "incident.split"
    subject_kind: ClassVar[str] = "incident"
    into: int
    reports: list[int]
    reason: str


class IncidentPlaced(Event, frozen=True, kw_only=True):
    """The tank of an incident became known or was corrected."""

    kind: ClassVar[str] = "incident.placed"
    subject_kind: ClassVar[str] = "incident"
    tank_id: int


class IncidentAdvanced(Event, frozen=True, kw_only=True, rename={"from_": "from"}):
    """One track followed one arrow."""

    kind: ClassVar[str] = "incident.advanced"
    subject_kind: ClassVar[str] = "incident"
    track: str
    from_: str
    to: str
    command: str


class IncidentRegraded(Event, frozen=True, kw_only=True):
    """The worst of its alarms and reports changed."""

    kind: ClassVar[str] = "incident.regraded"
    subject_kind: ClassVar[str] = "incident"
    grade: int


class IncidentEscalated(Event, frozen=True, kw_only=True):
    """A clock ran out and nobody had acted; level 1 desk, 2 grid lead, 3 director."""

    kind: ClassVar[str] = "incident.escalated"
    subject_kind: ClassVar[str] = "incident"
    clock: str
    level: int


class IncidentClosed(Event, frozen=True, kw_only=True):
    """The file is closed, with proof or by a named person's reason."""

    kind: ClassVar[str] = "incident.closed"
    subject_kind: ClassVar[str] = "incident"
    recurrence_of: int | None
    proved: bool
    reason: str
    merged_into: int | None


class IncidentReopened(Event, frozen=True, kw_only=True):
    """Handling starts again."""

    kind: ClassVar[str] = "incident.reopened"
    subject_kind: ClassVar[str] = "incident"
    reason: str
