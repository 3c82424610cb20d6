"""Tunable numbers of the schedule room."""

from __future__ import annotations

from dataclasses import dataclass, fields

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


_TYPE_DAYS = {"restaurant": 90.0, "market": 90.0, "school": 180.0, "office": 365.0}
_TYPE_STRENGTH = {"restaurant": 2.5, "market": 2.0, "school": 0.5, "office": 0.35}


@dataclass(frozen=True, slots=True)
class SludgeParams:
    """How fast tanks fill. Shares in (0, 1), spreads are sigmas of a natural logarithm."""

    # Digested sludge. Gray 1995, 28 tanks: 0.254 falling to 0.178, mean 0.234 L a person
    # and day; 0.4 L fresh x 0.5 (95 % to 90 % water) x 0.8 x 1.2 of GB 50015 gives 0.19.
    litres_person_day: float = 0.234
    # Own choice. 39 measured tanks (openwashdata) spread 1.58 over many countries; tanks
    # of one town built to one code are nearer to each other.
    prior_spread: float = 0.5
    # One emptying's say: the volume is a truck's load, not a survey of sludge. Own choice.
    measured_spread: float = 0.4
    # A tank is due when it is full with this probability. Own choice.
    due_quantile: float = 0.2
    # GB 50015: a fifth of the sludge stays in after cleaning.
    usable_share: float = 0.8
    # Census 2020: 2.62 people a household.
    people_per_household: float = 2.62
    # Each report or incident of a year shortens the interval so much, up to so many.
    trouble_cut: float = 0.1
    most_troubles: int = 4
    trouble_days: int = 365

    def __post_init__(self) -> None:
        wrong = {f.name: "expected above 0" for f in fields(self) if getattr(self, f.name) <= 0}
        for name in ("due_quantile", "usable_share", "trouble_cut"):
            if not 0 < getattr(self, name) < 1:
                wrong[name] = "expected in (0, 1)"
        if wrong:
            msg = f"Expected sludge params in range, got wrong values for {', '.join(wrong)}."
            raise InvalidInput(msg, **wrong)

    def interval_by_type(self, building_type: str) -> float:
        """Days for a building type whose users are not counted. 3-12 months of GB 50015."""
        return _TYPE_DAYS.get(building_type, 180.0)

    def strength_of(self, building_type: str) -> float:
        """Sludge of one person against a resident's: kitchens more, day users less."""
        return _TYPE_STRENGTH.get(building_type, 1.0)


@dataclass(frozen=True, slots=True)
class YearParams:
    """The year plan's numbers; shares in [0, 1], hours and m3 at least 0."""

    # What one visit takes: setting up, pumping by volume, moving on.
    visit_hours: float = 0.55
    hours_per_m3: float = 0.12
    # Productive hours of a crew with its truck on a working day.
    crew_hours_day: float = 6.0
    # Share of crew hours and of plant intake that planned work may take.
    crew_share: float = 0.8
    plant_share: float = 0.8
    # Rain months keep capacity for emergencies; heating months are slower on the road.
    rain_share: float = 0.75
    heating_share: float = 0.9
    # A visit may come so much of its interval early or late, at least a week each.
    early_share: float = 0.15
    late_share: float = 0.075
    # Two visits of one tank stand at least so much of its interval apart.
    gap_share: float = 0.8
    # Lateness of a tank that cannot wait costs so many times more.
    cannot_wait: float = 4.0
    # Troubles of the last year from which on a tank cannot wait.
    troubles_cannot_wait: int = 2
    # Weeks from this one on that a new plan leaves as they are.
    freeze_weeks: int = 2
    # Processor seconds for the search.
    limit_s: float = 45.0

    def __post_init__(self) -> None:
        wrong = {f.name: "below 0" for f in fields(self) if getattr(self, f.name) < 0}
        for name in ("crew_share", "plant_share", "rain_share", "heating_share", "gap_share"):
            if not 0 < getattr(self, name) <= 1:
                wrong[name] = "expected in (0, 1]"
        if wrong:
            msg = f"Expected year params in range, got wrong values for {', '.join(wrong)}."
            raise InvalidInput(msg, **wrong)
