"""One truck on the map: where it is, where it drives, what it carries."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field

from qingshu.twin.route import Leg
from qingshu.twin.world import Truck


@dataclass
class Vehicle:
    """Position in map metres; ``times`` and ``points`` are the way being driven.

    ``mileage_m`` adds up what was driven; ``busy`` is true while a crew works a job.
    """

    truck: Truck
    x: float
    y: float
    heading_deg: float = 0.0
    speed_kmh: float = 0.0
    load_m3: float = 0.0
    busy: bool = False
    mileage_m: float = 0.0
    idle_until_s: float = 0.0
    times: list[float] = field(default_factory=list)
    points: list[tuple[float, float]] = field(default_factory=list)

    @property
    def moving(self) -> bool:
        """Whether it is on a way."""
        return bool(self.times)

    def start(self, legs: list[Leg], now_s: float, haste: float = 1.0) -> float:
        """Drive ``legs`` from now on; when it will arrive, epoch seconds."""
        self.times, self.points = [now_s], [(self.x, self.y)]
        for leg in legs:
            if leg.seconds > 0.0:
                self.times.append(self.times[-1] + leg.seconds / haste)
                self.points.append((leg.x, leg.y))
        return self.times[-1]

    def advance(self, now_s: float) -> None:
        """Be where the way leads at ``now_s``."""
        if not self.times:
            return
        if now_s >= self.times[-1]:
            self._stand(*self.points[-1])
            return
        i = max(1, bisect_right(self.times, now_s))
        (ax, ay), (bx, by) = self.points[i - 1], self.points[i]
        span = self.times[i] - self.times[i - 1]
        share = (now_s - self.times[i - 1]) / span
        x, y = ax + share * (bx - ax), ay + share * (by - ay)
        self.mileage_m += math.hypot(x - self.x, y - self.y)
        self.x, self.y = x, y
        self.heading_deg = math.degrees(math.atan2(bx - ax, by - ay)) % 360.0
        self.speed_kmh = min(80.0, math.hypot(bx - ax, by - ay) / span * 3.6)

    def _stand(self, x: float, y: float) -> None:
        self.mileage_m += math.hypot(x - self.x, y - self.y)
        self.x, self.y, self.speed_kmh = x, y, 0.0
        self.times, self.points = [], []

    def halt(self) -> None:
        """Stop where it is."""
        self._stand(self.x, self.y)
