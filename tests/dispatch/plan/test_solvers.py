"""One contract for every solver behind the port, and for the processes they run in."""

from __future__ import annotations

import os
import signal
import time

import pytest

from qingshu.dispatch.plan import checker
from qingshu.dispatch.plan.planning import greedy_plan, plan_day
from qingshu.dispatch.plan.reading import as_mapping, scenario_of
from qingshu.dispatch.plan.rules.greedy import greedy
from qingshu.dispatch.plan.rules.problem import problem_of
from qingshu.dispatch.plan.rules.timing import cost_of, walk
from qingshu.dispatch.plan.solver.port import SOLVERS, Question
from qingshu.dispatch.plan.solver.worker import answer
from qingshu.dispatch.plan.solver.workers import Workers, installed
from tests.conftest import need
from tests.dispatch.plan.days import job, line_day, random_day


@pytest.fixture(params=sorted(SOLVERS))
def solver(request: pytest.FixtureRequest) -> str:
    """Each solver whose library is here."""
    need(request.param in installed(), request.param)
    return str(request.param)


@pytest.mark.parametrize("seed", [1, 2])
def test_solver_when_asked_then_its_routes_hold(solver: str, seed: int) -> None:
    """Loads aboard, plants, classes, windows: every route holds when walked."""
    problem = problem_of(scenario_of(random_day(seed)))
    start = greedy(problem)
    routes, failure = answer(solver, Question(problem, 0.5, seed, start=start))
    assert failure == ""
    assert routes is not None
    assert [i for i, r in enumerate(routes) if walk(problem, i, r) is None] == []
    if solver == "pyvrp":
        assert cost_of(problem, routes) <= cost_of(problem, start) + 1


def test_solver_when_the_day_is_odd_then_it_answers(solver: str) -> None:
    """Closed plants, windows that are over, shifts that ended, cut-off places."""
    day = line_day()
    day["plants"][0]["open_s"] = [0, 0]
    day["trucks"][0]["shift_end_s"] = -5
    day["trucks"][1]["load_m3"] = 12.0
    day["jobs"][0]["window_s"] = [0, -5]
    day["jobs"][1]["window_s"] = [500, 400]
    day["travel_s"][0][4] = None
    day["jobs"].append(job("lane", 5, classes=["99"], prize=0))
    problem = problem_of(scenario_of(day))
    routes, failure = answer(solver, Question(problem, 0.2))
    assert failure == ""
    assert routes is None or all(walk(problem, i, r) is not None for i, r in enumerate(routes))


def test_plan_when_solvers_help_then_checked_and_better_than_greedy() -> None:
    """Workers start, answer and are gone again; the time is kept."""
    need(len(installed()) == len(SOLVERS), "both solvers")
    scenario = scenario_of(random_day(3, trucks=8, jobs=50))
    begun = time.monotonic()
    plan = plan_day(scenario, 4.0)
    assert time.monotonic() - begun < 8
    assert checker.check(scenario, plan).holds
    assert plan.cost < greedy_plan(scenario).cost
    assert "failures" not in plan.notes["made"]


def test_replan_when_solvers_help_then_little_moves() -> None:
    """The price of moves holds the improving solver back."""
    need("pyvrp" in installed(), "pyvrp")
    scenario = scenario_of(random_day(4, trucks=8, jobs=50))
    before = plan_day(scenario, 0.2, solvers=())
    after = plan_day(scenario, 3.0, previous=before, solvers=("pyvrp",))
    old, new = as_mapping(before.routes), as_mapping(after.routes)
    assert sum(new.get(name) != truck for name, truck in old.items()) <= 0.15 * len(old)
    assert after.cost <= before.cost + 1


def test_worker_when_killed_then_the_plan_goes_on() -> None:
    """A dead process is a failure that is noted, not an error."""
    with Workers(1) as workers:
        workers.ask(0, "pyvrp", Question(problem_of(scenario_of(line_day())), 30.0))
        os.kill(workers.pids[0], signal.SIGKILL)
        found = workers.answers(10.0)
        assert [one.failure for one in found] == ["the solver's process ended"]
        assert workers.idle == []


def test_worker_when_the_solver_fails_then_it_says_so() -> None:
    """An unknown solver is a failure, and the worker lives on."""
    assert answer("none", Question(problem_of(scenario_of(line_day())), 1.0))[1] != ""
