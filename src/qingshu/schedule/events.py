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
