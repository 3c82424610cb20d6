"""What can be refused about an incident."""

from __future__ import annotations

from qingshu.kernel.errors import Conflict, InvalidInput, NotFound


class IncidentNotFound(NotFound):
    """No incident has this id."""

    code = "incident_not_found"


class IncidentClosed(Conflict):
    """The incident is closed; it must be reopened before anything moves."""

    code = "incident_closed"


class TracksNotDone(Conflict):
    """Closing needs all three tracks done."""

    code = "tracks_not_done"


class UnknownCommand(InvalidInput):
    """The track knows no such command."""

    code = "unknown_command"
