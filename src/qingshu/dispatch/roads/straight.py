"""Straight-line travel times: the stand-in until roads are imported."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qingshu.dispatch.roads.engine import ANY_TRUCK
from qingshu.dispatch.roads.model import Floats, Route, Snap, TruckSize
from qingshu.dispatch.roads.params import RoadParams
from qingshu.kernel.geodesy import EARTH_RADIUS_M, Point

_KMH = 1 / 3.6


class StraightLineEngine:
    """Distance as the crow flies times a detour factor, at one speed."""

    def __init__(self, params: RoadParams | None = None) -> None:
        self._params = params or RoadParams()

    @property
    def estimate(self) -> bool:
        """Always True: every time it gives is an estimate."""
        return True

    def alike(self, size: TruckSize) -> TruckSize:
        """Without roads all trucks are alike."""
        return ANY_TRUCK

    def times_s(
        self, sources: Sequence[Point], targets: Sequence[Point], size: TruckSize = ANY_TRUCK
    ) -> Floats:
        """Seconds from each source to each target; always finite."""
        return self._metres(sources, targets) / (self._params.straight_kmh * _KMH)

    def route(self, start: Point, end: Point, size: TruckSize = ANY_TRUCK) -> Route | None:
        """The straight line, with the detour factor in its length."""
        distance_m = float(self._metres([start], [end])[0, 0])
        line = [(start.lon, start.lat), (end.lon, end.lat)]
        seconds = distance_m / (self._params.straight_kmh * _KMH)
        return Route(line, distance_m, seconds, estimate=True)

    def routes(
        self,
        starts: Sequence[Point],
        end: Point,
        size: TruckSize = ANY_TRUCK,
        *,
        with_line: bool = True,
    ) -> list[Route | None]:
        """A straight line from each start."""
        return [self.route(start, end, size) for start in starts]

    def snap(self, point: Point, size: TruckSize = ANY_TRUCK) -> Snap | None:
        """The point itself: without roads everything is on them."""
        return Snap(0, 0.0, 0.0, point.lat, point.lon)

    def _metres(self, sources: Sequence[Point], targets: Sequence[Point]) -> Floats:
        a, b = _radians(sources), _radians(targets)
        dlat = b[None, :, 0] - a[:, None, 0]
        dlon = b[None, :, 1] - a[:, None, 1]
        cosines = np.cos(a[:, None, 0]) * np.cos(b[None, :, 0])
        h = np.sin(dlat / 2) ** 2 + cosines * np.sin(dlon / 2) ** 2
        metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
        return metres * self._params.detour_factor


def _radians(points: Sequence[Point]) -> Floats:
    degrees = np.array([(p.lat, p.lon) for p in points], dtype=np.float64).reshape(-1, 2)
    return np.radians(degrees)
