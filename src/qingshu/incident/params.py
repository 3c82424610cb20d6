"""Tunable numbers of an incident; override them in ``[params.incident]``."""

from __future__ import annotations

from dataclasses import dataclass

from qingshu.kernel.errors import InvalidInput

GRADES = 4


@dataclass(frozen=True, slots=True)
class IncidentParams:
    """Clocks by grade 1 to 4, joining distances, watch window.

    No page with a Jinan rule was found for the 2 h and 24 h clocks; other cities' drainage
    rules say on site within 2 h and cleared within 24 h, so both are settings.

    >>> IncidentParams().arrive_h[0]
    2.0
    """

    # Hours by grade 1..4, each in (0, 720].
    arrive_h: tuple[float, ...] = (2.0, 6.0, 24.0, 72.0)
    contain_h: tuple[float, ...] = (4.0, 12.0, 36.0, 96.0)
    clear_h: tuple[float, ...] = (24.0, 48.0, 72.0, 120.0)
    # Hours from cleared to the call back to the residents, by grade.
    callback_h: tuple[float, ...] = (24.0, 24.0, 48.0, 72.0)
    # Working days to answer a report; Shandong's 2020 rule: 5, extension set by hand.
    answer_days: int = 5
    # Working days by channel where a city agreed on others: (channel, days).
    answer_days_by_channel: tuple[tuple[str, int], ...] = ()
    # Working days from cleared to archived; a setting.
    archive_days: int = 3
    # Minutes between two escalations of one missed clock, by grade; a setting.
    escalate_min: tuple[float, ...] = (15.0, 30.0, 120.0, 480.0)
    # 1 desk, 2 grid lead, 3 director.
    levels: int = 3
    # An alarm of this grade or worse opens an incident; a milder one only joins.
    opening_grade: int = 3
    # Metres within which a report without a tank is about the same problem.
    join_m: float = 150.0
    # Hours within which a report without a tank is about the same problem.
    join_h: float = 24.0
    # A report that is not sure enough to join by itself is suggested to a person above
    # this score, for incidents opened within so many hours.
    suggest_bar: float = 0.25
    suggest_h: float = 72.0
    # Words this sure of one tank join the incident that is open there, when no other tank
    # comes within the margin; measured in docs/intake-reading.md.
    join_bar: float = 0.5
    join_margin: float = 0.1
    # Days after closing in which a new incident at the place is a recurrence.
    watch_days: float = 30.0

    def __post_init__(self) -> None:
        for name in ("arrive_h", "contain_h", "clear_h", "callback_h", "escalate_min"):
            values = tuple(float(v) for v in getattr(self, name))
            if len(values) != GRADES or not all(0 < v <= 720 for v in values):
                msg = f"Expected {GRADES} numbers in (0, 720] for {name}, got {values}."
                raise InvalidInput(msg, field=name)
            object.__setattr__(self, name, values)
        if not (1 <= self.opening_grade <= GRADES and self.levels >= 1):
            got = f"{self.opening_grade}, {self.levels}"
            msg = f"Expected opening_grade in [1, 4] and levels >= 1, got {got}."
            raise InvalidInput(msg, field="opening_grade")
        if min(self.join_m, self.join_h, self.watch_days, self.answer_days, self.archive_days) < 0:
            msg = "Expected no negative distance, hours or days."
            raise InvalidInput(msg, field="join_m")
