"""What can go wrong at the fleet's doors."""

from __future__ import annotations

from typing import ClassVar

from qingshu.kernel.errors import InvalidInput, NotFound


class UnknownTerminal(InvalidInput):
    """No active truck has this terminal number."""

    code: ClassVar[str] = "unknown_terminal"
    status: ClassVar[int] = 400


class UnknownTruck(NotFound):
    """There is no truck with this id."""

    code: ClassVar[str] = "unknown_truck"
