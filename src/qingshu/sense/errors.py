"""What can be wrong with a reading at a door."""

from __future__ import annotations

from qingshu.kernel.errors import InvalidInput


class ReadingRefused(InvalidInput):
    """A request holds nothing that can be taken."""

    code = "reading_refused"
