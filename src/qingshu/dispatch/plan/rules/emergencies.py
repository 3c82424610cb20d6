"""The emergency rule: the truck that can start soonest gets it, before any solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from qingshu.dispatch.plan.model import JobKind
from qingshu.dispatch.plan.params import PlanParams
from qingshu.dispatch.plan.rules.greedy import append, soonest
from qingshu.dispatch.plan.rules.problem import Problem, Routes, Task
from qingshu.dispatch.plan.rules.timing import start_of


@dataclass(frozen=True, slots=True)
class Pin:
    """An emergency, the truck that the rule gave it and when it can start."""

    task: int
    truck: int
    start_s: float


@dataclass(frozen=True, slots=True)
class Pinned:
    """Emergencies by rule, and the heads of routes they make."""

    pins: tuple[Pin, ...]
    heads: Routes


def pin(problem: Problem, keep: Mapping[int, int] | None = None) -> Pinned:
    """Give every emergency to the truck that can start it soonest, tightest deadline first.

    ``keep`` names the trucks that have one already; they keep it while they can do it.
    A window does not mean soonest: a solver would let an emergency wait until its end.
    """
    tasks = problem.tasks
    heads: Routes = [[] for _ in problem.trucks]
    ends = [start_of(problem, truck) for truck in range(len(problem.trucks))]
    pins = []
    urgent = [i for i, t in enumerate(tasks) if t.kind is JobKind.EMERGENCY]
    for task in sorted(urgent, key=lambda i: _turn(tasks[i], i, keep or {})):
        held = (keep or {}).get(task)
        found = None if held is None else append(problem, held, ends[held], task)
        found = found or soonest(problem, ends, task)
        if found is not None:
            heads[found.truck].extend(found.stops)
            ends[found.truck] = found.end
            pins.append(Pin(task, found.truck, found.start_s))
    return Pinned(tuple(pins), heads)


def tightened(problem: Problem, pins: tuple[Pin, ...], params: PlanParams) -> Problem:
    """The problem in which every pinned emergency must start about when the rule starts it."""
    tasks = list(problem.tasks)
    for held in pins:
        task = tasks[held.task]
        begun = max(held.start_s, task.earliest_s)
        latest = begun + params.pin_share * (begun - max(task.earliest_s, 0.0)) + params.pin_slack_s
        tasks[held.task] = replace(task, latest_s=min(task.latest_s, latest))
    return replace(problem, tasks=tuple(tasks))


def _turn(task: Task, index: int, keep: Mapping[int, int]) -> tuple[bool, float, float, int]:
    """What a truck was told before comes before what is new."""
    return (index not in keep, task.latest_s, -task.prize, index)
