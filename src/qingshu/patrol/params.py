"""Tunable numbers of the patrol room: weights of the risk score, all own choice."""

from __future__ import annotations

from dataclasses import dataclass, fields

from qingshu.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class PatrolParams:
    """Weights are points of risk, [0, 100]; days in (0, 3650)."""

    # A tank one whole interval overdue scores this; half overdue scores half; capped at 2.
    overdue_weight: float = 3.0
    # No record of any desludging counts as this many intervals overdue.
    unknown_intervals: float = 0.5
    # Nobody sees an unmonitored tank between visits.
    unmonitored_weight: float = 2.0
    low_lying_weight: float = 1.0
    severe_weight: float = 3.0
    moderate_weight: float = 1.5
    minor_weight: float = 0.5
    # A finding counts half after so many days.
    finding_half_life_days: float = 90.0
    # A tank looked at within so many days is left out of a proposal.
    rest_days: float = 7.0
    # Longest list a proposal gives.
    max_tanks: int = 200

    def __post_init__(self) -> None:
        wrong = {f.name: "below 0" for f in fields(self) if getattr(self, f.name) < 0}
        if self.finding_half_life_days == 0:
            wrong["finding_half_life_days"] = "expected above 0"
        if wrong:
            msg = (
                f"Expected patrol params in their ranges, got wrong values for {', '.join(wrong)}."
            )
            raise InvalidInput(msg, **wrong)
