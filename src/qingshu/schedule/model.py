"""Frozen values of the schedule room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Due:
    """One tank's next desludging. ``last_on`` is None when nothing is on record."""

    tank_id: int
    last_on: date | None
    due_on: date
    days_left: int


class Reason(StrEnum):
    """Why a visit stands in the year plan."""

    DUE = "due"
    OVERDUE = "overdue"
    CARRIED = "carried"
    TROUBLED = "troubled"
    CAMPAIGN = "campaign"


REASON_WORDS: dict[Reason, tuple[str, str]] = {
    Reason.DUE: ("到年限", "due by its interval"),
    Reason.OVERDUE: ("已逾期", "overdue already"),
    Reason.CARRIED: ("前几周没做完", "left over from earlier weeks"),
    Reason.TROUBLED: ("近一年多次来件或冒溢", "reports or overflows in the last year"),
    Reason.CAMPAIGN: ("专项清疏", "part of a campaign"),
}


class CampaignReason(StrEnum):
    """Why a tank is in a campaign."""

    LOW_LYING = "low_lying"
    RECURRING = "recurring"
    DOSSIER = "dossier"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Visit:
    """One planned visit: ISO week of the plan's year, hours and m3 it takes."""

    tank_id: int
    grid_id: int
    week: int
    due_on: date
    hours: float
    volume_m3: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class YearPlan:
    """One version of a year's plan; ``figures`` as they were measured when it was made."""

    id: int
    year: int
    version: int
    state: str
    from_week: int
    asked_at: datetime
    ready_at: datetime | None
    actor: str
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Campaign:
    """Tanks to be done from one day until another, both included."""

    id: int
    name: str
    from_on: date
    until_on: date
    tanks: dict[int, CampaignReason]
