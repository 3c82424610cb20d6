"""Each process says every few seconds that it lives and what troubles it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, Text, select

from qingshu.kernel.instants import from_ms, to_ms
from qingshu.runtime.clock import SystemClock
from qingshu.runtime.db import Tx, metadata

BEAT_EVERY_S = 2.0
STALE_AFTER = timedelta(seconds=15)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("process", String(32), primary_key=True),
    Column("pid", Integer, nullable=False),
    # Wall time, also in a simulated city: a process is alive or not in real seconds.
    Column("wall_ms", BigInteger, nullable=False),
    Column("trouble", Text, nullable=False, server_default=""),
)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last sign of life of one process and the codes of its troubles."""

    process: str
    pid: int
    at: datetime
    trouble: tuple[str, ...]

    def is_fresh(self, wall_now: datetime) -> bool:
        """Whether the process gave a sign of life lately."""
        return wall_now - self.at <= STALE_AFTER


def beat(tx: Tx, process: str, trouble: Sequence[str] = ()) -> None:
    """Say that ``process`` lives; ``trouble`` holds codes of :mod:`.troubles`."""
    row = {
        "process": process,
        "pid": os.getpid(),
        "wall_ms": to_ms(SystemClock().now()),
        "trouble": ",".join(trouble),
    }
    tx.upsert(heartbeat, [row], keys=["process"])


def heartbeats(conn: Connection) -> list[Heartbeat]:
    """The last sign of life of every process that ever ran here."""
    rows = conn.execute(select(heartbeat).order_by(heartbeat.c.process))
    return [
        Heartbeat(r.process, r.pid, from_ms(r.wall_ms), tuple(filter(None, r.trouble.split(","))))
        for r in rows
    ]
