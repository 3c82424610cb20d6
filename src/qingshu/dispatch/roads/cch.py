"""The road engine over an imported graph: points to roads, roads to seconds.

A metric is customised per set of segments that a truck may use: trucks that the same
limits stop share one.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qingshu.dispatch.roads.engine import ANY_TRUCK
from qingshu.dispatch.roads.hierarchy import LONGEST_S, Hierarchy, Metric
from qingshu.dispatch.roads.lines import cut_line
from qingshu.dispatch.roads.model import (
    BACKWARD,
    FORWARD,
    Bools,
    Floats,
    Graph,
    Route,
    Snap,
    TruckSize,
)
from qingshu.dispatch.roads.params import RoadParams
from qingshu.dispatch.roads.parts import main_part
from qingshu.dispatch.roads.snapping import SegmentIndex, Snaps
from qingshu.kernel.geodesy import Point

Longs = NDArray[np.int64]


@dataclass(slots=True)
class _Profile:
    """What one size of truck may use: its metric and its index of usable segments."""

    size: TruckSize
    usable: Bools
    metric: Metric
    index: SegmentIndex


@dataclass(frozen=True, slots=True)
class _Ends:
    """Ways on or off the network per point: two nodes and the seconds to each."""

    snaps: Snaps
    node: Longs
    seconds: Floats
    walk_s: Floats


@dataclass(frozen=True, slots=True)
class _Drive:
    """A drive to lay out: its seconds, and those between its ends' nodes (2 x 2)."""

    seconds: float
    by_nodes: Floats
    with_line: bool


class CchEngine:
    """The road engine over one imported graph.

    Parameters
    ----------
    graph:
        The imported roads.
    params:
        Snapping and last-metre numbers.
    order_dir:
        Folder where the node order is kept; None builds it anew (a quarter second on
        nine thousand junctions).
    """

    def __init__(
        self, graph: Graph, params: RoadParams | None = None, order_dir: Path | None = None
    ) -> None:
        self.graph = graph
        self._params = params or RoadParams()
        self._lock = threading.RLock()
        self._speed_kmh = graph.speed_kmh.copy()
        self._arcs = Hierarchy(graph, order_dir)
        self._by_size: dict[TruckSize, _Profile] = {}
        self._by_limits: dict[bytes, _Profile] = {}

    @property
    def estimate(self) -> bool:
        """Always False: times follow the roads."""
        return False

    def alike(self, size: TruckSize) -> TruckSize:
        """The first size seen that the same limits stop."""
        with self._lock:
            return self._profile(size).size

    def times_s(
        self, sources: Sequence[Point], targets: Sequence[Point], size: TruckSize = ANY_TRUCK
    ) -> Floats:
        """Seconds from each source to each target; inf where there is no way."""
        if not sources or not targets:
            return np.full((len(sources), len(targets)), np.inf)
        with self._lock:
            profile = self._profile(size)
            starts = self._ends(profile, sources, leaving=True)
            ends = self._ends(profile, targets, leaving=False)
            return self._times(self._by_nodes(profile, starts, ends), starts, ends)

    def route(self, start: Point, end: Point, size: TruckSize = ANY_TRUCK) -> Route | None:
        """The quickest way with its line, or None when there is none."""
        found = self.routes([start], end, size)
        return found[0]

    def routes(
        self,
        starts: Sequence[Point],
        end: Point,
        size: TruckSize = ANY_TRUCK,
        *,
        with_line: bool = True,
    ) -> list[Route | None]:
        """The quickest way from each start to one end; without lines it is quicker."""
        with self._lock:
            profile = self._profile(size)
            out = self._ends(profile, starts, leaving=True)
            into = self._ends(profile, [end], leaving=False)
            by_nodes = self._by_nodes(profile, out, into)
            total = self._times(by_nodes, out, into)[:, 0]
            return [
                self._route(
                    profile, out, i, into, _Drive(float(seconds), by_nodes[i, :, 0], with_line)
                )
                if np.isfinite(seconds)
                else None
                for i, seconds in enumerate(total)
            ]

    def snap(self, point: Point, size: TruckSize = ANY_TRUCK) -> Snap | None:
        """The nearest usable road, or None beyond ``max_snap_m``."""
        with self._lock:
            profile = self._profile(size)
        snaps = profile.index.nearest(np.array([point.lat]), np.array([point.lon]))
        if snaps.segment[0] < 0 or snaps.offset_m[0] > self._params.max_snap_m:
            return None
        lat, lon = profile.index.to_degrees(float(snaps.x[0]), float(snaps.y[0]))
        return Snap(
            int(snaps.segment[0]), float(snaps.share[0]), float(snaps.offset_m[0]), lat, lon
        )

    def customise(self, speed_kmh: Floats) -> None:
        """Take new speeds per segment (km/h, 0 closes it) and re-weigh every metric."""
        with self._lock:
            self._speed_kmh = np.asarray(speed_kmh, dtype=np.float64).copy()
            for profile in self._by_limits.values():
                profile.metric.customise(self._weights(profile.usable))

    def _profile(self, size: TruckSize) -> _Profile:
        found = self._by_size.get(size)
        if found is None:
            admitted = self.graph.admits(size)
            key = np.packbits(admitted).tobytes()
            found = self._by_limits.get(key)
            if found is None:
                found = self._by_limits[key] = self._new_profile(size, admitted)
            self._by_size[size] = found
        return found

    def _new_profile(self, size: TruckSize, admitted: Bools) -> _Profile:
        arcs = admitted[self._arcs.segment]
        part = main_part(self.graph.node_count, self._arcs.tail[arcs], self._arcs.head[arcs])
        # A snap into a cul-de-sac of the data would make a whole yard unreachable.
        usable = admitted & part[self.graph.tail] & part[self.graph.head]
        metric = Metric(self._arcs, self._weights(usable))
        return _Profile(size, usable, metric, SegmentIndex(self.graph, usable))

    def _weights(self, usable: Bools) -> NDArray[np.uint32]:
        return self._arcs.weights(self._seconds(), usable & (self._speed_kmh > 0))

    def _seconds(self) -> Floats:
        with np.errstate(divide="ignore"):
            seconds: Floats = self.graph.length_m * 3.6 / self._speed_kmh
        capped: Floats = np.minimum(seconds, LONGEST_S)
        return capped

    def _ends(self, profile: _Profile, points: Sequence[Point], *, leaving: bool) -> _Ends:
        snaps = profile.index.nearest(
            np.array([p.lat for p in points]), np.array([p.lon for p in points])
        )
        seconds = np.full((len(points), 2), np.inf)
        on = (snaps.segment >= 0) & (snaps.offset_m <= self._params.max_snap_m)
        at = snaps.segment[on]
        whole, share = self._seconds()[at], snaps.share[on]
        whole = np.where(self._speed_kmh[at] > 0, whole, np.inf)
        forward = (self.graph.ways[at] & FORWARD) > 0
        backward = (self.graph.ways[at] & BACKWARD) > 0
        # Column 0 is the tail, column 1 the head. Standing on a junction costs nothing.
        to_tail, to_head = share * whole, (1.0 - share) * whole
        by_tail, by_head = (backward, forward) if leaving else (forward, backward)
        chosen = np.column_stack(
            (
                np.where(share <= 0.0, 0.0, np.where(by_tail, to_tail, np.inf)),
                np.where(share >= 1.0, 0.0, np.where(by_head, to_head, np.inf)),
            )
        )
        chosen[share <= 0.0, 1] = np.inf
        chosen[share >= 1.0, 0] = np.inf
        seconds[on] = chosen
        node = np.zeros((len(points), 2), dtype=np.int64)
        node[on, 0], node[on, 1] = self.graph.tail[at], self.graph.head[at]
        walk_s = np.where(on, snaps.offset_m * 3.6 / self._params.last_metres_kmh, np.inf)
        return _Ends(snaps, node, seconds, walk_s)

    def _by_nodes(self, profile: _Profile, starts: _Ends, ends: _Ends) -> Floats:
        """Seconds between the ends' nodes: source, its node, target, its node."""
        shape = (len(starts.walk_s), 2, len(ends.walk_s), 2)
        s, t = np.isfinite(starts.seconds), np.isfinite(ends.seconds)
        if not s.any() or not t.any():
            return np.full(shape, np.inf)
        sources, row = np.unique(np.where(s, starts.node, starts.node[s][0]), return_inverse=True)
        targets, column = np.unique(np.where(t, ends.node, ends.node[t][0]), return_inverse=True)
        seconds = profile.metric.seconds(sources, targets)
        whole: Floats = seconds[row.ravel()][:, column.ravel()].reshape(shape)
        return whole

    def _times(self, by_nodes: Floats, starts: _Ends, ends: _Ends) -> Floats:
        total = np.full((len(starts.walk_s), len(ends.walk_s)), np.inf)
        for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
            way = by_nodes[:, i, :, j] + starts.seconds[:, i, None]
            way += ends.seconds[None, :, j]
            np.minimum(total, way, out=total)
        np.minimum(total, self._along_one_segment(starts.snaps, ends.snaps), out=total)
        total += starts.walk_s[:, None] + ends.walk_s[None, :]
        quickest: Floats = np.minimum(total, self._on_foot(starts, ends))
        return quickest

    def _along_one_segment(self, a: Snaps, b: Snaps) -> Floats:
        same = (a.segment[:, None] == b.segment[None, :]) & (a.segment[:, None] >= 0)
        result = np.full(same.shape, np.inf)
        if same.any():
            i, j = np.nonzero(same)
            at = a.segment[i]
            step = b.share[j] - a.share[i]
            may = np.where(step >= 0, FORWARD, BACKWARD)
            open_way = ((self.graph.ways[at] & may) > 0) & (self._speed_kmh[at] > 0)
            open_way |= step == 0.0
            seconds = np.where(step == 0.0, 0.0, np.abs(step) * self._seconds()[at])
            result[i, j] = np.where(open_way, seconds, np.inf)
        return result

    def _on_foot(self, starts: _Ends, ends: _Ends) -> Floats:
        """Two points nearer to each other than to their roads: no drive at all."""
        a, b = starts.snaps, ends.snaps
        reach = a.offset_m[:, None] + b.offset_m[None, :]
        near = np.hypot(a.x[:, None] - b.x[None, :], a.y[:, None] - b.y[None, :]) <= 1.0
        same_side = near & np.isfinite(starts.walk_s)[:, None] & np.isfinite(ends.walk_s)[None, :]
        apart = np.abs(a.offset_m[:, None] - b.offset_m[None, :])
        seconds = np.minimum(apart, reach) * 3.6 / self._params.last_metres_kmh
        return np.where(same_side, seconds, np.inf)

    def _route(self, profile: _Profile, out: _Ends, i: int, into: _Ends, drive: _Drive) -> Route:
        offsets = float(out.snaps.offset_m[i] + into.snaps.offset_m[0])
        pieces = self._pieces(profile, out, i, into, drive.by_nodes)
        metres = offsets
        line: list[tuple[float, float]] = []
        for segment, begin, end in pieces:
            metres += abs(end - begin) * float(self.graph.length_m[segment])
            if drive.with_line:
                piece = cut_line(self.graph.line(segment), begin, end)
                line.extend(piece if not line else piece[1:])
        if drive.with_line and not line:
            lat, lon = profile.index.to_degrees(float(out.snaps.x[i]), float(out.snaps.y[i]))
            line = [(lon, lat), (lon, lat)]
        return Route(line, metres, drive.seconds)

    def _pieces(
        self, profile: _Profile, out: _Ends, i: int, into: _Ends, by_nodes: Floats
    ) -> list[tuple[int, float, float]]:
        """The drive as (segment, from share, to share)."""
        a, b = out.snaps, into.snaps
        here, there = int(a.segment[i]), int(b.segment[0])
        direct = float(self._along_one_segment(_one(a, i), b)[0, 0])
        chosen: tuple[int, int] | None = None
        best = direct
        for x in (0, 1):
            for y in (0, 1):
                seconds = out.seconds[i, x] + by_nodes[x, y] + into.seconds[0, y]
                if seconds < best:
                    best, chosen = float(seconds), (x, y)
        if chosen is None:
            return [(here, float(a.share[i]), float(b.share[0]))]
        x, y = chosen
        arcs = profile.metric.arcs(int(out.node[i, x]), int(into.node[0, y]))
        middle = [
            (int(self._arcs.segment[arc]), 0.0, 1.0)
            if self._arcs.is_forward[arc]
            else (int(self._arcs.segment[arc]), 1.0, 0.0)
            for arc in arcs
        ]
        first = (here, float(a.share[i]), float(x))
        last = (there, float(y), float(b.share[0]))
        return [p for p in (first, *middle, last) if p[1] != p[2]]


def _one(snaps: Snaps, i: int) -> Snaps:
    at = slice(i, i + 1)
    return Snaps(snaps.segment[at], snaps.share[at], snaps.offset_m[at], snaps.x[at], snaps.y[at])
