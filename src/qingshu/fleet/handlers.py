"""What the fleet does by itself: look for trucks that fell silent."""

from __future__ import annotations

from collections.abc import Callable

from qingshu.fleet import service
from qingshu.runtime.db import Tx
from qingshu.runtime.relay import Handler
from qingshu.runtime.timers import TimerHandler

HANDLERS: dict[str, Handler] = {}
TIMERS: dict[str, TimerHandler] = {}
# (what to run in a transaction of its own, every so many wall seconds)
SWEEPS: tuple[tuple[Callable[[Tx], object], float], ...] = ((service.sweep_lost, 15.0),)
