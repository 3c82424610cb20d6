"""Timers and sweeps of the warn room. It listens to no earlier room's events."""

from __future__ import annotations

from collections.abc import Callable

from qingshu.runtime.db import Tx
from qingshu.runtime.relay import Handler
from qingshu.runtime.timers import Timer, TimerHandler
from qingshu.warn import service
from qingshu.warn.service import process


def _escalate(tx: Tx, timer: Timer) -> None:
    service.escalate(tx, timer.subject_id)


def _realarm(tx: Tx, timer: Timer) -> None:
    service.realarm(tx, timer.subject_id)


def _shelf_over(tx: Tx, timer: Timer) -> None:
    service.expire_shelf(tx, timer.subject_id)


HANDLERS: dict[str, Handler] = {}
TIMERS: dict[str, TimerHandler] = {
    process.ESCALATE: _escalate,
    process.REALARM: _realarm,
    process.SHELF_OVER: _shelf_over,
}
# What the clerk does every so many seconds.
SWEEPS: tuple[tuple[Callable[[Tx], int], float], ...] = ((service.sweep_comms, 30.0),)
