"""What every warning engine takes and gives, so that a learned one can replace the first.

An engine is pure: it owns no clock, no database and no randomness. The same rows in the
same order give the same transitions, whether they come one by one or in one batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qingshu.warn.model import Transition

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """Readings of one shard in arrival order; arrays of equal length.

    ``index`` is the tank's place in the shard (tank id // shards). Values are float64,
    levels in metres above the tank floor.
    """

    index: Array
    tank: Array
    quantity: Array
    measured_ms: Array
    value: Array
    quality: Array

    def __len__(self) -> int:
        return len(self.index)

    def pick(self, chosen: Array | slice) -> Rows:
        """The rows named by a mask or by positions."""
        return Rows(
            self.index[chosen], self.tank[chosen], self.quantity[chosen],
            self.measured_ms[chosen], self.value[chosen], self.quality[chosen],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """What the registry knows of one tank, metres above its floor.

    ``sensor_model`` names the kind of level sensor; alarm budgets are held by kind.
    """

    tank_id: int
    outlet_m: float
    cover_m: float
    sensor_model: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is the same for all tanks: smoothed rain, mm/h.

    ``rain_mm_h`` is one number, or one per row of the batch when history is played.
    """

    rain_mm_h: float | Array = 0.0


class ShardState(Protocol):
    """The engine's memory of one shard."""

    def to_bytes(self) -> bytes:
        """The whole memory, with a version, independent of the machine."""

    @property
    def bytes_per_tank(self) -> int:
        """Memory of one tank."""


class Engine(Protocol):
    """Turns readings into severity transitions, shard by shard."""

    name: str

    def new_state(self) -> Any:
        """An empty shard."""

    def load_state(self, blob: bytes) -> Any:
        """A shard from :meth:`ShardState.to_bytes`; raises ``StateUnreadable``."""

    def limits(self, shapes: list[Shape], shards: int) -> Any:
        """What the engine derives from the registry for one shard."""

    def advance(
        self, state: Any, rows: Rows, limits: Any, around: Surroundings, now_ms: int
    ) -> list[Transition]:
        """Take rows in arrival order, change ``state`` in place, report transitions."""

    def severity(self, state: Any, index: int) -> dict[int, int]:
        """Severity of each channel of one tank."""


def split(
    tank: Array, quantity: Array, measured_ms: Array, value: Array, quality: Array, shards: int
) -> list[tuple[int, Rows]]:
    """Cut one batch into its shards, keeping arrival order inside each."""
    shard = (tank % shards).astype(np.uint16)
    order = np.argsort(shard, kind="stable")
    bounds = np.concatenate(([0], np.cumsum(np.bincount(shard, minlength=shards))))
    tank, quantity, quality = tank[order], quantity[order], quality[order]
    measured_ms, value = measured_ms[order], value[order]
    index = tank // shards
    parts = []
    for number in range(shards):
        cut = slice(int(bounds[number]), int(bounds[number + 1]))
        if cut.start < cut.stop:
            rows = Rows(
                index[cut], tank[cut], quantity[cut], measured_ms[cut], value[cut], quality[cut]
            )
            parts.append((number, rows))
    return parts


def rounds(index: Array) -> list[Array | slice]:
    """Positions cut so that each part holds a tank at most once, first come first.

    >>> [part.tolist() for part in rounds(np.array([7, 3, 7, 7]))]
    [[0, 1], [2], [3]]
    >>> rounds(np.array([7, 3]))
    [slice(None, None, None)]
    """
    if len(index) == 0:
        return []
    counts = np.bincount(index)
    if counts.max() == 1:
        return [slice(None)]
    order = np.argsort(index, kind="stable")
    per_tank = counts[counts > 0]
    starts = np.repeat(np.cumsum(per_tank) - per_tank, per_tank)
    rank = np.empty(len(index), np.int64)
    rank[order] = np.arange(len(index)) - starts
    by_rank = np.argsort(rank, kind="stable")
    bounds = np.cumsum(np.bincount(rank))
    return list(np.split(by_rank, bounds[:-1]))
