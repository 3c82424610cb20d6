"""A scenario as the planning side works on it: tasks, who may do what, routes as numbers.

A route is a list of numbers: a task by its index, plant ``k`` as ``-1 - k``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qingshu.dispatch.plan.model import Job, JobKind, Matrix, Plant, PlanTruck, Scenario

Route = list[int]
Routes = list[Route]


@dataclass(frozen=True, slots=True)
class Task:
    """A job, or one visit of a job that is larger than any truck (``parts`` above 1)."""

    job: int
    node: int
    volume_m3: float
    service_s: float
    earliest_s: float
    latest_s: float
    prize: float
    kind: JobKind
    part: int = 0
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """Tasks, trucks and plants over one matrix; ``may[truck][task]`` is who may do what."""

    travel_s: Matrix
    trucks: tuple[PlanTruck, ...]
    plants: tuple[Plant, ...]
    tasks: tuple[Task, ...]
    may: tuple[tuple[bool, ...], ...]


def plant_code(plant: int) -> int:
    """How plant ``plant`` is written in a route."""
    return -1 - plant


def problem_of(scenario: Scenario) -> Problem:
    """Tasks of a scenario; a job larger than any truck that may do it becomes several."""
    tasks: list[Task] = []
    for index, job in enumerate(scenario.jobs):
        tasks.extend(_tasks_of(index, job, scenario.trucks))
    may = tuple(
        tuple(
            may_do(truck, scenario.jobs[task.job]) and task.volume_m3 <= truck.capacity_m3 + 1e-9
            for task in tasks
        )
        for truck in scenario.trucks
    )
    return Problem(scenario.travel_s, scenario.trucks, scenario.plants, tuple(tasks), may)


def may_do(truck: PlanTruck, job: Job) -> bool:
    """Whether class, pin and exclusions let this truck do this job, whatever its size."""
    return (
        (not job.classes or truck.truck_class in job.classes)
        and job.truck in (None, truck.id)
        and truck.id not in job.not_trucks
    )


def _tasks_of(index: int, job: Job, trucks: Sequence[PlanTruck]) -> list[Task]:
    whole = Task(
        index, job.node, job.volume_m3, job.service_s, job.earliest_s, job.latest_s,
        job.prize, job.kind,
    )  # fmt: skip
    largest = max((t.capacity_m3 for t in trucks if may_do(t, job)), default=0.0)
    if job.volume_m3 <= largest + 1e-9 or largest <= 0:
        return [whole]
    parts = math.ceil(job.volume_m3 / largest - 1e-9)
    if parts > MOST_PARTS:
        return [whole]
    part = replace(
        whole, parts=parts, volume_m3=job.volume_m3 / parts, service_s=job.service_s / parts,
        prize=job.prize / parts,
    )  # fmt: skip
    return [replace(part, part=k) for k in range(parts)]


MOST_PARTS = 50
