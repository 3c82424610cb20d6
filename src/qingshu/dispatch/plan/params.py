"""Tunable numbers of the day plan."""

from __future__ import annotations

from dataclasses import dataclass, fields

from qingshu.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class PlanParams:
    """Numbers of the day plan; every one is above zero.

    Parameters
    ----------
    pin_share, pin_slack_s:
        A pinned emergency may start this share, plus so many seconds, after the best
        single truck could: within 10 % is the goal of issue 4.
    cover_share:
        Share of the time that the covering solver may take before the improving one
        must go on from what it has; it needs 6 s on 250 jobs (dispatch reference, 5).
    cover_from_s:
        With this much time the covering solver runs even when the first plan serves all.
    round_s:
        Seconds of work after which an improving worker takes up the best plan of all.
    workers:
        Solver processes side by side.
    max_reloads:
        Trips to a plant per truck and day; four hours are enough for six.
    move_price_s:
        What it costs to take a job from the truck that has it, in driven seconds.
    moved_share:
        A re-plan that moves a larger share of the jobs is not taken.
    far_s:
        A travel time of this length or more means that there is no way, seconds.
    finish_share, finish_s:
        Kept of the time for the reasons, the check and writing: a share of it, at most
        so many seconds and a second more for every thousand jobs.
    emergency_window_s, emergency_prize_s, overdue_prize_s, planned_prize_s:
        What jobs of the live workspace get: emergencies must begin within two hours, and
        prizes in driven seconds as in the dispatch reference, section 4.1.
    most_due:
        Due tanks that one day's scenario takes, the longest overdue first.
    """

    pin_share: float = 0.10
    pin_slack_s: float = 1.0
    cover_share: float = 0.6
    cover_from_s: float = 20.0
    round_s: float = 2.5
    workers: int = 2
    max_reloads: int = 6
    move_price_s: float = 900.0
    moved_share: float = 0.15
    far_s: float = 1e7
    finish_share: float = 0.15
    finish_s: float = 0.3
    emergency_window_s: float = 7200.0
    emergency_prize_s: float = 100_000.0
    overdue_prize_s: float = 20_000.0
    planned_prize_s: float = 6_000.0
    most_due: int = 250

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if not 0 < value <= 1e9 or (item.name.endswith("_share") and value > 1):
                msg = f"Expected {item.name} above 0, shares at most 1, got {value}."
                raise InvalidInput(msg, **{item.name: value})

    def kept_s(self, seconds: float, jobs: int) -> float:
        """How much of the time is kept for the end."""
        return min(self.finish_share * seconds, self.finish_s + jobs / 1000.0)
