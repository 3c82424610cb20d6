"""Shortest paths between junctions by customizable contraction hierarchies (pyroutingkit).

The node order is found once per graph and kept on disk. A table with many sources and
few targets is quicker on the graph turned round, so there are two topologies; the second
is made when it is first wanted.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyroutingkit import INF_WEIGHT, CCHMetric, CCHTopology

from qingshu.dispatch.roads.model import BACKWARD, FORWARD, Bools, Floats, Graph

Weights = NDArray[np.uint32]
Longs = NDArray[np.int64]
TICKS = 1000.0  # Weights are whole milliseconds.
LONGEST_S = (INF_WEIGHT - 1) / TICKS
_TURN_WHEN = 1.5


class Hierarchy:
    """The arcs of a graph, both its topologies, and metrics over them."""

    def __init__(self, graph: Graph, order_dir: Path | None) -> None:
        forward = np.flatnonzero(graph.ways & FORWARD)
        backward = np.flatnonzero(graph.ways & BACKWARD)
        self.segment = np.concatenate((forward, backward))
        self.is_forward = np.arange(len(self.segment)) < len(forward)
        self.tail = np.concatenate((graph.tail[forward], graph.head[backward])).astype(np.int64)
        self.head = np.concatenate((graph.head[forward], graph.tail[backward])).astype(np.int64)
        self._graph = graph
        self._order_dir = order_dir
        self._ahead = self._topology("ahead", self.tail, self.head)
        self._back: CCHTopology | None = None

    @property
    def ahead(self) -> CCHTopology:
        """Arcs as they are driven."""
        return self._ahead

    @property
    def back(self) -> CCHTopology:
        """Arcs turned round."""
        if self._back is None:
            self._back = self._topology("back", self.head, self.tail)
        return self._back

    def weights(self, seconds: Floats, usable: Bools) -> Weights:
        """Milliseconds per arc, endless where it may not be used."""
        ticks = np.maximum(np.rint(seconds * TICKS), 1.0)
        return np.where(usable, ticks, INF_WEIGHT)[self.segment].astype(np.uint32)

    def _topology(self, name: str, tail: Longs, head: Longs) -> CCHTopology:
        folder = None if self._order_dir is None else self._order_dir / name
        if folder is not None and (folder / "order").is_file():
            kept = CCHTopology()
            kept.load(str(folder))
            if (kept.node_count, kept.arc_count) == (self._graph.node_count, len(tail)):
                return kept
        made = CCHTopology()
        made.build(
            tail.astype(np.uint32), head.astype(np.uint32),
            self._graph.node_lat.astype(np.float32), self._graph.node_lon.astype(np.float32),
            self._graph.node_count,
        )  # fmt: skip
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            made.save(str(folder))
        return made


class Metric:
    """Travel times over a hierarchy for one set of weights."""

    def __init__(self, hierarchy: Hierarchy, weights: Weights) -> None:
        self._hierarchy = hierarchy
        self._ahead = CCHMetric(hierarchy.ahead)
        self._back: CCHMetric | None = None
        self.customise(weights)

    def customise(self, weights: Weights) -> None:
        """Take new weights; the turned graph follows when it is next wanted."""
        self._weights = weights
        self._ahead.customize(weights)
        self._back = None

    def seconds(self, sources: Longs, targets: Longs) -> Floats:
        """Seconds between nodes, sources by targets; infinity where there is no way."""
        a, b = sources.astype(np.uint32), targets.astype(np.uint32)
        if len(a) > _TURN_WHEN * len(b):
            if self._back is None:
                self._back = CCHMetric(self._hierarchy.back)
                self._back.customize(self._weights)
            ticks = self._back.distances_many_to_many(b, a).T
        else:
            ticks = self._ahead.distances_many_to_many(a, b)
        found: Floats = ticks / TICKS
        found[ticks >= INF_WEIGHT] = np.inf
        return found

    def arcs(self, source: int, target: int) -> list[int]:
        """The arcs of the quickest way between two nodes."""
        _, _, arcs = self._ahead.query(source, target)
        return list(arcs)
