"""The city's time: the product's own, learned from its public meta page."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass


@dataclass
class CityClock:
    """Simulated epoch seconds; runs ``speed`` times as fast as the wall."""

    speed: float
    city_s: float
    wall_s: float

    def now_s(self) -> float:
        """The present of the city."""
        return self.city_s + (time.time() - self.wall_s) * self.speed

    def set(self, city_s: float, speed: float) -> None:
        """Follow the product's clock from here on."""
        self.city_s, self.wall_s, self.speed = city_s, time.time(), speed

    async def until(self, city_s: float) -> None:
        """Sleep until the city's clock shows ``city_s``."""
        while (gap_s := city_s - self.now_s()) > 0:
            await asyncio.sleep(min(max(gap_s / self.speed, 0.01), 5.0))

    async def pause(self, seconds: float) -> None:
        """Sleep for ``seconds`` of the city."""
        await self.until(self.now_s() + seconds)
