"""The inbox's tunable numbers: answer clocks, matching bars, limits of the public form."""

from __future__ import annotations

from dataclasses import dataclass

from qingshu.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class IntakeParams:
    """Clocks and bars; override in ``[params.intake]``.

    >>> IntakeParams().hotline_days
    5
    """

    # Shandong 2020: handled and answered within 5 working days (domain facts, hotline clocks).
    hotline_days: int = 5
    # No rule was found for the other doors; the hotline's clock is taken for them.
    other_days: int = 5
    # Shandong provincial service-complaint line 2017: 15 working days.
    letter_days: int = 15
    # No Jinan rule was found; other cities ask for 2 h on site and 24 h to clear.
    danger_hours: float = 2.0
    urgent_hours: float = 24.0
    # Days off that are no weekend, and weekends that are worked (调休), as ISO dates.
    holidays: tuple[str, ...] = ()
    extra_workdays: tuple[str, ...] = ()
    # A place is taken without a person above these scores, and this far above the next.
    tank_bar: float = 0.80
    community_bar: float = 0.55
    margin: float = 0.08
    candidates_max: int = 12
    # How sure an alias learned from one correction is, and what each further one adds.
    alias_score: float = 0.5
    alias_step: float = 0.05
    # Distance within which a position speaks for a tank, metres.
    near_m: float = 150.0
    # The longest real message seen had 7,021 characters.
    text_max: int = 20_000
    # The public form takes this many reports from one address in the window, minutes.
    form_limit: int = 8
    form_window_min: float = 10.0
    # The same phone within this many days counts as a repeat caller.
    repeat_days: float = 90.0

    def __post_init__(self) -> None:
        for name in ("hotline_days", "other_days", "letter_days", "form_limit", "text_max"):
            if getattr(self, name) < 1:
                msg = f"Expected {name} of at least 1, got {getattr(self, name)}."
                raise InvalidInput(msg, **{name: "below 1"})
        for name in ("tank_bar", "community_bar", "margin", "alias_score", "alias_step"):
            if not 0 <= getattr(self, name) <= 1:
                msg = f"Expected {name} in [0, 1], got {getattr(self, name)}."
                raise InvalidInput(msg, **{name: "out of range"})
        for name in ("danger_hours", "urgent_hours", "near_m", "form_window_min"):
            if getattr(self, name) <= 0:
                msg = f"Expected {name} above 0, got {getattr(self, name)}."
                raise InvalidInput(msg, **{name: "not above 0"})
