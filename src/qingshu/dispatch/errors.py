"""What a dispatcher can be told no for."""

from __future__ import annotations

from qingshu.kernel.errors import Conflict, NotFound


class DispatchNotFound(NotFound):
    """No dispatch has this id."""

    code = "dispatch_not_found"


class TruckNotFound(NotFound):
    """No active truck has this id."""

    code = "truck_not_found"


class AlreadyDispatched(Conflict):
    """A truck is on its way to this incident already."""

    code = "already_dispatched"


class TruckDoesNotFit(Conflict):
    """This truck cannot do this job; the message says why."""

    code = "truck_does_not_fit"


class NowhereToGo(Conflict):
    """The incident has no place yet."""

    code = "incident_not_placed"


class DispatchEnded(Conflict):
    """The dispatch was cancelled or is done."""

    code = "dispatch_ended"
