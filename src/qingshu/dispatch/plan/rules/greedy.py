"""The nearest-vehicle plan: the baseline to beat, and the plan when no solver is there."""

from __future__ import annotations

from dataclasses import replace

from qingshu.dispatch.plan.model import JobKind
from qingshu.dispatch.plan.rules.problem import Problem, Routes, plant_code
from qingshu.dispatch.plan.rules.timing import EPS, Place, start_of, step

URGENCY = {JobKind.EMERGENCY: 0, JobKind.OVERDUE: 1, JobKind.PLANNED: 2}


def in_order(problem: Problem) -> list[int]:
    """Tasks by urgency, then by deadline, then as they came."""
    tasks = problem.tasks
    return sorted(
        range(len(tasks)), key=lambda i: (URGENCY[tasks[i].kind], tasks[i].latest_s, i)
    )  # fmt: skip


def greedy(problem: Problem, heads: Routes | None = None) -> Routes:
    """Each task to the truck that can start it soonest, at the end of its route.

    A truck without room empties first, at the plant that lets it start soonest. Routes
    begin with ``heads``, which must hold.
    """
    routes: Routes = [list(h) for h in heads] if heads else [[] for _ in problem.trucks]
    ends = [start_of(problem, truck) for truck in range(len(problem.trucks))]
    for truck, route in enumerate(routes):
        for code in route:
            step(problem, truck, ends[truck], code)
    held = {code for route in routes for code in route}
    for task in in_order(problem):
        if task in held:
            continue
        best = soonest(problem, ends, task)
        if best is not None:
            truck, stops, ends[truck] = best.truck, best.stops, best.end
            routes[truck].extend(stops)
    return routes


class Append:
    """A task at the end of a truck's route: the stops it takes and where they lead."""

    __slots__ = ("end", "start_s", "stops", "truck")

    def __init__(self, truck: int, stops: list[int], start_s: float, end: Place) -> None:
        self.truck, self.stops, self.start_s, self.end = truck, stops, start_s, end


def soonest(problem: Problem, ends: list[Place], task: int) -> Append | None:
    """The truck that can start a task soonest after what it has; None when none can."""
    best: Append | None = None
    for truck in range(len(ends)):
        found = append(problem, truck, ends[truck], task)
        if found is not None and (best is None or found.start_s < best.start_s):
            best = found
    return best


def append(problem: Problem, truck: int, end: Place, task: int) -> Append | None:
    """The task after ``end``, with a plant before it where the load leaves no room."""
    if not problem.may[truck][task]:
        return None
    room = problem.trucks[truck].capacity_m3 - end.load_m3
    if problem.tasks[task].volume_m3 <= room + EPS:
        return _after(problem, truck, end, [task])
    best: Append | None = None
    for plant in range(len(problem.plants)):
        found = _after(problem, truck, end, [plant_code(plant), task])
        if found is not None and (best is None or found.start_s < best.start_s):
            best = found
    return best


def _after(problem: Problem, truck: int, end: Place, stops: list[int]) -> Append | None:
    here = replace(end)
    start: float | None = None
    for code in stops:
        start = step(problem, truck, here, code)
        if start is None:
            return None
    there = problem.trucks[truck]
    home = problem.travel_s[here.node][there.yard_node]
    if start is None or not here.time_s + home <= there.shift_end_s + EPS:
        return None
    return Append(truck, stops, start, here)
