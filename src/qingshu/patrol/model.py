"""Frozen values of the patrol room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RoundState(StrEnum):
    """Where a round stands."""

    PLANNED = "planned"
    STARTED = "started"
    FINISHED = "finished"


class RoundCommand(StrEnum):
    """What moves a round."""

    START = "start"
    FINISH = "finish"


class What(StrEnum):
    """What a patroller may find at a tank."""

    OVERFLOW = "overflow"
    HIGH_LEVEL = "high_level"
    BLOCKAGE = "blockage"
    LID_BROKEN = "lid_broken"
    LID_OPEN = "lid_open"
    SMELL = "smell"
    ACCESS_BLOCKED = "access_blocked"
    SENSOR_DAMAGED = "sensor_damaged"
    OTHER = "other"


class Severity(StrEnum):
    """How bad it is. A severe finding opens an incident."""

    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"


@dataclass(frozen=True, slots=True)
class Round:
    """One patrol over a list of tanks, in walking order."""

    id: int
    number: str
    state: RoundState
    patroller: str
    tank_ids: tuple[int, ...]
    planned_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one person saw at one tank."""

    id: int
    round_id: int | None
    tank_id: int
    what: What
    severity: Severity
    note: str
    photo_sha256: str
    found_at: datetime
    found_by: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is known of one tank when a round is proposed."""

    tank_id: int
    overdue_days: float | None
    interval_days: int
    is_monitored: bool
    is_low_lying: bool
    findings: tuple[tuple[Severity, float], ...]
    looked_at_days_ago: float | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A tank worth a look: its risk score and why, both languages."""

    tank_id: int
    score: float
    reason_zh: str
    reason_en: str
