"""A life cycle is a literal table of arrows and one function that follows them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from qingshu.kernel.errors import TransitionNotAllowed

S = TypeVar("S", bound=StrEnum)
C = TypeVar("C", bound=StrEnum)

Table = Mapping[tuple[S, C], S]


def follow(table: Table[S, C], state: S, command: C) -> S:
    """The state after ``command``, or :class:`TransitionNotAllowed`.

    >>> class Lamp(StrEnum):
    ...     OFF = "off"
    ...     ON = "on"
    >>> class Press(StrEnum):
    ...     UP = "up"
    >>> follow({(Lamp.OFF, Press.UP): Lamp.ON}, Lamp.OFF, Press.UP)
    <Lamp.ON: 'on'>
    """
    try:
        return table[(state, command)]
    except KeyError:
        allowed = commands_from(table, state)
        expected = ", ".join(allowed) if allowed else "nothing, it has ended"
        msg = f"Expected one of ({expected}) from state {state}, got {command}."
        raise TransitionNotAllowed(
            msg, state=str(state), command=str(command), allowed=allowed
        ) from None


def commands_from(table: Table[S, C], state: S) -> list[str]:
    """The commands that have an arrow from ``state``, in table order."""
    return [str(command) for (origin, command) in table if origin == state]
