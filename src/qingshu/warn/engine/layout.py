"""The memory of one shard of tanks: one contiguous array a column, 145 bytes a tank.

Columns beat one record a tank here: a batch touches twenty columns of thousands of
tanks, and contiguous float32 columns let NumPy do that without strides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np

from qingshu.warn.engine.contract import Array
from qingshu.warn.errors import StateUnreadable

VERSION = 1
MAGIC = b"QSW1"
GROW_BY = 256
GASES = (2, 3, 4, 5)  # Quantity numbers of CH4, H2S, O2, CO.
CHANNELS = (0, 1, 2, 3)

_DELAY: tuple[tuple[str, str], ...] = (
    ("cur", "u1"), ("up_n", "u1"), ("up_sev", "u1"), ("down_n", "u1"), ("down_sev", "u1"),
    ("up_since", "<u4"), ("down_since", "<u4"),
)  # fmt: skip

# Instants in "<u4" columns are seconds since 1970; last_ms is milliseconds.
COLUMNS: dict[str, str] = {
    "last_ms": "<i8",
    **{f"r{k}": "<f4" for k in range(4)},
    "base": "<f4", "noise": "<f4", "fast": "<f4", "slow": "<f4", "step_s": "<f4", "bad": "<f4",
    "first": "<u4", "excess_since": "<u4", "flat_since": "<u4", "bad_since": "<u4", "bad_at": "<u4",
    "excess_n": "u1", "flat_n": "u1", "bad_n": "u1", "good_n": "u1",
    **{f"{name}_{channel}": kind for channel in CHANNELS for name, kind in _DELAY},
    **{f"gas_up_{gas}": "u1" for gas in GASES},
    **{f"gas_hold_{gas}": "u1" for gas in GASES},
    **{f"gas_s_{gas}": "<u4" for gas in GASES},
    "lid_s": "<u4",
}  # fmt: skip

LEVEL_COLUMNS = (
    "last_ms", "r0", "r1", "r2", "r3", "base", "noise", "fast", "slow", "step_s",
    "first", "excess_since", "flat_since", "excess_n", "flat_n",
    "cur_0", "up_n_0", "up_sev_0", "down_n_0", "down_sev_0", "up_since_0", "down_since_0",
)  # fmt: skip


class TankColumns:
    """Columns of one shard. Grows by itself; a new tank is all zeros."""

    __slots__ = ("columns", "size")

    def __init__(self, size: int = 0) -> None:
        self.size = size
        self.columns: dict[str, Array] = {
            name: np.zeros(size, dtype) for name, dtype in COLUMNS.items()
        }

    @property
    def bytes_per_tank(self) -> int:
        """Memory of one tank, bytes."""
        return sum(np.dtype(kind).itemsize for kind in COLUMNS.values())

    def reach(self, index: int) -> None:
        """Make room for the tank at ``index``."""
        if index < self.size:
            return
        size = (index // GROW_BY + 1) * GROW_BY
        for name, column in self.columns.items():
            grown = np.zeros(size, column.dtype)
            grown[: self.size] = column
            self.columns[name] = grown
        self.size = size

    def take(self, names: Iterable[str], index: Array) -> dict[str, Array]:
        """Copies of some columns for some tanks."""
        columns = self.columns
        return {name: columns[name].take(index) for name in names}

    def put(self, values: dict[str, Array], index: Array) -> None:
        """Write columns back for the same tanks."""
        columns = self.columns
        for name, value in values.items():
            columns[name][index] = value

    def to_bytes(self) -> bytes:
        """Magic, header length, JSON header, then the columns in layout order."""
        head = json.dumps({"version": VERSION, "size": self.size, "columns": COLUMNS}).encode()
        body = b"".join(self.columns[name].tobytes() for name in COLUMNS)
        return MAGIC + len(head).to_bytes(4, "little") + head + body

    @classmethod
    def from_bytes(cls, blob: bytes) -> TankColumns:
        """The shard again; raises :class:`StateUnreadable` for another layout.

        >>> state = TankColumns(2)
        >>> state.columns["base"][1] = 1.5
        >>> float(TankColumns.from_bytes(state.to_bytes()).columns["base"][1])
        1.5
        """
        head, start = _header(blob)
        state = cls(int(head["size"]))
        for name, kind in COLUMNS.items():
            size = np.dtype(kind).itemsize * state.size
            piece = blob[start : start + size]
            if len(piece) != size:
                msg = f"Expected {size} bytes of column {name}, got {len(piece)}."
                raise StateUnreadable(msg)
            state.columns[name] = np.frombuffer(piece, kind).copy()
            start += size
        return state


def _header(blob: bytes) -> tuple[dict[str, Any], int]:
    if blob[:4] != MAGIC:
        msg = f"Expected saved tank state to start with {MAGIC!r}, got {blob[:4]!r}."
        raise StateUnreadable(msg)
    start = 8 + int.from_bytes(blob[4:8], "little")
    try:
        head: dict[str, Any] = json.loads(blob[8:start])
    except ValueError as error:
        msg = "Expected a JSON header in saved tank state, got damaged bytes."
        raise StateUnreadable(msg) from error
    if head.get("version") != VERSION or head.get("columns") != COLUMNS:
        msg = f"Expected tank state of layout {VERSION}, got {head.get('version')}."
        raise StateUnreadable(msg)
    return head, start
