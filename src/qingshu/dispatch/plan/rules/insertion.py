"""Puts tasks into routes where they cost least, and takes needless plant stops out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from qingshu.dispatch.plan.rules.problem import Problem, Route, Routes, plant_code
from qingshu.dispatch.plan.rules.timing import EPS, Place, start_of, step, walk


@dataclass(frozen=True, slots=True)
class Insertion:
    """A task put into one route: the route it gives and the seconds driven more."""

    truck: int
    route: Route
    more_s: float


class Inserter:
    """Cheapest insertion; remembers where every truck is at each stop of its route.

    What an insertion drives more follows from its two neighbours alone, so candidates are
    tried from the cheapest on and the first that holds is the best.
    """

    def __init__(self, problem: Problem, routes: Routes) -> None:
        self.problem, self.routes = problem, routes
        self._places: dict[int, list[Place]] = {}
        self._plants = [plant_code(k) for k in range(len(problem.plants))]

    def put(self, found: Insertion) -> None:
        """Take an insertion into the routes."""
        self.routes[found.truck] = found.route
        self._places.pop(found.truck, None)

    def best(
        self, task: int, trucks: Iterable[int] | None = None, most_s: float = math.inf
    ) -> Insertion | None:
        """The cheapest place for a task below ``most_s`` more; None where there is none."""
        among = range(len(self.routes)) if trucks is None else trucks
        tries = [
            found
            for truck in among
            if self.problem.may[truck][task]
            for found in self._tries(truck, task)
            if found[0] < most_s
        ]
        tries.sort()
        for more_s, truck, at, head in tries:
            route = self.routes[truck]
            if self._holds(truck, self._walked(truck)[at], (*head, *route[at:])):
                return Insertion(truck, [*route[:at], *head, *route[at:]], more_s)
        return None

    def _tries(self, truck: int, task: int) -> Iterator[tuple[float, int, int, tuple[int, ...]]]:
        """Seconds more, truck, position and the stops to put there; not yet known to hold."""
        problem, route, places = self.problem, self.routes[truck], self._walked(truck)
        travel, there, work = problem.travel_s, problem.trucks[truck], problem.tasks[task]
        to_node = [(p, problem.plants[-1 - p].node) for p in self._plants]
        for at in range(len(route) + 1):
            here = places[at]
            direct = travel[here.node][work.node]
            if here.time_s > work.latest_s:
                return
            after = node_of(problem, route[at]) if at < len(route) else there.yard_node
            saved = travel[here.node][after] if route else 0.0
            onward = travel[work.node][after]
            if here.time_s + direct <= work.latest_s + EPS and (
                here.load_m3 + work.volume_m3 <= there.capacity_m3 + EPS
            ):
                yield direct + onward - saved, truck, at, (task,)
                for p, node in to_node:
                    more = direct + travel[work.node][node] + travel[node][after] - saved
                    yield more, truck, at, (task, p)
            if here.load_m3 > 0:
                for p, node in to_node:
                    more = travel[here.node][node] + travel[node][work.node] + onward - saved
                    yield more, truck, at, (p, task)

    def _walked(self, truck: int) -> list[Place]:
        found = self._places.get(truck)
        if found is None:
            here = start_of(self.problem, truck)
            found = [_copy(here)]
            for code in self.routes[truck]:
                step(self.problem, truck, here, code)
                found.append(_copy(here))
            self._places[truck] = found
        return found

    def _holds(self, truck: int, start: Place, rest: tuple[int, ...]) -> bool:
        here = _copy(start)
        for code in rest:
            if step(self.problem, truck, here, code) is None:
                return False
        there = self.problem.trucks[truck]
        home = self.problem.travel_s[here.node][there.yard_node]
        return here.time_s + home <= there.shift_end_s + EPS


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
