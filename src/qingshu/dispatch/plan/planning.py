"""Makes a day plan in a given time: rule, cover, improve, explain, check."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qingshu.dispatch.plan import checker
from qingshu.dispatch.plan.model import Plan, Scenario, Stop
from qingshu.dispatch.plan.params import PlanParams
from qingshu.dispatch.plan.rules.bound import bound_of
from qingshu.dispatch.plan.rules.carrying import carry, moved
from qingshu.dispatch.plan.rules.emergencies import Pinned, pin, tightened
from qingshu.dispatch.plan.rules.greedy import greedy
from qingshu.dispatch.plan.rules.insertion import fill, shed, unserved
from qingshu.dispatch.plan.rules.problem import Problem, Routes, problem_of
from qingshu.dispatch.plan.rules.reasons import Reasons
from qingshu.dispatch.plan.rules.timing import cost_of, walk
from qingshu.dispatch.plan.search import Search
from qingshu.dispatch.plan.solver.workers import Workers, installed

WORTH_A_WORKER_S = 0.6


@dataclass(frozen=True, slots=True)
class Begun:
    """The plan to start from: everything a solver may then improve."""

    tight: Problem
    routes: Routes
    pinned: Pinned
    home: dict[int, int]
    pushed: frozenset[int]


def plan_day(
    scenario: Scenario,
    seconds: float,
    *,
    seed: int = 1,
    previous: Plan | None = None,
    params: PlanParams | None = None,
    workers: Workers | None = None,
    solvers: tuple[str, ...] | None = None,
    begun: float | None = None,
) -> Plan:
    """A plan that the checker has passed, ``seconds`` after ``begun`` (monotonic clock).

    Parameters
    ----------
    previous:
        The plan before: its jobs stay on their trucks unless moving pays.
    workers:
        Processes kept between plans; without them two are started for this plan.
    solvers:
        Which to use; by default those that are installed. None of them: the plan of
        cheapest insertion stands.

    Raises
    ------
    PlanBroken
        The plan breaks a rule, which is a fault of this program.
    """
    params = params or PlanParams()
    begun = time.monotonic() if begun is None else begun
    finish = begun + seconds - params.kept_s(seconds, len(scenario.jobs))
    use = installed() if solvers is None else solvers
    want = (
        use and scenario.jobs and scenario.trucks and finish - time.monotonic() > WORTH_A_WORKER_S
    )
    own = Workers(params.workers) if want and workers is None else None
    try:
        problem = problem_of(scenario)
        start = _begin(scenario, problem, previous, params, begun + seconds / 3)
        search = Search(start.tight, params, start.routes, start.home)
        first_s = time.monotonic() - begun
        crew = workers or own
        if want and crew is not None:
            search.run(crew, finish, seed, use)
    finally:
        if own is not None:
            own.close()
    notes = _notes(search, first_s, seed) | _why(scenario, problem, start, search)
    plan = _plan(scenario, problem, search.routes, notes, (finish + begun + seconds) / 2)
    checker.require(scenario, plan)
    return plan


def greedy_plan(scenario: Scenario) -> Plan:
    """The nearest-vehicle plan: what the others are measured against."""
    problem = problem_of(scenario)
    return _plan(scenario, problem, greedy(problem), {}, time.monotonic() + 5.0)


def _begin(
    scenario: Scenario, problem: Problem, previous: Plan | None, params: PlanParams, until: float
) -> Begun:
    """The first plan: the one before carried over, or the better of two quick ones."""
    if previous is not None:
        carried = carry(scenario, problem, previous.routes, lambda: time.monotonic() > until)
        tight = tightened(problem, carried.pinned.pins, params)
        return Begun(tight, carried.routes, carried.pinned, carried.home, carried.pushed)
    pinned = pin(problem)
    tight = tightened(problem, pinned.pins, params)
    cheapest = [list(head) for head in pinned.heads]
    fill(tight, cheapest, unserved(tight, cheapest), stop=lambda: time.monotonic() > until)
    rest = greedy(tight, cheapest)
    nearest = greedy(tight, pinned.heads)
    best = min((rest, nearest), key=lambda routes: cost_of(tight, routes))
    return Begun(tight, shed(tight, best), pinned, {}, frozenset())


def _plan(
    scenario: Scenario, problem: Problem, found: Routes, notes: Mapping[str, Any], until: float
) -> Plan:
    """Routes as a plan: starts, reasons, cost and bound."""
    routes = _whole_jobs_only(problem, found)
    reasons = Reasons(scenario, problem, routes, lambda: time.monotonic() > until)
    left: dict[str, str] = {}
    for task in unserved(problem, routes):
        name = scenario.jobs[problem.tasks[task].job].id
        if name not in left:
            left[name] = reasons.of(task)
    stops = {
        scenario.trucks[truck].id: _stops(scenario, problem, truck, route)
        for truck, route in enumerate(routes)
        if route
    }
    cost = cost_of(problem, routes)
    return Plan(stops, left, cost, bound_of(problem, cost), notes)


def _whole_jobs_only(problem: Problem, found: Routes) -> Routes:
    """A job that is not served in all its visits is not served at all."""
    partly = {problem.tasks[t].job for t in unserved(problem, found)}
    return [_without(problem, truck, route, partly) for truck, route in enumerate(found)]


def _without(problem: Problem, truck: int, route: list[int], jobs: set[int]) -> list[int]:
    kept = [code for code in route if code < 0 or problem.tasks[code].job not in jobs]
    if kept == route:
        return list(route)
    if not any(code >= 0 for code in kept):
        return []
    return kept if walk(problem, truck, kept) is not None else list(route)


def _stops(scenario: Scenario, problem: Problem, truck: int, route: list[int]) -> tuple[Stop, ...]:
    found = walk(problem, truck, route)
    starts = () if found is None else found.starts_s
    return tuple(
        Stop(start, plant=-1 - code) if code < 0 else _visit(scenario, problem, code, start)
        for code, start in zip(route, starts, strict=True)
    )


def _visit(scenario: Scenario, problem: Problem, code: int, start: float) -> Stop:
    task = problem.tasks[code]
    volume = task.volume_m3 if task.parts > 1 else None
    return Stop(start, job=scenario.jobs[task.job].id, volume_m3=volume)


def _notes(search: Search, first_s: float, seed: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "first_plan_s": round(first_s, 3), "improved_by": dict(search.counts), "seed": seed,
    }  # fmt: skip
    if search.failures:
        made["failures"] = list(search.failures)
    return {"made": made}


def _why(scenario: Scenario, problem: Problem, start: Begun, search: Search) -> dict[str, Any]:
    """What the rule pinned, what is split, what moved against the plan before, each why."""
    names = [scenario.jobs[task.job].id for task in problem.tasks]
    trucks = [truck.id for truck in scenario.trucks]
    told: dict[str, Any] = {
        "emergencies": [
            {
                "job": names[held.task], "truck": trucks[held.truck],
                "soonest_start_s": round(held.start_s, 1),
            }
            for held in start.pinned.pins
        ],
        "split": {names[i]: t.parts for i, t in enumerate(problem.tasks) if t.parts > 1},
    }  # fmt: skip
    if start.home:
        now = {code: t for t, route in enumerate(search.routes) for code in route if code >= 0}
        told["kept"] = len(start.home) - len(moved(search.routes, start.home))
        told["moved"] = [
            {
                "job": names[task], "from": trucks[start.home[task]],
                "to": trucks[now[task]] if task in now else None,
                "because": _because(start, names, task, now),
            }
            for task in moved(search.routes, start.home)
        ]  # fmt: skip
    return told


def _because(start: Begun, names: list[str], task: int, now: Mapping[int, int]) -> str:
    before = start.home[task]
    new = [p.task for p in start.pinned.pins if p.truck == before and p.task not in start.home]
    if task in start.pushed:
        first = f" with emergency {names[new[0]]} first" if new else ""
        return f"its truck can no longer do it in time{first}"
    if task not in now:
        return "it costs more than its prize now"
    return "less driving in all, after the price of the move"
