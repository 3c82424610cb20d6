"""Tunable numbers of the schedule room."""

from __future__ import annotations

from dataclasses import dataclass

from qingshu.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class ScheduleParams:
    """Days, [1, 3650]."""

    # Used where the registry gives no interval. GB 50015 sizes tanks for 3-12 months.
    default_interval_days: int = 180
    # Bounds that a registered interval is clipped to: 1 month to 5 years.
    shortest_days: int = 30
    longest_days: int = 1825

    def __post_init__(self) -> None:
        if not 1 <= self.shortest_days <= self.default_interval_days <= self.longest_days <= 3650:
            msg = "Expected 1 <= shortest_days <= default_interval_days <= longest_days <= 3650."
            raise InvalidInput(msg, default_interval_days="out of order")
