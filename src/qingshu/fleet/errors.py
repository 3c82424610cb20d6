"""What can go wrong at the fleet's doors."""

from __future__ import annotations

from typing import ClassVar

from qingshu.kernel.errors import InvalidInput, NotFound, Unavailable


class UnknownTerminal(InvalidInput):
    """No active truck has this terminal number."""

    code: ClassVar[str] = "unknown_terminal"
    status: ClassVar[int] = 400


class PortTaken(Unavailable):
    """Another program listens on the door's port."""

    code: ClassVar[str] = "port_taken"


class TruckNotFound(NotFound):
    """There is no truck with this id."""

    code: ClassVar[str] = "truck_not_found"
