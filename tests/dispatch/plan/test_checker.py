"""Every rule of the checker catches the plan that breaks it, and only what breaks."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshu.dispatch.plan import checker
from qingshu.dispatch.plan.checker import Rule
from qingshu.dispatch.plan.errors import PlanBroken
from qingshu.dispatch.plan.planning import plan_day
from qingshu.dispatch.plan.reading import plan_as_json, plan_of, scenario_of
from tests.dispatch.plan.days import Raw, line_day, random_day


def good_plan() -> Raw:
    """By hand: small does J2 and J3 and empties, large does J4 and J5."""
    return {
        "routes": {
            "small": [
                {"job": "J2", "start_s": 200},
                {"job": "J3", "start_s": 900},
                {"plant": 0, "start_s": 1_700},
            ],
            "large": [{"job": "J4", "start_s": 400}, {"job": "J5", "start_s": 1_100}],
        },
        "unserved": {},
        # small 200 + 100 + 200 + 100, large 400 + 100 + 500.
        "cost": 1_600,
        "bound_or_gap": None,
    }


def rules(day: Raw, plan: Raw) -> set[str]:
    """The names of the broken rules."""
    return {str(b.rule) for b in checker.check(scenario_of(day), plan_of(plan)).broken}


def test_plan_when_good_then_it_holds() -> None:
    """No rule is broken and the cost is counted anew."""
    verdict = checker.check(scenario_of(line_day()), plan_of(good_plan()))
    assert verdict.holds
    assert verdict.cost == 1_600


def _stop(day: Raw, plan: Raw, truck: str, at: int) -> Raw:
    return plan["routes"][truck][at]


BREAKS: list[tuple[Rule, Callable[[Raw, Raw], object]]] = [
    (Rule.TRAVEL, lambda d, p: p["routes"]["small"][1].update(start_s=899)),
    (Rule.TRAVEL, lambda d, p: p["routes"]["small"][2].update(start_s=1_600)),
    (Rule.TRAVEL, lambda d, p: d["trucks"][0].update(free_s=1)),
    (Rule.WINDOW, lambda d, p: d["jobs"][1].update(window_s=[0, 890])),
    (Rule.WINDOW, lambda d, p: d["jobs"][1].update(window_s=[910, 2_000])),
    (Rule.LOAD, lambda d, p: d["trucks"][0].update(load_m3=2.0)),
    (Rule.CLASS, lambda d, p: d["jobs"][2].update(classes=["5", "8"])),
    (Rule.PIN, lambda d, p: d["jobs"][2].update(truck="small")),
    (Rule.PIN, lambda d, p: d["jobs"][2].update(not_trucks=["large"])),
    (Rule.PLANT_HOURS, lambda d, p: d["plants"][0].update(open_s=[1_800, 20_000])),
    (Rule.PLANT_HOURS, lambda d, p: d["plants"][0].update(open_s=[0, 1_750])),
    (Rule.SHIFT_END, lambda d, p: d["trucks"][1].update(shift_end_s=2_100)),
    (Rule.ONCE, lambda d, p: p["routes"]["large"].insert(0, {"job": "J2", "start_s": 200})),
    (Rule.SERVED_OR_UNSERVED, lambda d, p: p["routes"]["large"].pop()),
    (Rule.SERVED_OR_UNSERVED, lambda d, p: p["unserved"].update(J5="price")),
    (Rule.REASON, lambda d, p: (p["routes"]["large"].pop(), p["unserved"].update(J5=" "))),
    (Rule.COST, lambda d, p: p.update(cost=1_500)),
    (Rule.KNOWN_JOB, lambda d, p: p["routes"]["large"][0].update(job="J9")),
    (Rule.KNOWN_JOB, lambda d, p: p["unserved"].update(J9="price")),
    (Rule.KNOWN_PLANT, lambda d, p: p["routes"]["small"][2].update(plant=1)),
    (Rule.KNOWN_TRUCK, lambda d, p: p["routes"].update(ghost=p["routes"].pop("large"))),
    (Rule.REACHABLE, lambda d, p: d["travel_s"][2].__setitem__(3, None)),
    (Rule.VOLUME, lambda d, p: p["routes"]["large"][0].update(volume_m3=1.0)),
]


IDS = [f"{name}-{at}" for at, (name, _) in enumerate(BREAKS)]


@pytest.mark.parametrize(("rule", "breaks"), BREAKS, ids=IDS)
def test_plan_when_one_rule_breaks_then_it_is_named(
    rule: Rule, breaks: Callable[[Raw, Raw], object]
) -> None:  # fmt: skip
    """The rule is among those named, and ``require`` refuses the plan."""
    day, plan = line_day(), good_plan()
    breaks(day, plan)
    assert str(rule) in rules(day, plan)
    with pytest.raises(PlanBroken):
        checker.require(scenario_of(day), plan_of(plan))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 50), pick=st.randoms(use_true_random=False))
def test_any_plan_when_mutated_then_caught(seed: int, pick: object) -> None:
    """A plan of a random day holds; earlier starts, lost and doubled stops do not."""
    import random

    assert isinstance(pick, random.Random)
    day = random_day(seed, trucks=4, jobs=12)
    scenario = scenario_of(day)
    plan = plan_as_json(plan_day(scenario, 0.2, solvers=()))
    assert rules(day, plan) == set()
    truck = pick.choice(sorted(plan["routes"]))
    at = pick.randrange(len(plan["routes"][truck]))

    early = copy.deepcopy(plan)
    early["routes"][truck][at]["start_s"] -= 1
    assert rules(day, early) & {"travel", "window", "plant_hours"}

    twice = copy.deepcopy(plan)
    twice["routes"][truck].append(dict(twice["routes"][truck][at]))
    assert rules(day, twice) & {"once", "travel"}

    jobs = [s for s in plan["routes"][truck] if "job" in s]
    lost = copy.deepcopy(plan)
    lost["routes"][truck] = [s for s in lost["routes"][truck] if s != jobs[0]]
    assert "served_or_unserved" in rules(day, lost)
