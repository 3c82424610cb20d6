"""Ways through the simulated streets, the twin's own: trucks must drive where roads are."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from qingshu.twin.streets import SPEED_KMH, Streets

WALK_SPEED_M_S = 8.0 / 3.6  # From the street to the lid, through a yard.
FASTEST_M_S = max(SPEED_KMH.values()) / 3.6


@dataclass(frozen=True, slots=True)
class Leg:
    """A straight piece of a way: where it ends and how long it takes, seconds."""

    x: float
    y: float
    seconds: float


class Router:
    """Fastest ways by A* on travel time."""

    def __init__(self, streets: Streets) -> None:
        self._x, self._y = streets.x.tolist(), streets.y.tolist()
        self._xy = np.stack([streets.x, streets.y], axis=1)
        self._out: list[list[tuple[int, float]]] = [[] for _ in self._x]
        for i in range(len(streets.tail)):
            tail, head = int(streets.tail[i]), int(streets.head[i])
            seconds = float(streets.length_m[i]) / (SPEED_KMH[streets.classes[i]] / 3.6)
            self._out[tail].append((head, seconds))
            if not streets.oneway[i]:
                self._out[head].append((tail, seconds))

    def nearest(self, x: float, y: float) -> int:
        """The junction closest to a point."""
        return int(np.argmin(np.hypot(*(self._xy - (x, y)).T)))

    def way(self, start: tuple[float, float], end: tuple[float, float]) -> list[Leg]:
        """Legs from ``start`` to ``end`` by road, first and last yards off it."""
        nodes = self._nodes(self.nearest(*start), self.nearest(*end))
        legs: list[Leg] = []
        at = start
        for node, seconds in nodes:
            point = (self._x[node], self._y[node])
            walk = float(np.hypot(point[0] - at[0], point[1] - at[1])) / WALK_SPEED_M_S
            legs.append(Leg(*point, seconds if legs else walk))
            at = point
        gap = float(np.hypot(end[0] - at[0], end[1] - at[1]))
        return [*legs, Leg(*end, gap / WALK_SPEED_M_S)]

    def _nodes(self, start: int, end: int) -> list[tuple[int, float]]:
        goal_x, goal_y = self._x[end], self._y[end]
        best = {start: 0.0}
        came: dict[int, int] = {}
        heap = [(0.0, start)]
        done: set[int] = set()
        while heap:
            _, node = heapq.heappop(heap)
            if node == end:
                break
            if node in done:
                continue
            done.add(node)
            for other, seconds in self._out[node]:
                reach = best[node] + seconds
                if reach < best.get(other, float("inf")):
                    best[other] = reach
                    came[other] = node
                    gap = ((self._x[other] - goal_x) ** 2 + (self._y[other] - goal_y) ** 2) ** 0.5
                    heapq.heappush(heap, (reach + gap / FASTEST_M_S, other))
        chain = [end]
        while chain[-1] in came:
            chain.append(came[chain[-1]])
        chain.reverse()
        times = [best.get(node, 0.0) for node in chain]
        steps = [0.0, *(b - a for a, b in pairwise(times))]
        return list(zip(chain, steps, strict=True))
