"""One error base: a code, what was expected and came, and the fields at fault.

Every error a user can meet is a subclass with a fixed ``code``. The HTTP layer and
the command line print the same three things, so a person who saw an error on screen
finds the same word in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class QingshuError(Exception):
    """Base of all errors that carry meaning for a user.

    Parameters
    ----------
    message:
        One sentence: what was expected, what came, what to do.
    fields:
        Field name to what is wrong with it; empty when no single field is at fault.

    Examples
    --------
    >>> error = InvalidInput("Expected level_m in [0, 20], got -3.", level_m="below 0")
    >>> error.as_body()["error"]["code"]
    'invalid_input'
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields: Mapping[str, Any] = fields

    def as_body(self) -> dict[str, Any]:
        """The one error body of the HTTP API."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "fields": dict(self.fields),
            }
        }


class InvalidInput(QingshuError):
    """The input breaks a rule that its sender can mend."""

    code = "invalid_input"
    status = 422


class NotFound(QingshuError):
    """The named thing does not exist here."""

    code = "not_found"
    status = 404


class Conflict(QingshuError):
    """The request contradicts what is already stored."""

    code = "conflict"
    status = 409


class TransitionNotAllowed(QingshuError):
    """A life cycle has no arrow for this command from this state."""

    code = "transition_not_allowed"
    status = 409


class NotAuthenticated(QingshuError):
    """Nobody is signed in, or the session has run out."""

    code = "not_authenticated"
    status = 401


class Forbidden(QingshuError):
    """Signed in, but the role does not allow it."""

    code = "forbidden"
    status = 403


class TooLarge(QingshuError):
    """The body is larger than this door takes."""

    code = "too_large"
    status = 413


class TooManyRequests(QingshuError):
    """The sender must wait before it tries again."""

    code = "too_many_requests"
    status = 429


class Unavailable(QingshuError):
    """Something this depends on is down; trying again later may work."""

    code = "unavailable"
    status = 503


class WireError(QingshuError):
    """Bytes from outside do not form a message. Subclasses name the cause."""

    code = "wire_error"
    status = 422
