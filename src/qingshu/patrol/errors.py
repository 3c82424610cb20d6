"""Errors of the patrol room."""

from __future__ import annotations

from qingshu.kernel.errors import Conflict, InvalidInput, NotFound


class RoundNotFound(NotFound):
    """No round has this id."""

    code = "round_not_found"


class FindingNotFound(NotFound):
    """No finding has this id."""

    code = "finding_not_found"


class TankNotRegistered(InvalidInput):
    """A tank of the request is not in the registry."""

    code = "tank_not_registered"


class RoundNotUnderWay(Conflict):
    """A finding names a round that nobody is walking."""

    code = "round_not_under_way"
