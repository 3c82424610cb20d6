"""A tiny deterministic observer: says once when a tank's level first passes a line."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from sqlalchemy import Connection

from qingshu.kernel.events import Event
from qingshu.runtime.db import Tx
from qingshu.runtime.settings import Settings
from qingshu.sense.model import Batch, Quantity

LINE_M = 2.0


class LineCrossed(Event, frozen=True, kw_only=True):
    """A tank's level passed the line for the first time."""

    kind: ClassVar[str] = "line.crossed"
    subject_kind: ClassVar[str] = "tank"


class Crossing:
    """Its whole state is rebuilt from the log, so replaying must be exact."""

    def __init__(self, settings: Settings) -> None:
        self._above: set[int] = set()

    def restore(self, conn: Connection) -> int:
        self._above = set()
        return 0

    def replay(self, batch: Batch) -> None:
        self._above |= self._passing(batch)

    def observe(self, tx: Tx, batch: Batch) -> None:
        for tank in sorted(self._passing(batch) - self._above):
            tx.emit(LineCrossed(subject_id=tank))
            self._above.add(tank)

    def checkpoint(self, tx: Tx, log_id: int) -> None: ...

    def registry_changed(self, conn: Connection) -> None: ...

    @staticmethod
    def _passing(batch: Batch) -> set[int]:
        chosen = np.flatnonzero((batch.quantity == Quantity.LEVEL) & (batch.value > LINE_M))
        return set(batch.tank[chosen].tolist())
