"""What can be wrong with a file that somebody imports."""

from __future__ import annotations

from qingshu.kernel.errors import InvalidInput, TooLarge


class UnreadableFile(InvalidInput):
    """The file is not what its name says, or it is broken."""

    code = "unreadable_file"


class MissingColumn(InvalidInput):
    """A column without which no row can be taken is absent."""

    code = "missing_column"


class FileTooLarge(TooLarge):
    """The file, or what it unpacks to, is larger than an import takes."""

    code = "file_too_large"


class ThingNotValid(InvalidInput):
    """The new values break a rule of the registry; ``fields`` names each."""

    code = "not_valid"
