"""Collects segments from a road file and turns them into a graph."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from qingshu.dispatch.roads.errors import RoadFileBroken
from qingshu.dispatch.roads.model import BOTH, Graph, GraphInfo
from qingshu.dispatch.roads.params import CLASSES
from qingshu.dispatch.roads.parts import main_part

NO_LIMIT = math.inf


@dataclass(slots=True)
class Traits:
    """What a way says about all of its segments; limits in metres and tonnes."""

    road_class: str = "unknown"
    speed_kmh: float = 26.0
    ways: int = BOTH
    name: str = ""
    max_width_m: float = NO_LIMIT
    max_height_m: float = NO_LIMIT
    max_weight_t: float = NO_LIMIT


@dataclass(slots=True)
class GraphBuilder:
    """Grows a graph segment by segment; nodes are known by any hashable key."""

    nodes: dict[object, int] = field(default_factory=dict)
    places: list[tuple[float, float]] = field(default_factory=list)
    segments: list[tuple[int, int, float, Traits]] = field(default_factory=list)
    bends: list[list[tuple[float, float]]] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def node(self, key: object, lat: float, lon: float) -> int:
        """The index of a node, added when it is new."""
        found = self.nodes.get(key)
        if found is None:
            found = self.nodes[key] = len(self.places)
            self.places.append((lat, lon))
        return found

    def add(
        self,
        tail: int,
        head: int,
        length_m: float,
        traits: Traits,
        bends: list[tuple[float, float]] | None = None,
    ) -> None:
        """One segment; ``bends`` are (lat, lon) strictly between its ends."""
        self.segments.append((tail, head, length_m, traits))
        self.bends.append(bends or [])

    def build(self) -> Graph:
        """The graph, or :class:`RoadFileBroken` when there is nothing to drive on."""
        if not self.segments:
            msg = "Expected at least one drivable road, the file has none."
            raise RoadFileBroken(msg)
        names = sorted({t.name for *_, t in self.segments} | {""})
        name_index = {name: i for i, name in enumerate(names)}
        class_index = {name: i for i, name in enumerate(CLASSES)}
        traits = [t for *_, t in self.segments]
        places = np.array(self.places, dtype=np.float64)
        flat = np.array([p for b in self.bends for p in b], dtype=np.float64).reshape(-1, 2)
        starts = np.concatenate(([0], np.cumsum([len(b) for b in self.bends])))
        return Graph(
            node_lat=places[:, 0],
            node_lon=places[:, 1],
            tail=np.array([s[0] for s in self.segments], dtype=np.int32),
            head=np.array([s[1] for s in self.segments], dtype=np.int32),
            ways=np.array([t.ways for t in traits], dtype=np.uint8),
            length_m=np.array([s[2] for s in self.segments], dtype=np.float64),
            speed_kmh=np.array([t.speed_kmh for t in traits], dtype=np.float64),
            road_class=np.array([class_index[t.road_class] for t in traits], dtype=np.uint8),
            name=np.array([name_index[t.name] for t in traits], dtype=np.int32),
            max_width_m=np.array([t.max_width_m for t in traits], dtype=np.float64),
            max_height_m=np.array([t.max_height_m for t in traits], dtype=np.float64),
            max_weight_t=np.array([t.max_weight_t for t in traits], dtype=np.float64),
            bend_start=starts.astype(np.int32),
            bend_lat=flat[:, 0],
            bend_lon=flat[:, 1],
            classes=CLASSES,
            names=tuple(names),
        )


def describe(graph: Graph, *, source: str, imported_at: str, skipped: Counter[str]) -> GraphInfo:
    """Counts and extent of a graph."""
    forward, backward = (graph.ways & 1) > 0, (graph.ways & 2) > 0
    tail = np.concatenate((graph.tail[forward], graph.head[backward])).astype(np.int64)
    head = np.concatenate((graph.head[forward], graph.tail[backward])).astype(np.int64)
    limits = np.minimum(np.minimum(graph.max_width_m, graph.max_height_m), graph.max_weight_t)
    return GraphInfo(
        source=source,
        imported_at=imported_at,
        nodes=graph.node_count,
        segments=graph.segment_count,
        arcs=len(tail),
        oneway_segments=int((forward ^ backward).sum()),
        named_segments=sum(1 for i in graph.name.tolist() if graph.names[i]),
        limited_segments=int(np.isfinite(limits).sum()),
        length_km=round(float(graph.length_m.sum()) / 1000.0, 1),
        main_part_nodes=int(main_part(graph.node_count, tail, head).sum()),
        south=float(graph.node_lat.min()),
        west=float(graph.node_lon.min()),
        north=float(graph.node_lat.max()),
        east=float(graph.node_lon.max()),
        skipped=dict(skipped),
    )
