"""What can go wrong in the inbox."""

from __future__ import annotations

from qingshu.kernel.errors import InvalidInput, NotFound


class ReportNotFound(NotFound):
    """There is no such report, or the phone tail does not fit it."""

    code = "report_not_found"


class EmptyReport(InvalidInput):
    """A report must say something or name a place."""

    code = "empty_report"


class TextTooLong(InvalidInput):
    """The text is longer than a report keeps."""

    code = "text_too_long"
