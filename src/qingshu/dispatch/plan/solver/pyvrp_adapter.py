"""PyVRP behind the port: improves routes, trips to plants chosen along the way.

One vehicle type a truck (live node, yard, load aboard, shift), plants as reload depots with
their hours and unloading time, tasks as optional clients with prizes. Trucks that may do the
same tasks share a profile in which every other task lies out of reach.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvrp
from numpy.typing import NDArray
from pyvrp.IteratedLocalSearch import IteratedLocalSearchParams
from pyvrp.search import PerturbationParams

from qingshu.dispatch.plan.rules.problem import Problem, Route, Routes, plant_code
from qingshu.dispatch.plan.solver.port import HORIZON_S, Question

SCALE = 10
LITRES = 1000
# A day's routes are tightly packed: 25 perturbations (the default) are never made good again,
# and a long memory of late acceptance does not pay within seconds. Measured on the day of
# `bench dayplan`, cost against greedy after 2 s of work: .632 by default, .564 with these.
PARAMS = pyvrp.SolveParams(
    ils=IteratedLocalSearchParams(history_length=20),
    perturbation=PerturbationParams(1, 6),
)
MOST_BYTES = 1_000_000_000
OUT_OF_REACH = int(2 * HORIZON_S * SCALE)
MOST_RELOADS = 12

Longs = NDArray[np.int64]


class PyvrpSolver:
    """Iterated local search over optional tasks; never worse than where it starts."""

    def solve(self, question: Question) -> Routes | None:
        """The best routes found; None when they do not hold in PyVRP's own eyes."""
        begun = time.monotonic()
        model = _Model(question)
        start = None if question.start is None else model.solution(question.start)
        found = pyvrp.solve(
            model.data, _Over(begun + question.seconds, question.work_s), seed=question.seed,
            collect_stats=False, display=False, initial_solution=start, params=PARAMS,
        )  # fmt: skip
        return model.routes(found.best) if found.best.is_feasible() else None


class _Over:
    """Stops at a time, or after so much work of this process, whichever is sooner."""

    def __init__(self, until: float, work_s: float) -> None:
        self.until, self.worked_until = until, time.process_time() + work_s

    def __call__(self, best_cost: int) -> bool:
        return time.monotonic() > self.until or time.process_time() > self.worked_until


@dataclass(slots=True)
class _Profiles:
    """Cost and time matrices, and which of them each truck uses."""

    costs: list[Any]
    times: list[Any]
    of_truck: list[int]


class _Model:
    """A question in PyVRP's terms, and the way back."""

    def __init__(self, question: Question) -> None:
        problem = question.problem
        self.problem = problem
        self.offset = len(problem.trucks)
        used = sorted(_nodes(problem))
        self.at = {node: i for i, node in enumerate(used)}
        self.travel = _travel(problem, used)
        self.yards = sorted({t.yard_node for t in problem.trucks})
        profiles = self._profiles(question)
        self.data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in used],
            clients=[self._client(i) for i in range(len(problem.tasks))],
            depots=self._depots(),
            vehicle_types=[
                self._truck(i, profiles.of_truck[i]) for i in range(len(problem.trucks))
            ],
            distance_matrices=list(profiles.costs),
            duration_matrices=list(profiles.times),
        )

    def solution(self, routes: Routes) -> Any:
        """Routes as PyVRP's solution."""
        depot, client = pyvrp.ActivityType.DEPOT, pyvrp.ActivityType.CLIENT
        made = []
        for truck, route in enumerate(routes):
            if not route:
                continue
            # PyVRP adds the start and the yard itself; a truck given its start would empty there.
            visits = []
            for code in route:
                kind, index = (depot, self.offset - 1 - code) if code < 0 else (client, code)
                visits.append(pyvrp.Activity(kind, index))
            made.append(pyvrp.Route(self.data, visits, truck))
        return pyvrp.Solution(self.data, made)

    def routes(self, solution: Any) -> Routes:
        """PyVRP's solution as routes."""
        made: Routes = [[] for _ in self.problem.trucks]
        for route in solution.routes():
            codes: Route = []
            for visit in route.schedule():
                if visit.is_client():
                    codes.append(visit.idx)
                elif self.offset <= visit.idx < self.offset + len(self.problem.plants):
                    codes.append(plant_code(visit.idx - self.offset))
            made[route.vehicle_type()] = codes
        return made

    def _client(self, index: int) -> Any:
        task = self.problem.tasks[index]
        early, late = _window(task.earliest_s, task.latest_s)
        # A window that is over cannot be said; without a prize nobody goes there.
        late, prize = (late, round(task.prize * SCALE)) if late >= early else (early, 0)
        return pyvrp.Client(
            self.at[task.node], pickup=[math.ceil(task.volume_m3 * LITRES - 1e-6)],
            service_duration=math.ceil(task.service_s * SCALE), tw_early=early, tw_late=late,
            prize=prize, required=False,
        )  # fmt: skip

    def _depots(self) -> list[Any]:
        starts = [pyvrp.Depot(self.at[t.node]) for t in self.problem.trucks]
        plants = []
        for plant in self.problem.plants:
            early, late = _window(plant.opens_s, plant.closes_s - plant.unload_s)
            unload = math.ceil(plant.unload_s * SCALE)
            plants.append(pyvrp.Depot(self.at[plant.node], early, max(early, late), unload))
        return [*starts, *plants, *(pyvrp.Depot(self.at[node]) for node in self.yards)]

    def _truck(self, index: int, profile: int) -> Any:
        truck, problem = self.problem.trucks[index], self.problem
        free, late = _window(truck.free_s, truck.shift_end_s)
        plants = [
            self.offset + k
            for k, plant in enumerate(problem.plants)
            if plant.closes_s - plant.unload_s >= max(0.0, plant.opens_s)
        ]
        return pyvrp.VehicleType(
            capacity=[math.floor(truck.capacity_m3 * LITRES + 1e-6)], start_depot=index,
            end_depot=self._yard(index), tw_early=free, tw_late=max(free, late),
            start_late=free, profile=profile,
            initial_load=[math.ceil(truck.load_m3 * LITRES - 1e-6)],
            reload_depots=plants, max_reloads=MOST_RELOADS,
        )  # fmt: skip

    def _yard(self, truck: int) -> int:
        yard = self.yards.index(self.problem.trucks[truck].yard_node)
        return self.offset + len(self.problem.plants) + yard

    def _profiles(self, question: Question) -> _Profiles:
        made = _Profiles([], [], [])
        known: dict[tuple[Any, ...], int] = {}
        for truck in range(len(self.problem.trucks)):
            key = self._key(truck, question)
            if key not in known:
                known[key] = len(made.costs)
                if 2 * len(known) * self.travel.nbytes > MOST_BYTES:
                    msg = f"{len(known)} profiles of {len(self.travel)} places need too much memory"
                    raise MemoryError(msg)
                cost, time_s = self._profile(truck, question)
                made.costs.append(cost)
                made.times.append(time_s)
            made.of_truck.append(known[key])
        return made

    def _key(self, truck: int, question: Question) -> tuple[Any, ...]:
        if question.home:
            return (self.problem.may[truck], truck)
        return self.problem.may[truck]

    def _profile(self, truck: int, question: Question) -> tuple[Longs, Longs]:
        problem, home = self.problem, question.home or {}
        may = problem.may[truck]
        times, cost = self.travel.copy(), self.travel.copy()
        open_nodes = {self.at[t.node] for i, t in enumerate(problem.tasks) if may[i]}
        for index, task in enumerate(problem.tasks):
            column = self.at[task.node]
            if not may[index] and column not in open_nodes:
                times[:, column] = cost[:, column] = OUT_OF_REACH
            elif home.get(index, truck) != truck:
                cost[:, column] += round(question.move_price_s * SCALE)
        np.fill_diagonal(times, 0)
        np.fill_diagonal(cost, 0)
        return cost, times


def _nodes(problem: Problem) -> set[int]:
    trucks = {n for t in problem.trucks for n in (t.node, t.yard_node)}
    return trucks | {p.node for p in problem.plants} | {t.node for t in problem.tasks}


def _travel(problem: Problem, used: list[int]) -> Longs:
    """Tenths of seconds, rounded up, so that what holds here holds in truth."""
    whole = np.asarray(problem.travel_s, dtype=np.float64)[np.ix_(used, used)]
    scaled = np.where(np.isfinite(whole), np.ceil(whole * SCALE - 1e-6), OUT_OF_REACH)
    made: Longs = scaled.astype(np.int64)
    np.fill_diagonal(made, 0)
    return made


def _window(early_s: float, late_s: float) -> tuple[int, int]:
    late = math.floor(min(late_s, HORIZON_S) * SCALE + 1e-6)
    return math.ceil(max(0.0, min(early_s, HORIZON_S)) * SCALE), max(0, late)
