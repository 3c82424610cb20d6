"""Puts tasks into routes where they cost least, and takes needless plant stops out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from qingshu.dispatch.plan.model import JobKind
from qingshu.dispatch.plan.rules.problem import Problem, Route, Routes, Task, plant_code
from qingshu.dispatch.plan.rules.timing import EPS, Place, start_of, step, walk


@dataclass(frozen=True, slots=True)
class Insertion:
    """A task put into one route: the route it gives and the seconds driven more."""

    truck: int
    route: Route
    more_s: float


@dataclass(frozen=True, slots=True)
class Line:
    """A route measured so that an insertion is judged without replaying it.

    ``places[i]`` is the truck before stop ``i``; ``latest_s[i]`` is when it must be there
    at the latest for all that follows to hold, the yard last; ``peak_m3[i]`` is the most
    it carries from there to the next plant.
    """

    places: tuple[Place, ...]
    latest_s: tuple[float, ...]
    peak_m3: tuple[float, ...]


class Inserter:
    """Cheapest insertion into routes that hold; each route is measured once."""

    def __init__(self, problem: Problem, routes: Routes) -> None:
        self.problem, self.routes = problem, routes
        self._lines: dict[int, Line] = {}

    def put(self, found: Insertion) -> None:
        """Take an insertion into the routes."""
        self.routes[found.truck] = found.route
        self._lines.pop(found.truck, None)

    def best(
        self, task: int, trucks: Iterable[int] | None = None, most_s: float = math.inf
    ) -> Insertion | None:
        """The cheapest place for a task below ``most_s`` more; None where there is none."""
        among = range(len(self.routes)) if trucks is None else trucks
        best: tuple[float, int, int, tuple[int, ...]] | None = None
        for truck in among:
            if not self.problem.may[truck][task]:
                continue
            for more_s, at, head in self._tries(truck, task):
                if more_s < most_s:
                    most_s, best = more_s, (more_s, truck, at, head)
        if best is None:
            return None
        more_s, truck, at, head = best
        route = self.routes[truck]
        return Insertion(truck, [*route[:at], *head, *route[at:]], more_s)

    def _tries(self, truck: int, task: int) -> Iterator[tuple[float, int, tuple[int, ...]]]:
        """Seconds more, position and stops of every insertion that holds."""
        problem, route, line = self.problem, self.routes[truck], self._line(truck)
        travel, there, work = problem.travel_s, problem.trucks[truck], problem.tasks[task]
        for at, here in enumerate(line.places):
            if here.time_s > work.latest_s:
                return
            after = node_of(problem, route[at]) if at < len(route) else there.yard_node
            saved = travel[here.node][after] if route else 0.0
            until = line.latest_s[at] + EPS
            added = line.peak_m3[at] - here.load_m3 + work.volume_m3
            if here.load_m3 + work.volume_m3 <= there.capacity_m3 + EPS:
                drive = travel[here.node][work.node]
                free = self._after_task(here.time_s + drive, work)
                onward = travel[work.node][after]
                if free + onward <= until and here.load_m3 + added <= there.capacity_m3 + EPS:
                    yield drive + onward - saved, at, (task,)
                for more_s, ready, code in self._by_plants(work.node, free, after):
                    if ready <= until:
                        yield drive + more_s - saved, at, (task, code)
            if here.load_m3 > 0 and added <= there.capacity_m3 + EPS:
                for drive, ready, code in self._by_plants(here.node, here.time_s, work.node):
                    onward = travel[work.node][after]
                    if self._after_task(ready, work) + onward <= until:
                        yield drive + onward - saved, at, (code, task)

    def _by_plants(
        self, node: int, time_s: float, after: int
    ) -> Iterator[tuple[float, float, int]]:
        """Over each plant on the way from one node to another: drive, arrival, its code."""
        travel = self.problem.travel_s
        for index, plant in enumerate(self.problem.plants):
            there = travel[node][plant.node]
            done = max(time_s + there, plant.opens_s) + plant.unload_s
            if done <= plant.closes_s + EPS:
                onward = travel[plant.node][after]
                yield there + onward, done + onward, plant_code(index)

    @staticmethod
    def _after_task(there_s: float, work: Task) -> float:
        """When the work is done; infinite when it cannot begin in time."""
        start = max(there_s, work.earliest_s)
        return start + work.service_s if start <= work.latest_s + EPS else math.inf

    def _line(self, truck: int) -> Line:
        found = self._lines.get(truck)
        if found is None:
            found = self._lines[truck] = measure(self.problem, truck, self.routes[truck])
        return found


def measure(problem: Problem, truck: int, route: Route) -> Line:
    """A route that holds, measured."""
    here = start_of(problem, truck)
    places = [_copy(here)]
    for code in route:
        step(problem, truck, here, code)
        places.append(_copy(here))
    there = problem.trucks[truck]
    latest, peak = [there.shift_end_s], [places[-1].load_m3]
    after = there.yard_node
    for at in range(len(route) - 1, -1, -1):
        code = route[at]
        node = node_of(problem, code)
        if code < 0:
            plant = problem.plants[-1 - code]
            begin, work_s = plant.closes_s - plant.unload_s, plant.unload_s
            peak.append(places[at].load_m3)
        else:
            task = problem.tasks[code]
            begin, work_s = task.latest_s, task.service_s
            peak.append(max(places[at].load_m3, peak[-1]))
        latest.append(min(begin, latest[-1] - problem.travel_s[node][after] - work_s))
        after = node
    return Line(tuple(places), tuple(reversed(latest)), tuple(reversed(peak)))


def node_of(problem: Problem, code: int) -> int:
    """Where a stop of a route lies."""
    return problem.plants[-1 - code].node if code < 0 else problem.tasks[code].node


def _copy(place: Place) -> Place:
    return Place(place.node, place.time_s, place.load_m3, place.driven_s)


def fill(
    problem: Problem, routes: Routes, tasks: Iterable[int], *, at_any_price: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> list[int]:  # fmt: skip
    """Put tasks in, dearest prize first, where that costs less than the prize; the rest.

    ``stop`` is asked before each task; what is not looked at by then stays out.
    """
    inserter = Inserter(problem, routes)
    left = []
    for task in sorted(tasks, key=lambda i: (-problem.tasks[i].prize, i)):
        most_s = math.inf if at_any_price else problem.tasks[task].prize
        found = None if stop() else inserter.best(task, most_s=most_s)
        if found is None:
            left.append(task)
        else:
            inserter.put(found)
    return left


def unserved(problem: Problem, routes: Routes) -> list[int]:
    """Tasks that no route holds."""
    held = {code for route in routes for code in route}
    return [task for task in range(len(problem.tasks)) if task not in held]


def shed(problem: Problem, routes: Routes) -> Routes:
    """The routes without the tasks that cost more to drive to than their prize.

    Emergencies stay: what they cost is not for a machine to weigh.
    """
    return [_shed(problem, truck, list(route)) for truck, route in enumerate(routes)]


def _shed(problem: Problem, truck: int, route: Route) -> Route:
    now = walk(problem, truck, route)
    for code in list(route):
        if code < 0 or now is None or problem.tasks[code].kind is JobKind.EMERGENCY:
            continue
        without = [c for c in route if c != code]
        without = without if any(c >= 0 for c in without) else []
        found = walk(problem, truck, without)
        if found is not None and now.driven_s - found.driven_s >= problem.tasks[code].prize:
            route, now = without, found
    return route


def trim(problem: Problem, routes: Routes, tries: int = 4) -> Routes:
    """The routes with plant stops taken out, or put elsewhere, where that drives less."""
    return [_trim(problem, truck, list(route), tries) for truck, route in enumerate(routes)]


def _trim(problem: Problem, truck: int, route: Route, tries: int) -> Route:
    now = walk(problem, truck, route)
    for _ in range(tries):
        if now is None or not any(code < 0 for code in route):
            break
        better = None
        for other in _variants(problem, route):
            found = walk(problem, truck, other)
            if found is not None and found.driven_s < now.driven_s - EPS:
                better, now = other, found
        if better is None:
            break
        route = better
    return route


def _variants(problem: Problem, route: Route) -> Iterator[Route]:
    for at, code in enumerate(route):
        if code >= 0:
            continue
        without = route[:at] + route[at + 1 :]
        yield without
        for k in range(len(problem.plants)):
            for to in range(max(0, at - 3), min(len(without), at + 3) + 1):
                yield [*without[:to], plant_code(k), *without[to:]]
