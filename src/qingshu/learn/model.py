"""Frozen values of dossiers and statistics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DossierState(StrEnum):
    """How far the cure of a difficult spot is."""

    OPENED = "opened"
    DIAGNOSED = "diagnosed"
    MEASURE_AGREED = "measure_agreed"
    MEASURE_DONE = "measure_done"
    WATCHING = "watching"
    HELD = "held"
    RELAPSED = "relapsed"


class DossierCommand(StrEnum):
    """What moves a dossier."""

    DIAGNOSE = "diagnose"
    AGREE = "agree"
    COMPLETE = "complete"
    WATCH = "watch"
    HOLD = "hold"
    RELAPSE = "relapse"


@dataclass(frozen=True, slots=True)
class Dossier:
    """The file of a recurring spot 重点难点问题档案: one tank, or one community."""

    id: int
    number: str
    state: DossierState
    tank_id: int | None
    community_id: int | None
    opened_ms: int
    state_ms: int
    cause: str
    measure: str
    note: str


class CommitmentState(StrEnum):
    """How far a promise made at a meeting is."""

    OPEN = "open"
    RUNNING = "running"
    REPORTED = "reported"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class CommitmentCommand(StrEnum):
    """What moves a commitment."""

    START = "start"
    REPORT = "report"
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promise with an owner and a day 承诺; ``level`` counts escalations since it was late."""

    id: int
    number: str
    state: CommitmentState
    text: str
    owner: str
    made_on: date
    due_on: date
    dossier_id: int | None
    proof: str
    note: str
    level: int
    made_ms: int
    state_ms: int


class By(StrEnum):
    """What statistics are counted by."""

    OFFICE = "office"
    CAUSE = "cause"
    CHANNEL = "channel"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class Case:
    """One incident as statistics see it."""

    key: str
    reports: int
    callers: int
    closed: bool
    proved: bool
    recurrence: bool
    solved: bool | None
    satisfied: bool | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one group; shares are always n of N."""

    key: str
    incidents: int
    reports: int
    callers: int
    closed: int
    proved: int
    recurrences: int
    solved_n: int
    solved_of: int
    satisfied_n: int
    satisfied_of: int
