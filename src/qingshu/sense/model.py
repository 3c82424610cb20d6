"""What a reading is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
UInt8s = NDArray[np.uint8]
Floats = NDArray[np.float64]


class Quantity(IntEnum):
    """What was measured; the number is stored and travels in frames."""

    LEVEL = 1
    CH4_LEL = 2
    H2S = 3
    O2 = 4
    CO = 5
    LID = 6
    BATTERY = 7
    TEMPERATURE = 8


QUANTITIES = len(Quantity) + 1  # Numbered from 1; row 0 of per-quantity arrays is unused.


class Quality(IntFlag):
    """Why a stored value deserves doubt; GOOD has no doubt."""

    GOOD = 0
    LATE = 1
    CLOCK = 2
    OUT_OF_RANGE = 4
    SPIKE = 8
    STUCK = 16
    FAULT = 32


@dataclass(frozen=True, slots=True)
class Batch:
    """Readings in arrival order: arrays of equal length, already deduplicated.

    ``value`` of LEVEL is metres above the tank floor, gases in % LEL, mg/m³ and
    % by volume, LID 1 open and 0 shut, BATTERY %, TEMPERATURE °C.

    >>> len(Batch.empty())
    0
    """

    tank: Int64s
    sensor: Int64s
    quantity: UInt8s
    measured_ms: Int64s
    received_ms: Int64s
    value: Floats
    quality: UInt8s

    def __len__(self) -> int:
        return len(self.tank)

    @classmethod
    def empty(cls) -> Batch:
        """No readings."""
        whole = np.empty(0, np.int64)
        small = np.empty(0, np.uint8)
        return cls(whole, whole, small, whole, whole, np.empty(0, np.float64), small)

    def pick(self, chosen: NDArray[np.bool_] | Int64s) -> Batch:
        """The rows of a mask or of positions."""
        return Batch(
            self.tank[chosen],
            self.sensor[chosen],
            self.quantity[chosen],
            self.measured_ms[chosen],
            self.received_ms[chosen],
            self.value[chosen],
            self.quality[chosen],
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """One message, or part of it, that was not taken: where in the batch and why."""

    position: int
    code: str
    message: str
