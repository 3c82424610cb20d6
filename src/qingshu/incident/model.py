"""Frozen values of an incident: tracks, members, clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Track(StrEnum):
    """先处理 handle, 再协调 coordinate, 后规范 regularise."""

    HANDLE = "handle"
    COORDINATE = "coordinate"
    REGULARISE = "regularise"


class HandleState(StrEnum):
    """How far the sewage itself has been dealt with."""

    OPEN = "open"
    ASSIGNED = "assigned"
    ON_SITE = "on_site"
    CONTAINED = "contained"
    CLEARED = "cleared"


class HandleCommand(StrEnum):
    """What moves the handle track."""

    ASSIGN = "assign"
    UNASSIGN = "unassign"
    ARRIVE = "arrive"
    CONTAIN = "contain"
    CLEAR = "clear"
    STAND_DOWN = "stand_down"
    REOPEN = "reopen"


class CoordinateState(StrEnum):
    """Whose duty it is, who pays, and whether the people were answered."""

    NOT_STARTED = "not_started"
    DUTY = "duty"
    FEE = "fee"
    ANSWERED = "answered"
    NOT_NEEDED = "not_needed"


class CoordinateCommand(StrEnum):
    """What moves the coordinate track."""

    START = "start"
    AGREE_DUTY = "agree_duty"
    ANSWER = "answer"
    NOT_NEEDED = "not_needed"
    REOPEN = "reopen"


class RegulariseState(StrEnum):
    """Records, repair order, archive."""

    NOT_STARTED = "not_started"
    RECORDS = "records"
    REPAIR = "repair"
    ARCHIVED = "archived"
    NOT_NEEDED = "not_needed"


class RegulariseCommand(StrEnum):
    """What moves the regularise track."""

    START = "start"
    ORDER_REPAIR = "order_repair"
    ARCHIVE = "archive"
    NOT_NEEDED = "not_needed"
    REOPEN = "reopen"


class Status(StrEnum):
    """Whether the file is still open."""

    OPEN = "open"
    CLOSED = "closed"


class SourceKind(StrEnum):
    """What an incident can gather."""

    ALARM = "alarm"
    REPORT = "report"
    FINDING = "finding"
    MANUAL = "manual"


class ClockName(StrEnum):
    """Deadlines that run on an incident."""

    ARRIVE = "arrive"
    CONTAIN = "contain"
    CLEAR = "clear"
    ANSWER = "answer"
    ARCHIVE = "archive"
    CALLBACK = "callback"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is: a tank, or only a community; WGS-84 degrees where known."""

    tank_id: int | None = None
    community_id: int | None = None
    office_id: int | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """One problem at one place. ``grade`` 1 (red) to 4 (blue)."""

    id: int
    number: str
    status: Status
    grade: int
    tank_id: int | None
    community_id: int | None
    office_id: int | None
    lat: float | None
    lon: float | None
    cause_kind: SourceKind
    cause_id: int
    handle: HandleState
    coordinate: CoordinateState
    regularise: RegulariseState
    opened_ms: int
    cleared_ms: int | None
    closed_ms: int | None
    close_reason: str
    proved: bool
    merged_into: int | None
    recurrence_of: int | None


@dataclass(frozen=True, slots=True)
class Member:
    """One alarm, report or finding of an incident; ``caller`` is a keyed hash or empty."""

    incident_id: int
    source_kind: SourceKind
    source_id: int
    joined_ms: int
    grade: int
    caller: str
    channel: str
    category: str


@dataclass(frozen=True, slots=True)
class Voice:
    """What an alarm, report or finding says about where and how bad it is."""

    source_kind: SourceKind
    source_id: int
    grade: int
    place: Place
    told_ms: int
    caller: str = ""
    channel: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """One deadline. ``level`` counts escalations so far; waived ones never escalate."""

    id: int
    incident_id: int
    name: ClockName
    due_ms: int
    met_ms: int | None
    waived: bool
    level: int

    def is_running(self) -> bool:
        """Neither met nor waived."""
        return self.met_ms is None and not self.waived


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow that a track followed."""

    track: Track
    command: str
    from_state: str
    to_state: str
    at: datetime
    actor: str
    note: str
