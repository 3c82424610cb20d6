"""Who watches the readings go by: the port that ``warn`` fills."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Connection

from qingshu.runtime.db import Tx
from qingshu.sense.model import Batch


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
