"""Facts of the schedule room."""

from __future__ import annotations

from typing import ClassVar

from qingshu.kernel.events import Event


class TankDesludged(Event, frozen=True, kw_only=True):
    """A tank (the subject) was emptied on a day; its next due date follows."""

    kind: ClassVar[str] = "tank.desludged"
    subject_kind: ClassVar[str] = "tank"
    on: str
    due_on: str
    volume_m3: float | None = None
    job_id: int | None = None


class YearPlanAsked(Event, frozen=True, kw_only=True):
    """Somebody asked for a plan (the subject); a process of its own makes it."""

    kind: ClassVar[str] = "year_plan.asked"
    subject_kind: ClassVar[str] = "year_plan"
    year: int
    version: int
    from_week: int


class YearPlanReady(Event, frozen=True, kw_only=True):
    """A plan (the subject) is ready and the one in force for its year."""

    kind: ClassVar[str] = "year_plan.ready"
    subject_kind: ClassVar[str] = "year_plan"
    year: int
    version: int
    visits: int
    gap: float


class YearPlanFailed(Event, frozen=True, kw_only=True):
    """A plan (the subject) could not be made; the one before stays in force."""

    kind: ClassVar[str] = "year_plan.failed"
    subject_kind: ClassVar[str] = "year_plan"
    year: int
    reason: str


class CampaignMade(Event, frozen=True, kw_only=True):
    """A named set of tanks (the subject) is to be done before a date."""

    kind: ClassVar[str] = "campaign.made"
    subject_kind: ClassVar[str] = "campaign"
    name: str
    until: str
    tanks: int
