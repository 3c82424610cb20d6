"""Errors of the warn room."""

from __future__ import annotations

from qingshu.kernel.errors import Conflict, InvalidInput, NotFound, QingshuError


class AlarmNotFound(NotFound):
    """No alarm has this id."""

    code = "alarm_not_found"


class ShelvingRefused(InvalidInput):
    """The time or the reason of a shelving is not allowed."""

    code = "shelving_refused"


class AlarmHasNoTank(Conflict):
    """A gateway alarm cannot be taken out of service; its sensors can."""

    code = "alarm_has_no_tank"


class StateUnreadable(QingshuError):
    """Saved tank state was written by another layout or is damaged."""

    code = "state_unreadable"


class ModelUnreadable(QingshuError):
    """A learned model was made for another engine or is damaged."""

    code = "model_unreadable"
