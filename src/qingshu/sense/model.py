"""What a reading is, and who watches the readings go by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from qingshu.runtime.db import Tx

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


class BatchObserver(Protocol):
    """Keeps state per tank that follows the readings, exactly once.

    The order of calls: :meth:`restore`, :meth:`replay` until the log's end, then
    :meth:`observe` and :meth:`checkpoint` inside the transactions that store the rows.
    When such a transaction fails, everything starts again with :meth:`restore`.
    """

    def restore(self, conn: Connection) -> int:
        """Load the last checkpoint; return the log id that it covers."""

    def replay(self, batch: Batch) -> None:
        """Follow rows after the checkpoint again, silently."""

    def observe(self, tx: Tx, batch: Batch) -> None:
        """Follow new rows and write what they cause."""

    def checkpoint(self, tx: Tx, log_id: int) -> None:
        """Write the state that covers the log up to ``log_id``."""

    def registry_changed(self, conn: Connection) -> None:
        """Read tanks and sensors again."""
