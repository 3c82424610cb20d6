"""What a day plan of 40 trucks and 250 jobs costs after ten seconds from cold, against greedy.

The same day is planned with prizes that weigh profit and with prizes that mean "must be
served"; VROOM alone and PyVRP alone get the same time beside us. Every plan passes the
checker, greedy's too. Solvers run on what the machine leaves them: its load is a figure.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import Any

from bench.rig.day import MUST_SERVE, PROFIT, Day
from bench.rig.road_graphs import Streets, streets
from qingshu.dispatch.plan import checker
from qingshu.dispatch.plan.model import Plan, Scenario
from qingshu.dispatch.plan.planning import greedy_plan, plan_day
from qingshu.dispatch.plan.reading import scenario_of
from qingshu.dispatch.plan.rules.problem import problem_of
from qingshu.dispatch.plan.rules.timing import cost_of, walk
from qingshu.dispatch.plan.solver.port import Question
from qingshu.dispatch.plan.solver.workers import Workers, installed

SECONDS = 10.0
SEEDS = (1, 2, 3)
GOALS = {"profit": 0.55, "must_serve": 0.15}
PRIZES = {"profit": PROFIT, "must_serve": MUST_SERVE}


def run(quick: bool) -> dict[str, Any]:
    """Measure; ``quick`` takes one seed and no peers."""
    found = streets()
    figures: dict[str, Any] = {"load_before": round(os.getloadavg()[0], 1)}
    for name, prizes in PRIZES.items():
        for seed in SEEDS[:1] if quick else SEEDS:
            figures |= _one(found, name, prizes, seed, peers=not quick)
    figures["load_after"] = round(os.getloadavg()[0], 1)
    return {
        "scenario": f"dayplan-1: 40 trucks, 250 jobs, 2 plants, {SECONDS:g} s cold, {found.name}",
        "figures": figures,
        "goals": _goals(figures),
    }


def _one(
    found: Streets, name: str, prizes: dict[str, float], seed: int, *, peers: bool
) -> dict[str, Any]:
    scenario = scenario_of(Day(found, seed).scenario(prizes))
    nearest = greedy_plan(scenario)
    checker.require(scenario, nearest)
    begun = time.monotonic()
    ours = plan_day(scenario, SECONDS, seed=seed)
    took = time.monotonic() - begun
    key = f"{name}_{seed}"
    told = {
        f"{key}_ratio": round(ours.cost / nearest.cost, 3),
        f"{key}_unserved": _by_kind(scenario, ours),
        f"{key}_greedy_unserved": _by_kind(scenario, nearest),
        f"{key}_dropped_urgent": len(_urgent(scenario, ours) - _urgent(scenario, nearest)),
        f"{key}_hours": round(checker.check(scenario, ours).driven_s / 3600.0, 1),
        f"{key}_greedy_hours": round(checker.check(scenario, nearest).driven_s / 3600.0, 1),
        f"{key}_first_plan_s": ours.notes["made"]["first_plan_s"],
        f"{key}_seconds": round(took, 2),
    }
    if peers:
        for solver in installed():
            cost = _alone(scenario, solver, seed)
            told[f"{key}_{solver}_alone_ratio"] = cost and round(cost / nearest.cost, 3)
    return told


def _alone(scenario: Scenario, solver: str, seed: int) -> float | None:
    """The cost of one solver from nothing in the same time, process start included."""
    problem = problem_of(scenario)
    with Workers(1) as workers:
        workers.ask(0, solver, Question(problem, SECONDS, seed))
        answers = workers.answers(SECONDS + 10.0)
    routes = answers[0].routes if answers else None
    if routes is None:
        return None
    held = [r if walk(problem, i, r) is not None else [] for i, r in enumerate(routes)]
    return cost_of(problem, held)


def _by_kind(scenario: Scenario, plan: Plan) -> dict[str, int]:
    return dict(Counter(str(job.kind) for job in scenario.jobs if job.id in plan.unserved))


def _urgent(scenario: Scenario, plan: Plan) -> set[str]:
    return {j.id for j in scenario.jobs if j.kind != "planned" and j.id in plan.unserved}


def _goals(figures: dict[str, Any]) -> dict[str, Any]:
    goals: dict[str, Any] = {}
    for name, most in GOALS.items():
        got = max(
            v
            for k, v in figures.items()
            if k.startswith(name) and k.endswith(("1_ratio", "2_ratio", "3_ratio"))
        )
        goals[f"{name}_worst_ratio"] = {"goal": f"<= {most:g}", "got": got, "met": got <= most}
    dropped = sum(v for k, v in figures.items() if k.endswith("_dropped_urgent"))
    goals["urgent_dropped_that_greedy_serves"] = {"goal": "0", "got": dropped, "met": not dropped}
    slowest = max(v for k, v in figures.items() if k.endswith("_seconds"))
    goals["seconds"] = {"goal": "<= 11", "got": slowest, "met": slowest <= SECONDS * 1.1}
    return goals
