"""Frozen values of roads: the graph, truck sizes, snaps and routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Bools = NDArray[np.bool_]

FORWARD = 1
BACKWARD = 2
BOTH = FORWARD | BACKWARD


@dataclass(frozen=True, slots=True)
class TruckSize:
    """What a road may be too small for; metres and tonnes."""

    width_m: float = 2.5
    height_m: float = 3.2
    weight_t: float = 16.0


@dataclass(frozen=True, slots=True)
class Graph:
    """Roads between junctions: nodes, and segments with their bends.

    Attributes
    ----------
    node_lat, node_lon:
        Junctions in WGS-84 degrees.
    tail, head:
        Node indices of each segment, in the direction in which it was drawn.
    ways:
        Bit set per segment: ``FORWARD`` tail to head, ``BACKWARD`` head to tail.
    length_m, speed_kmh:
        Ground length and driving speed of each segment.
    road_class:
        Index into ``classes`` per segment; ``name`` likewise into ``names``.
    max_width_m, max_height_m, max_weight_t:
        Posted limits per segment; infinity where there is none.
    bend_start:
        Segment ``i`` bends at ``bend_lat[bend_start[i]:bend_start[i + 1]]``.
    """

    node_lat: Floats
    node_lon: Floats
    tail: Ints
    head: Ints
    ways: Bytes
    length_m: Floats
    speed_kmh: Floats
    road_class: Bytes
    name: Ints
    max_width_m: Floats
    max_height_m: Floats
    max_weight_t: Floats
    bend_start: Ints
    bend_lat: Floats
    bend_lon: Floats
    classes: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def node_count(self) -> int:
        """Junctions."""
        return len(self.node_lat)

    @property
    def segment_count(self) -> int:
        """Segments, each counted once whichever ways it may be driven."""
        return len(self.tail)

    def admits(self, size: TruckSize) -> Bools:
        """Which segments a truck of this size may use."""
        fits: Bools = (
            (self.max_width_m >= size.width_m)
            & (self.max_height_m >= size.height_m)
            & (self.max_weight_t >= size.weight_t)
        )
        return fits

    def line(self, segment: int) -> list[tuple[float, float]]:
        """``(lon, lat)`` from tail to head with all bends."""
        bends = slice(int(self.bend_start[segment]), int(self.bend_start[segment + 1]))
        tail, head = int(self.tail[segment]), int(self.head[segment])
        return [
            (float(self.node_lon[tail]), float(self.node_lat[tail])),
            *zip(self.bend_lon[bends].tolist(), self.bend_lat[bends].tolist(), strict=True),
            (float(self.node_lon[head]), float(self.node_lat[head])),
        ]


@dataclass(frozen=True, slots=True)
class Snap:
    """Where a point meets the roads.

    ``share`` in [0, 1] runs from the segment's tail to its head, ``offset_m`` is the
    distance from the point to the road.
    """

    segment: int
    share: float
    offset_m: float
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Route:
    """A way to drive: ``line`` as ``(lon, lat)``, metres, seconds.

    ``estimate`` is True when it is a straight line for want of roads.
    """

    line: Sequence[tuple[float, float]]
    distance_m: float
    duration_s: float
    estimate: bool = False


@dataclass(frozen=True, slots=True)
class GraphInfo:
    """What was imported, from where and when."""

    source: str
    imported_at: str
    nodes: int
    segments: int
    arcs: int
    oneway_segments: int
    named_segments: int
    limited_segments: int
    length_km: float
    main_part_nodes: int
    south: float
    west: float
    north: float
    east: float
    skipped: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}
