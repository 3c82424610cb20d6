"""Errors of the schedule room."""

from __future__ import annotations

from qingshu.kernel.errors import InvalidInput


class DesludgingRefused(InvalidInput):
    """A desludging cannot be recorded: unknown tank, or a day to come."""

    code = "desludging_refused"
