"""The port to travel times: what any road engine answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from qingshu.dispatch.roads.model import Floats, Route, Snap, TruckSize
from qingshu.kernel.geodesy import Point

ANY_TRUCK = TruckSize()


class RoadEngine(Protocol):
    """Travel times and routes for trucks of a size. Answers, never throws, on bad places."""

    @property
    def estimate(self) -> bool:
        """True when times are straight-line estimates for want of roads."""

    def alike(self, size: TruckSize) -> TruckSize:
        """One size for all that may use the same roads, so that they are asked for together."""

    def times_s(
        self, sources: Sequence[Point], targets: Sequence[Point], size: TruckSize = ANY_TRUCK
    ) -> Floats:
        """Seconds from each source (row) to each target (column); inf: unreachable."""

    def route(self, start: Point, end: Point, size: TruckSize = ANY_TRUCK) -> Route | None:
        """The quickest way, or None when there is none."""

    def routes(
        self,
        starts: Sequence[Point],
        end: Point,
        size: TruckSize = ANY_TRUCK,
        *,
        with_line: bool = True,
    ) -> list[Route | None]:
        """The quickest way from each start; without lines only metres and seconds."""

    def snap(self, point: Point, size: TruckSize = ANY_TRUCK) -> Snap | None:
        """Where the point meets the roads, or None when it is off the network."""
