"""Frozen values of dossiers and statistics."""

from __future__ import annotations

from dataclasses import dataclass
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
