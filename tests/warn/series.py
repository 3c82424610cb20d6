"""Plays made-up series into an engine, one tank, and keeps what it said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qingshu.warn.engine import Engine, FirstRule
from qingshu.warn.engine.contract import Rows, Shape, Surroundings
from qingshu.warn.model import Channel, Transition

T0 = 1_795_500_000_000
HOUR = 3_600_000
MINUTE = 60_000
LEVEL, CH4, LID = 1, 2, 6
SHAPE = Shape(1, 1.5, 2.0)


def rows(
    levels: Any,
    at_ms: Any,
    *,
    quantity: int = LEVEL,
    quality: Any = 0,
    tank: int = 1,
) -> Rows:
    """Readings of one tank."""
    values = np.asarray(levels, float)
    size = len(values)
    return Rows(
        np.full(size, tank),
        np.full(size, tank),
        np.full(size, quantity, np.uint8),
        np.asarray(at_ms, np.int64),
        values,
        np.broadcast_to(np.asarray(quality, np.uint8), size).copy(),
    )


def usual(hours: float, step_min: float = 10, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A healthy tank: outlet head with a day's shape and 4 mm of noise."""
    at = T0 + (np.arange(int(hours * 60 / step_min)) * step_min * MINUTE).astype(np.int64)
    day = (at % (24 * HOUR)) / HOUR
    rng = np.random.default_rng(seed)
    head = 0.02 + 0.015 * np.sin((day - 6) / 24 * 2 * np.pi)
    return 1.5 + head + 0.004 * rng.standard_normal(len(at)), at


@dataclass
class Player:
    """One engine, one shard, one tank."""

    engine: Engine = field(default_factory=FirstRule)
    rain: float = 0.0
    said: list[Transition] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = self.engine.new_state()
        self.limits = self.engine.limits([SHAPE], 1)

    def play(self, batch: Rows) -> list[Transition]:
        """Feed a batch; return and keep what it caused."""
        now = int(batch.measured_ms.max()) if len(batch) else T0
        found = self.engine.advance(self.state, batch, self.limits, Surroundings(self.rain), now)
        self.said += found
        return found

    def one_by_one(self, batch: Rows) -> list[Transition]:
        """Feed the same rows each in its own batch."""
        found = []
        for k in range(len(batch)):
            found += self.play(batch.pick(np.array([k])))
        return found

    def reload(self) -> None:
        """Forget everything but the saved bytes."""
        self.state = self.engine.load_state(self.state.to_bytes())

    def of(self, channel: Channel) -> list[Transition]:
        """What was said of one channel."""
        return [t for t in self.said if t.channel is channel]
