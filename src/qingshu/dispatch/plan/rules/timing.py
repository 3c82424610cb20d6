"""When each stop of a route begins, and whether the route holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qingshu.dispatch.plan.rules.problem import Problem

EPS = 1e-6


@dataclass(frozen=True, slots=True)
class Walk:
    """A route that holds: the start of each stop, seconds driven with the way to the yard."""

    starts_s: tuple[float, ...]
    driven_s: float
    free_s: float
    node: int
    load_m3: float


@dataclass(slots=True)
class Place:
    """Where a truck is along its route, when, with what aboard."""

    node: int
    time_s: float
    load_m3: float
    driven_s: float


def start_of(problem: Problem, truck: int) -> Place:
    """Where the truck is now."""
    there = problem.trucks[truck]
    return Place(there.node, there.free_s, there.load_m3, 0.0)


def step(problem: Problem, truck: int, here: Place, code: int) -> float | None:
    """Move to a stop and finish it; its start, or None when it cannot be done there."""
    if code < 0:
        plant = problem.plants[-1 - code]
        drive = problem.travel_s[here.node][plant.node]
        start = max(here.time_s + drive, plant.opens_s)
        if not start + plant.unload_s <= plant.closes_s + EPS:
            return None
        here.node, here.time_s, here.load_m3 = plant.node, start + plant.unload_s, 0.0
        here.driven_s += drive
        return start
    task = problem.tasks[code]
    drive = problem.travel_s[here.node][task.node]
    start = max(here.time_s + drive, task.earliest_s)
    load = here.load_m3 + task.volume_m3
    if not start <= task.latest_s + EPS or load > problem.trucks[truck].capacity_m3 + EPS:
        return None
    here.node, here.time_s, here.load_m3 = task.node, start + task.service_s, load
    here.driven_s += drive
    return start


def walk(problem: Problem, truck: int, route: Sequence[int]) -> Walk | None:
    """The route stop by stop as early as possible; None when it breaks a rule."""
    if not route:
        there = problem.trucks[truck]
        return Walk((), 0.0, 0.0, there.node, there.load_m3)
    may = problem.may[truck]
    here = start_of(problem, truck)
    starts = []
    for code in route:
        start = step(problem, truck, here, code)
        if start is None or (code >= 0 and not may[code]):
            return None
        starts.append(start)
    there = problem.trucks[truck]
    home = problem.travel_s[here.node][there.yard_node]
    if not here.time_s + home <= there.shift_end_s + EPS:
        return None
    return Walk(tuple(starts), here.driven_s + home, here.time_s, here.node, here.load_m3)


def cost_of(problem: Problem, routes: Sequence[Sequence[int]]) -> float:
    """Seconds driven and the prizes of the tasks that no route holds; routes must hold."""
    total = 0.0
    served: set[int] = set()
    for truck, route in enumerate(routes):
        found = walk(problem, truck, route)
        total += float("inf") if found is None else found.driven_s
        served.update(code for code in route if code >= 0)
    missing = (t.prize for i, t in enumerate(problem.tasks) if i not in served)
    return total + sum(missing)
