"""An independent check of a year plan: plain loops, nothing shared with the search."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from qingshu.schedule.year.problem import Ints, YearCase

MOST = 20


def check(case: YearCase, week: Ints) -> list[str]:
    """Rules the plan breaks, in words; empty when it keeps all of them.

    Hard rules: every visit once, in its window, a tank's visits in order and spaced.
    Crew hours and plant intake are priced, not forbidden; they are not checked here.
    """
    if len(week) != case.visits:
        return [f"{case.visits} visits are wanted, {len(week)} are planned"]
    broken: list[str] = []
    by_tank: dict[int, list[int]] = defaultdict(list)
    for visit in range(case.visits):
        at, low, high = int(week[visit]), int(case.week_low[visit]), int(case.week_high[visit])
        if not low <= at <= high:
            broken.append(f"tank {case.tank[visit]}: week {at} is outside {low} to {high}")
        by_tank[int(case.tank[visit])].append(visit)
    for tank, visits in by_tank.items():
        for one, two in pairwise(visits):
            apart = int(week[two]) - int(week[one])
            if apart < int(case.gap[one]):
                broken.append(f"tank {tank}: {apart} weeks apart, at least {case.gap[one]} wanted")
    return broken[:MOST]
