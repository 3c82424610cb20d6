"""Travel times by contraction hierarchies beside a plain Dijkstra in the same run.

The matrix is 40 sources by 300 targets. On junctions it is what published figures
measure; beside roads every place has two ways on and off, as trucks and tanks have.
"""

from __future__ import annotations

import heapq
import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.rig.road_graphs import beside_roads, junctions, streets
from qingshu.dispatch.roads.cch import CchEngine
from qingshu.dispatch.roads.model import BACKWARD, FORWARD, Floats, Graph

SOURCES, TARGETS = 40, 300
GOAL_MS = 10.0


def run(quick: bool) -> dict[str, Any]:
    """Measure; ``quick`` takes fewer repeats and fewer Dijkstra sources."""
    repeats, plain = (10, 4) if quick else (60, SOURCES)
    found = streets()
    graph = found.graph
    rng = np.random.default_rng(3)
    with tempfile.TemporaryDirectory() as folder:
        order = Path(folder) / "order"
        order_ms = _ms(lambda: CchEngine(graph, order_dir=order), 1)
        load_ms = _ms(lambda: CchEngine(graph, order_dir=order), 3)
    engine = CchEngine(graph)
    a, b = junctions(graph, SOURCES, rng), junctions(graph, TARGETS, rng)
    first_ms = _ms(lambda: engine.times_s(a, b), 1)
    on_ms = _ms(lambda: engine.times_s(a, b), repeats)
    c, d = beside_roads(graph, SOURCES, rng), beside_roads(graph, TARGETS, rng)
    off_ms = _ms(lambda: engine.times_s(c, d), repeats)
    customise_ms = _ms(lambda: engine.customise(graph.speed_kmh), repeats)
    route_ms = _ms(lambda: engine.route(c[0], d[0]), repeats)
    source = [_nearest(graph, p.lat, p.lon) for p in a[:plain]]
    neighbours = _neighbours(graph)
    begun = time.perf_counter()
    rows = [_dijkstra(neighbours, s) for s in source]
    plain_ms = (time.perf_counter() - begun) * 1000.0 * SOURCES / plain
    target = [_nearest(graph, p.lat, p.lon) for p in b]
    wrong_s = _differ(engine.times_s(a[:plain], b), np.array(rows)[:, target])
    return {
        "scenario": f"roads-1: {SOURCES} x {TARGETS} times, {found.name}",
        "figures": {
            "order_ms": round(order_ms, 1),
            "load_order_ms": round(load_ms, 1),
            "first_use_ms": round(first_ms, 1),
            "matrix_on_junctions_ms": round(on_ms, 2),
            "matrix_beside_roads_ms": round(off_ms, 2),
            "customise_ms": round(customise_ms, 2),
            "one_route_ms": round(route_ms, 2),
            "plain_dijkstra_ms": round(plain_ms, 1),
            "times_quicker_than_plain": round(plain_ms / on_ms, 1),
            "largest_difference_to_plain_s": round(wrong_s, 3),
        },
        "goals": {
            "matrix_on_junctions_ms": _goal(on_ms),
            "matrix_beside_roads_ms": _goal(off_ms),
        },
    }


def _goal(got_ms: float) -> dict[str, Any]:
    return {"goal": f"<= {GOAL_MS:g}", "got": round(got_ms, 2), "met": got_ms <= GOAL_MS}


def _ms(task: Callable[[], object], repeats: int) -> float:
    took = []
    for _ in range(repeats):
        begun = time.perf_counter()
        task()
        took.append((time.perf_counter() - begun) * 1000.0)
    return float(np.median(took))


def _nearest(graph: Graph, lat: float, lon: float) -> int:
    return int(np.argmin(np.abs(graph.node_lat - lat) + np.abs(graph.node_lon - lon)))


def _neighbours(graph: Graph) -> list[list[tuple[int, float]]]:
    out: list[list[tuple[int, float]]] = [[] for _ in range(graph.node_count)]
    seconds = (graph.length_m * 3.6 / graph.speed_kmh).tolist()
    rows = zip(graph.tail.tolist(), graph.head.tolist(), graph.ways.tolist(), seconds, strict=True)
    for tail, head, ways, cost in rows:
        if ways & FORWARD:
            out[tail].append((head, cost))
        if ways & BACKWARD:
            out[head].append((tail, cost))
    return out


def _dijkstra(neighbours: list[list[tuple[int, float]]], source: int) -> list[float]:
    best = [math.inf] * len(neighbours)
    best[source] = 0.0
    todo = [(0.0, source)]
    while todo:
        so_far, here = heapq.heappop(todo)
        if so_far > best[here]:
            continue
        for there, cost in neighbours[here]:
            if so_far + cost < best[there]:
                best[there] = so_far + cost
                heapq.heappush(todo, (best[there], there))
    return best


def _differ(ours: Floats, plain: Floats) -> float:
    both = np.isfinite(ours) & np.isfinite(plain)
    return float(np.abs(ours[both] - plain[both]).max(initial=0.0))
