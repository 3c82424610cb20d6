"""A cost that no plan can fall below."""

from __future__ import annotations

import math
from collections import Counter

from qingshu.dispatch.plan.model import Bound, Matrix
from qingshu.dispatch.plan.rules.problem import Problem

HOW = (
    "each job costs at least its prize, or the shortest drive into it from anywhere plus its "
    "share of the trips to a plant that its volume forces; order, windows, shifts and the way "
    "to the yard are left out, so the true optimum lies well above"
)


def bound_of(problem: Problem, cost: float) -> Bound:
    """The bound, and which share of ``cost`` lies above it."""
    lowest = _lowest(problem)
    gap = 0.0 if cost <= 0 else max(0.0, (cost - lowest) / cost)
    return Bound(lowest, gap, HOW)


def _lowest(problem: Problem) -> float:
    trucks, plants, tasks = problem.trucks, problem.plants, problem.tasks
    held = Counter(
        [*{t.node for t in trucks}, *{p.node for p in plants}, *(t.node for t in tasks)]
    )  # fmt: skip
    into = _Into(problem.travel_s, held)
    largest = max((t.capacity_m3 for t in trucks), default=0.0)
    visit_s = min((into(p.node) for p in plants), default=0.0)
    per_m3 = visit_s / largest if largest > 0 and math.isfinite(visit_s) else 0.0
    by_volume = -per_m3 * sum(t.capacity_m3 - t.load_m3 for t in trucks)
    by_drive = 0.0
    for index, task in enumerate(tasks):
        able = any(row[index] for row in problem.may)
        into_s = into(task.node) if able else math.inf
        by_drive += min(task.prize, into_s)
        by_volume += min(task.prize, into_s + per_m3 * task.volume_m3)
    return max(by_drive, by_volume, 0.0)


class _Into:
    """The shortest drive into a node from another place, or from a second one at it."""

    def __init__(self, travel: Matrix, held: Counter[int]) -> None:
        self._columns = list(zip(*travel, strict=True))
        self._held = held

    def __call__(self, node: int) -> float:
        column = self._columns[node]
        others = (*column[:node], *column[node + 1 :])
        shortest = min(others, default=math.inf)
        return min(shortest, column[node]) if self._held[node] > 1 else shortest
