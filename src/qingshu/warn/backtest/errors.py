"""Refusals of a backtest's files; each has its code."""

from __future__ import annotations

from qingshu.kernel.errors import InvalidInput, NotFound


class ColumnMissing(InvalidInput):
    """A file lacks a column, or holds it in an unusable type."""

    code = "column_missing"


class FileUnreadable(InvalidInput):
    """A file is not the csv or parquet that its name says."""

    code = "file_unreadable"


class FileEmpty(InvalidInput):
    """A file has no usable row."""

    code = "file_empty"


class TankRepeated(InvalidInput):
    """A tank stands twice in the list of tanks."""

    code = "tank_repeated"


class TankUnknown(InvalidInput):
    """No reading, or no event, belongs to a listed tank."""

    code = "tank_unknown"


class TruthWrong(InvalidInput):
    """An event's instants contradict each other."""

    code = "truth_wrong"


class EngineUnknown(NotFound):
    """No engine of that name can be loaded."""

    code = "engine_unknown"


class WarmupTooLong(InvalidInput):
    """The warm-up is longer than the readings."""

    code = "warmup_too_long"
