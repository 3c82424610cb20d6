"""How soon a day plan answers an emergency, and how many jobs change truck for it.

To a planned day comes an emergency with a window of an hour; no other emergency is open.
The previous plan is carried over, the emergency goes to the truck that can start soonest,
the rest is planned around it, and once more from scratch for comparison.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from bench.rig.day import PROFIT, Day
from bench.rig.road_graphs import Streets, streets
from qingshu.dispatch.plan.model import JobKind, Plan, Scenario
from qingshu.dispatch.plan.planning import plan_day
from qingshu.dispatch.plan.reading import as_mapping, scenario_of
from qingshu.dispatch.plan.rules.emergencies import pin
from qingshu.dispatch.plan.rules.problem import problem_of
from qingshu.dispatch.plan.solver.workers import Workers

SEEDS = (1, 2, 3)
PLAN_S, REPLAN_S = 8.0, 3.0
FIRST_S, MOVED, LATE = 0.3, 0.15, 0.10


def run(quick: bool) -> dict[str, Any]:
    """Measure; ``quick`` takes one seed."""
    found = streets()
    figures: dict[str, Any] = {"load_before": round(os.getloadavg()[0], 1)}
    for seed in SEEDS[:1] if quick else SEEDS:
        figures |= _one(found, seed)
    worst = {
        name: max(v for k, v in figures.items() if k.endswith(name))
        for name in ("first_plan_s", "moved_share", "later_than_best_share")
    }
    limits = {"first_plan_s": FIRST_S, "moved_share": MOVED, "later_than_best_share": LATE}
    return {
        "scenario": f"replan-1: 40 trucks, 250 jobs, one new emergency, {found.name}",
        "figures": figures,
        "goals": {
            name: {"goal": f"<= {most:g}", "got": worst[name], "met": worst[name] <= most}
            for name, most in limits.items()
        },
    }


def _one(found: Streets, seed: int) -> dict[str, Any]:
    whole = scenario_of(Day(found, seed).scenario(PROFIT))
    late = next(i for i, job in enumerate(whole.jobs) if job.kind is JobKind.PLANNED)
    called = replace(
        whole.jobs[late], kind=JobKind.EMERGENCY, earliest_s=0.0, latest_s=3600.0, prize=1e5,
        classes=frozenset(),
    )  # fmt: skip
    # Without rivals: a truck that another emergency holds may not be the best single one.
    others = tuple(
        replace(job, kind=JobKind.OVERDUE) if job.kind is JobKind.EMERGENCY else job
        for job in (*whole.jobs[:late], *whole.jobs[late + 1 :])
    )
    with Workers(2) as workers:
        calm = replace(whole, jobs=others)
        before = plan_day(calm, PLAN_S, seed=seed, workers=workers)
        alarmed = replace(whole, jobs=(*others, called))
        after = plan_day(alarmed, REPLAN_S, seed=seed, workers=workers, previous=before)
        fresh = plan_day(alarmed, REPLAN_S, seed=seed, workers=workers)
    old, new = as_mapping(before.routes), as_mapping(after.routes)
    cold = as_mapping(fresh.routes)
    start_s, best_s = _start(after, called.id), _best(alarmed, called.id)
    return {
        f"seed{seed}_first_plan_s": after.notes["made"]["first_plan_s"],
        f"seed{seed}_moved_share": round(_moved(old, new), 3),
        f"seed{seed}_moved_share_from_scratch": round(_moved(old, cold), 3),
        f"seed{seed}_emergency_start_s": round(start_s, 1),
        f"seed{seed}_later_than_best_share": round(max(0.0, start_s / max(best_s, 1.0) - 1.0), 3),
        f"seed{seed}_cost_share_of_scratch": round(after.cost / fresh.cost, 3),
    }


def _moved(old: dict[str, str], new: dict[str, str]) -> float:
    return sum(new.get(job) != truck for job, truck in old.items()) / len(old)


def _start(plan: Plan, job: str) -> float:
    starts = [s.start_s for stops in plan.routes.values() for s in stops if s.job == job]
    return starts[0] if starts else float("inf")


def _best(scenario: Scenario, job: str) -> float:
    """The soonest start of any truck that had nothing else to do."""
    alone = replace(scenario, jobs=tuple(j for j in scenario.jobs if j.id == job))
    return pin(problem_of(alone)).pins[0].start_s
