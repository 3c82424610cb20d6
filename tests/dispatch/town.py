"""A town small enough to draw on paper, for the road engine and the ranking.

Five by four junctions 200 m apart, streets of 36 km/h (20 s a block), named by row.
Row 0 runs one way to the east; the block from (3, 3) to (4, 3) is a lane 2.3 m wide.
"""

from __future__ import annotations

import math

from qingshu.dispatch.roads.building import NO_LIMIT, GraphBuilder, Traits
from qingshu.dispatch.roads.cch import CchEngine
from qingshu.dispatch.roads.model import BOTH, FORWARD, Graph
from qingshu.kernel.geodesy import Point

COLUMNS, ROWS, BLOCK_M, BLOCK_S = 5, 4, 200.0, 20.0
LAT, LON = 36.65, 117.0
_METRES = 111_195.0


def corner(column: float, row: float) -> Point:
    """The place of a junction, or between junctions."""
    lat = LAT + row * BLOCK_M / _METRES
    return Point(lat, LON + column * BLOCK_M / (_METRES * math.cos(math.radians(LAT))))


def town() -> GraphBuilder:
    """The streets."""
    builder = GraphBuilder()
    ids = {}
    for row in range(ROWS):
        for column in range(COLUMNS):
            at = corner(column, row)
            ids[column, row] = builder.node((column, row), at.lat, at.lon)
    for (column, row), here in ids.items():
        if (column + 1, row) in ids:
            lane = (column, row) == (3, 3)
            traits = Traits(
                "residential", 36.0, FORWARD if row == 0 else BOTH, f"经{row}路",
                max_width_m=2.3 if lane else NO_LIMIT,
            )  # fmt: skip
            builder.add(here, ids[column + 1, row], BLOCK_M, traits)
        if (column, row + 1) in ids:
            builder.add(here, ids[column, row + 1], BLOCK_M, Traits("tertiary", 36.0, BOTH, "纬路"))
    return builder


def graph() -> Graph:
    """The streets as a graph."""
    return town().build()


def engine() -> CchEngine:
    """The real engine over the town."""
    return CchEngine(graph())
