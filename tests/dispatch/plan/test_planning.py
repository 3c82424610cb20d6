"""Plans keep every rule, serve emergencies first, give reasons and move little."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshu.dispatch.plan import checker
from qingshu.dispatch.plan.planning import greedy_plan, plan_day
from qingshu.dispatch.plan.reading import as_mapping, scenario_of
from qingshu.dispatch.plan.rules.insertion import Inserter, fill, unserved
from qingshu.dispatch.plan.rules.problem import problem_of
from qingshu.dispatch.plan.rules.timing import walk
from tests.dispatch.plan.days import Raw, job, line_day, random_day, truck

NO_SOLVER: tuple[str, ...] = ()


def reasons(day: Raw) -> dict[str, str]:
    """Reason by job of the plan without solvers; the plan has passed the checker."""
    return dict(plan_day(scenario_of(day), 0.2, solvers=NO_SOLVER).unserved)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1_000))
def test_plan_when_any_day_then_checked_and_no_worse_than_greedy(seed: int) -> None:
    """Without solvers too; greedy passes the checker as well."""
    scenario = scenario_of(random_day(seed))
    nearest = greedy_plan(scenario)
    assert checker.check(scenario, nearest).holds
    assert plan_day(scenario, 0.3, solvers=NO_SOLVER).bound is not None


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1_000))
def test_insertion_when_judged_without_replay_then_the_replay_agrees(seed: int) -> None:
    """The cheapest insertion holds when walked, and drives as much more as it said."""
    problem = problem_of(scenario_of(random_day(seed)))
    routes: list[list[int]] = [[] for _ in problem.trucks]
    fill(problem, routes, range(0, len(problem.tasks), 2))
    inserter = Inserter(problem, routes)
    for task in unserved(problem, routes):
        found = inserter.best(task)
        if found is not None:
            before = walk(problem, found.truck, routes[found.truck])
            after = walk(problem, found.truck, found.route)
            assert before is not None
            assert after is not None
            assert after.driven_s - before.driven_s == pytest.approx(found.more_s)


def test_emergency_when_a_truck_is_near_then_it_starts_soonest() -> None:
    """A window of an hour does not make it wait: the nearest truck goes at once."""
    day = line_day()
    day["trucks"][1]["node"] = 4
    day["jobs"].append(job("E", 5, kind="emergency", window_s=[0, 3_600], prize=100_000))
    plan = plan_day(scenario_of(day), 0.2, solvers=NO_SOLVER)
    first = plan.routes["large"][0]
    assert (first.job, first.start_s) == ("E", 100.0)


def test_job_when_larger_than_any_truck_then_split_and_said() -> None:
    """30 m3 in trucks of at most 12: three visits of 10 m3, whole or not at all."""
    day = line_day()
    day["jobs"] = [job("big", 3, volume_m3=30.0, prize=60_000)]
    plan = plan_day(scenario_of(day), 0.2, solvers=NO_SOLVER)
    visits = [s for stops in plan.routes.values() for s in stops if s.job == "big"]
    assert [s.volume_m3 for s in visits] == [10.0, 10.0, 10.0]
    assert plan.notes["split"] == {"big": 3}


def _alone(**fields: object) -> Raw:
    day = line_day()
    day["jobs"] = [job("J", 3, **fields)]
    return day


def _with(day: Raw, **fields: object) -> Raw:
    for one in day["trucks"]:
        one.update(fields)
    return day


REASONS: list[tuple[str, Raw]] = [
    ("no trucks", _alone() | {"trucks": []}),
    ("no truck fits: none is of class 99", _alone(classes=["99"])),
    ("no truck fits: pins", _alone(not_trucks=["small", "large"])),
    ("no truck fits: 2 m3", _with(_alone(), capacity_m3=0)),
    ("window: 0 to -5 s is over", _alone(window_s=[0, -5])),
    ("window: 900 to 800 s ends before", _alone(window_s=[900, 800])),
    ("window: closes at 100 s, the soonest truck (small) needs 300", _alone(window_s=[0, 100])),
    ("shift over", _with(_alone(), shift_end_s=1_100)),
    ("shift over", _with(_alone(), shift_end_s=-1)),
    ("price: the cheapest detour (small) is 600 s, its prize 500", _alone(prize=500)),
    ("plant closed", _alone() | {"trucks": [truck("T", 5.0, "5", load_m3=5.0)],
                                 "plants": [{"node": 1, "unload_s": 60, "open_s": [0, 0]}]}),
    ("plant closed", _alone() | {"trucks": [truck("T", 5.0, "5", load_m3=5.0)], "plants": []}),
    ("window: every truck that fits must empty first",
     _alone(window_s=[0, 320]) | {"trucks": [truck("T", 5.0, "5", load_m3=5.0)]}),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "day"), REASONS, ids=[r for r, _ in REASONS])
def test_job_when_nobody_can_do_it_then_the_reason_says_why(reason: str, day: Raw) -> None:
    """The reason is found in the day, not guessed."""
    assert reasons(day)["J"].startswith(reason)


def test_job_when_no_way_leads_there_then_unreachable() -> None:
    """A node cut off in one direction or the other."""
    into, out = _alone(), _alone()
    for row in into["travel_s"]:
        row[3] = None
    out["travel_s"][3] = [None] * 6
    assert "no truck that fits has a way there" in reasons(into)["J"]
    assert "no truck that fits has a way from there" in reasons(out)["J"]


def test_job_when_the_day_is_full_then_said() -> None:
    """Two jobs at the same time, one truck."""
    day = line_day()
    day["trucks"] = [truck("T", 12.0, "12")]
    day["jobs"] = [job("A", 2, window_s=[0, 300]), job("B", 3, window_s=[0, 300])]
    assert [why.split(":")[0] for why in reasons(day).values()] == ["day full"]


def test_plan_when_no_jobs_or_no_trucks_then_empty() -> None:
    """Nothing to do is a plan too."""
    day = line_day() | {"jobs": []}
    assert plan_day(scenario_of(day), 0.2).cost == 0
    assert plan_day(scenario_of(line_day() | {"trucks": []}), 0.2).routes == {}
    nothing = {"now": 0, "travel_s": [], "trucks": [], "plants": [], "jobs": []}
    assert plan_day(scenario_of(nothing), 0.2).unserved == {}


def test_replan_when_an_emergency_comes_then_little_moves() -> None:
    """The new emergency is pinned, at most 15 % of the jobs change truck, each says why."""
    day = random_day(7, trucks=8, jobs=40)
    before = plan_day(scenario_of(day), 0.3, solvers=NO_SOLVER)
    day["jobs"][0].update(kind="emergency", window_s=[0, 3_600], prize=100_000)
    day["jobs"][0]["id"] = "new"
    begun = time.monotonic()
    after = plan_day(scenario_of(day), 0.3, previous=before, solvers=NO_SOLVER)
    assert time.monotonic() - begun < 5
    assert "new" not in after.unserved
    old, new = as_mapping(before.routes), as_mapping(after.routes)
    moved = [name for name in old if name in new and new[name] != old[name]]
    told = {line["job"] for line in after.notes["moved"]}
    assert set(moved) <= told
    assert len(moved) <= 0.15 * len(old)
    assert all(line["because"] for line in after.notes["moved"])


def test_replan_when_nothing_changed_then_nothing_moves() -> None:
    """The same day again gives the same routes."""
    scenario = scenario_of(random_day(11))
    before = plan_day(scenario, 0.3, solvers=NO_SOLVER)
    after = plan_day(scenario, 0.3, previous=before, solvers=NO_SOLVER)
    assert as_mapping(after.routes) == as_mapping(before.routes)
    assert after.notes["moved"] == []
