"""Use cases of the fleet. A caller's transaction goes in, events come out of it."""

from __future__ import annotations

from qingshu.fleet.service.positions import heard, record_past, record_positions
from qingshu.fleet.service.presents import params_of
from qingshu.fleet.service.reads import (
    arrived_at,
    fleet,
    last_position_id,
    positions_after,
    present,
    track,
)
from qingshu.fleet.service.states import set_state, sweep_lost
from qingshu.fleet.service.terminals import authenticate, register_terminal, terminal_trucks

__all__ = [
    "arrived_at",
    "authenticate",
    "fleet",
    "heard",
    "last_position_id",
    "params_of",
    "positions_after",
    "present",
    "record_past",
    "record_positions",
    "register_terminal",
    "set_state",
    "sweep_lost",
    "terminal_trucks",
    "track",
]
