"""Takes the plan before over into the day as it stands now, moving as little as it can."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from qingshu.dispatch.plan.model import Scenario, Stop
from qingshu.dispatch.plan.rules.emergencies import Pinned, pin
from qingshu.dispatch.plan.rules.insertion import Inserter, fill, unserved
from qingshu.dispatch.plan.rules.problem import Problem, Route, Routes, plant_code
from qingshu.dispatch.plan.rules.timing import walk


@dataclass(frozen=True, slots=True)
class Carried:
    """Routes that hold, where each task was before, and which tasks had to leave."""

    routes: Routes
    home: dict[int, int]
    pinned: Pinned
    pushed: frozenset[int]


def routes_of(scenario: Scenario, problem: Problem, before: Mapping[str, Sequence[Stop]]) -> Routes:
    """The plan before as routes of today's trucks and tasks; what is gone is left out."""
    tasks: dict[str, list[int]] = defaultdict(list)
    for index, task in enumerate(problem.tasks):
        tasks[scenario.jobs[task.job].id].append(index)
    routes: Routes = []
    for truck in scenario.trucks:
        route: Route = []
        for stop in before.get(truck.id, ()):
            if stop.plant is not None:
                if 0 <= stop.plant < len(problem.plants):
                    route.append(plant_code(stop.plant))
            elif tasks.get(stop.job or ""):
                route.append(tasks[stop.job or ""].pop(0))
        routes.append(route)
    return routes


def carry(
    scenario: Scenario, problem: Problem, before: Mapping[str, Sequence[Stop]],
    stop: Callable[[], bool] = lambda: False,
) -> Carried:  # fmt: skip
    """Emergencies by rule first; every truck keeps what it had, as far as it still can.

    What no longer fits goes to the cheapest place, on its own truck if there is one. New
    jobs are looked at until ``stop`` says that it is time.
    """
    old = routes_of(scenario, problem, before)
    home = {code: truck for truck, route in enumerate(old) for code in route if code >= 0}
    pinned = pin(problem, home)
    held = {held.task for held in pinned.pins}
    touched = _touched(pinned, home)
    routes: Routes = []
    pushed: list[int] = []
    starts: dict[int, float] = {}
    for truck, route in enumerate(old):
        walked = None if truck in touched else walk(problem, truck, route)
        if walked is not None:
            routes.append(route)
            starts.update(zip(route, walked.starts_s, strict=True))
            continue
        rest = [code for code in route if code not in held]
        kept, out = _kept(problem, truck, pinned.heads[truck], rest)
        routes.append(kept)
        pushed.extend(out)
    left = _back_home(problem, routes, pushed, home)
    fill(problem, routes, left, at_any_price=True)
    fill(problem, routes, unserved(problem, routes), stop=stop)
    # What an untouched truck was told stands, even where the rule would now go sooner.
    pins = tuple(replace(p, start_s=starts.get(p.task, p.start_s)) for p in pinned.pins)
    return Carried(routes, home, replace(pinned, pins=pins), frozenset(left))


def _touched(pinned: Pinned, home: Mapping[int, int]) -> set[int]:
    """Trucks that get an emergency they did not have, and those that lose one."""
    moved = [p for p in pinned.pins if home.get(p.task) != p.truck]
    return {p.truck for p in moved} | {home[p.task] for p in moved if p.task in home}


def _kept(problem: Problem, truck: int, head: Route, rest: Route) -> tuple[Route, list[int]]:
    """The head and as much of the rest as still holds behind it; the tasks that do not."""
    whole = _tidy([*head, *rest])
    if walk(problem, truck, whole) is not None:
        return whole, []
    kept, out = list(head), []
    for code in rest:
        tried = _tidy([*kept, code])
        if walk(problem, truck, tried) is not None:
            kept = tried
        elif code >= 0:
            out.append(code)
    return kept, out


def _tidy(route: Route) -> Route:
    """No plant twice in a row."""
    return [
        code for at, code in enumerate(route) if not (code < 0 and at and route[at - 1] == code)
    ]


def _back_home(
    problem: Problem, routes: Routes, pushed: Sequence[int], home: Mapping[int, int]
) -> list[int]:
    inserter, left = Inserter(problem, routes), []
    for task in sorted(pushed, key=lambda i: -problem.tasks[i].prize):
        found = inserter.best(task, [home[task]])
        if found is None:
            left.append(task)
        else:
            inserter.put(found)
    return left


def moved(routes: Routes, home: Mapping[int, int]) -> list[int]:
    """Tasks that are on another truck than before, or on none."""
    now = {code: truck for truck, route in enumerate(routes) for code in route if code >= 0}
    return [task for task, truck in home.items() if now.get(task) != truck]
