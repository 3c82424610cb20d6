"""Frozen values of the schedule room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Due:
    """One tank's next desludging. ``last_on`` is None when nothing is on record."""

    tank_id: int
    last_on: date | None
    due_on: date
    days_left: int
