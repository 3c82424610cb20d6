"""VROOM behind the port: covers as many tasks as it can, quickly.

VROOM knows no trips to plants. Each task is a shipment from its tank to the nearest plant
that is open, and the load aboard a delivery to the nearest plant that only its truck may
make. What it drives in vain is taken out afterwards.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import numpy as np
import vroom  # type: ignore[import-untyped,unused-ignore]

from qingshu.dispatch.plan.rules.problem import Problem, Route, Routes, plant_code
from qingshu.dispatch.plan.solver.port import HORIZON_S, Question

LITRES = 1000
FAR_S = 20_000_000
EXPLORATION = 5
HIGHEST = 99
ABOARD = 1_000_000


class VroomSolver:
    """Shipments to a fixed plant; ``start`` is not used."""

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads

    def solve(self, question: Question) -> Routes | None:
        """The routes VROOM ends with, which may hold needless plant stops."""
        problem = question.problem
        if not problem.trucks or not problem.tasks:
            return None
        model = _Model(problem)
        if not model.tasks or not model.trucks:
            return None
        found = model.input.solve(
            exploration_level=EXPLORATION, nb_threads=self.threads,
            timeout=timedelta(seconds=max(0.05, question.seconds)),
        )  # fmt: skip
        return model.routes(found)


class _Model:
    """A problem in VROOM's terms, and the way back."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        used = sorted(
            {n for t in problem.trucks for n in (t.node, t.yard_node)}
            | {p.node for p in problem.plants} | {t.node for t in problem.tasks}
        )  # fmt: skip
        self.at = {node: i for i, node in enumerate(used)}
        whole = np.asarray(problem.travel_s, dtype=np.float64)[np.ix_(used, used)]
        scaled = np.where(np.isfinite(whole), np.ceil(whole - 1e-6), FAR_S).astype(np.uint32)
        np.fill_diagonal(scaled, 0)
        self.skills = _skills(problem)
        self.trucks = self.tasks = 0
        self.input = vroom.Input()
        self.input.set_durations_matrix("car", scaled)
        top = max((t.prize for t in problem.tasks), default=0.0)
        for index in range(len(problem.trucks)):
            self._add_truck(index)
        for index in range(len(problem.tasks)):
            self._add_task(index, top)

    def routes(self, found: Any) -> Routes:
        """VROOM's steps as routes; drops at one plant in a row are one stop."""
        made: Routes = [[] for _ in self.problem.trucks]
        frame = found.routes
        for truck, kind, key in zip(
            frame["vehicle_id"].tolist(), frame["type"].tolist(), frame["id"].tolist(),
            strict=True,
        ):  # fmt: skip
            code = self._code(str(kind), key)
            route = made[int(truck)]
            if code is not None and not (code < 0 and route and route[-1] == code):
                route.append(code)
        return [_without_idle_ends(route) for route in made]

    def _code(self, kind: str, key: Any) -> int | None:
        if kind == "pickup":
            return int(key)
        if kind == "delivery":
            return plant_code(self._plant_of_task(int(key)))
        if kind == "job":
            truck = self.problem.trucks[int(key) - ABOARD]
            return plant_code(self._nearest(truck.node))
        return None

    def _add_truck(self, index: int) -> None:
        truck = self.problem.trucks[index]
        free = math.ceil(truck.free_s)
        end = math.floor(min(truck.shift_end_s, HORIZON_S))
        if end <= free:
            return
        self.trucks += 1
        skills = {s for s, members in self.skills.items() if index in members} | {ABOARD + index}
        self.input.add_vehicle(
            vroom.Vehicle(
                index, start=self.at[truck.node], end=self.at[truck.yard_node],
                capacity=[math.floor(truck.capacity_m3 * LITRES + 1e-6)], skills=skills,
                time_window=vroom.TimeWindow(free, end),
            )
        )  # fmt: skip
        if truck.load_m3 > 0 and self._open_plants():
            plant = self.problem.plants[self._nearest(truck.node)]
            self.input.add_job(
                vroom.Job(
                    ABOARD + index, self.at[plant.node],
                    default_setup=math.ceil(plant.unload_s),
                    delivery=vroom.Amount([math.ceil(truck.load_m3 * LITRES - 1e-6)]),
                    skills={ABOARD + index}, priority=100, time_windows=[_hours(plant)],
                )
            )  # fmt: skip

    def _add_task(self, index: int, top: float) -> None:
        problem = self.problem
        task = problem.tasks[index]
        members = frozenset(t for t in range(len(problem.trucks)) if problem.may[t][index])
        early, late = (
            math.ceil(max(0.0, task.earliest_s)),
            math.floor(min(task.latest_s, HORIZON_S)),
        )
        if late < early or not members or not self._open_plants():
            return
        self.tasks += 1
        plant = problem.plants[self._plant_of_task(index)]
        needed = {s for s, known in self.skills.items() if known == members}
        self.input.add_shipment(
            vroom.ShipmentStep(
                index, self.at[task.node], default_service=math.ceil(task.service_s),
                time_windows=[vroom.TimeWindow(early, late)],
            ),
            vroom.ShipmentStep(
                index, self.at[plant.node], default_setup=math.ceil(plant.unload_s),
                time_windows=[_hours(plant)],
            ),
            amount=vroom.Amount([math.ceil(task.volume_m3 * LITRES - 1e-6)]), skills=needed,
            priority=1 + round(task.prize / top * (HIGHEST - 1)) if top > 0 else 1,
        )  # fmt: skip

    def _open_plants(self) -> list[int]:
        return [
            k
            for k, p in enumerate(self.problem.plants)
            if p.closes_s - p.unload_s >= max(0.0, p.opens_s)
        ]

    def _plant_of_task(self, index: int) -> int:
        return self._nearest(self.problem.tasks[index].node)

    def _nearest(self, node: int) -> int:
        plants = self.problem.plants
        return min(self._open_plants(), key=lambda k: self.problem.travel_s[node][plants[k].node])


def _skills(problem: Problem) -> dict[int, frozenset[int]]:
    """A skill for every set of trucks that some tasks are kept to."""
    trucks = range(len(problem.trucks))
    sets = {
        frozenset(t for t in trucks if problem.may[t][i]) for i in range(len(problem.tasks))
    } - {frozenset(trucks)}  # fmt: skip
    return dict(enumerate(sorted(sets, key=sorted), start=1))


def _hours(plant: Any) -> Any:
    early = math.ceil(max(0.0, plant.opens_s))
    late = math.floor(min(plant.closes_s - plant.unload_s, HORIZON_S))
    return vroom.TimeWindow(early, max(early, late))


def _without_idle_ends(route: Route) -> Route:
    """Nothing is done for a plant stop alone."""
    return route if any(code >= 0 for code in route) else []
