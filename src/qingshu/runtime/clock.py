"""The clock is a port: rules get ``now`` as an argument, the edges ask a clock."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Protocol

from qingshu.kernel.instants import EPOCH
from qingshu.runtime.settings import Settings


class Clock(Protocol):
    """Anything that knows the product's present instant."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return EPOCH + timedelta(seconds=time.time())


class ScaledClock:
    """A clock that runs ``speed`` times as fast from a shared starting point."""

    def __init__(self, speed: float, wall_start: float, product_start: float) -> None:
        self.speed = speed
        self._wall_start = wall_start
        self._product_start = product_start

    def now(self) -> datetime:
        """The present of the simulated city."""
        elapsed = (time.time() - self._wall_start) * self.speed
        return EPOCH + timedelta(seconds=self._product_start + elapsed)


class FakeClock:
    """A clock that a test moves by hand."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The instant last set."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move on and return the new present."""
        self._now += by
        return self._now


def clock_of(settings: Settings) -> Clock:
    """The clock that this workspace asks for."""
    clock = settings.clock
    if clock.speed == 1.0 and not clock.product_start:
        return SystemClock()
    return ScaledClock(clock.speed, clock.wall_start, clock.product_start)
