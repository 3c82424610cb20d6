"""What the learned engine keeps: the first rule's columns and 88 bytes more a tank.

Beside the columns a shard keeps a few numbers that belong to all its tanks: how many are
rising together, the rain's recent peak, and how excursions scored (for the alarm budget).
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from qingshu.warn.engine import layout
from qingshu.warn.engine.contract import Array
from qingshu.warn.engine.layout import GROW_BY, TankColumns
from qingshu.warn.engine.level import KINDS
from qingshu.warn.errors import StateUnreadable

VERSION = 1
MAGIC = b"QSF1"
BINS = 16  # Of one day: 90 minutes each.
PROFILE_UNIT_M = 5e-5
SCORE_BINS, SCORE_LOW, SCORE_STEP = 48, -8.0, 1 / 3  # Histogram of excursion peaks.

EXTRA: dict[str, str] = {
    "gain": "<f4", "sigma": "<f4", "ev": "<f4", "day": "<f4", "qa": "<f4",
    "watch": "u1", "e_n": "u1", "calm_n": "u1",
    "e_since": "<u4", "e_path": "<f4", "e_shape": "<f4",
    "e_first": "<f2", "e_step": "<f2", "e_top": "<f2", "e_down": "<f2", "e_rough": "<f2",
    "e_score": "<f2", "last_top": "<f2", "foam_n": "<f2", "foam_at": "<u4",
}  # fmt: skip
COLUMNS: dict[str, str] = {**layout.COLUMNS, **EXTRA}

# Of the shard. Counts of the present ten minutes and fading sums of those before.
NUMBERS = (
    "bucket", "now_seen", "now_above", "now_rising", "seen", "above", "rising",
    "now_rain", "rain_peak", "first_bucket", "day",
)  # fmt: skip


class ForesightMemory(TankColumns):
    """Columns of one shard and the shard's own numbers; grows by itself."""

    __slots__ = ("bar", "numbers", "peaks", "profile", "watched_ms")

    def __init__(self, size: int = 0) -> None:
        self.size = size
        self.columns: dict[str, Array] = {
            name: np.zeros(size, dtype) for name, dtype in COLUMNS.items()
        }
        self.profile = np.zeros((size, BINS), np.int16)
        self.numbers = dict.fromkeys(NUMBERS, 0.0)
        # How many finished excursions peaked at which score, by sensor model; tank-milliseconds.
        self.peaks = np.zeros((KINDS, SCORE_BINS))
        self.watched_ms = np.zeros(KINDS)
        # What the budget adds to the shipped bar, log-odds, by sensor model.
        self.bar = np.zeros(KINDS)

    @property
    def bytes_per_tank(self) -> int:
        """Memory of one tank, bytes."""
        return sum(np.dtype(kind).itemsize for kind in COLUMNS.values()) + 2 * BINS

    def reach(self, index: int) -> None:
        """Make room for the tank at ``index``."""
        if index < self.size:
            return
        size = (index // GROW_BY + 1) * GROW_BY
        for name, column in self.columns.items():
            grown = np.zeros(size, column.dtype)
            grown[: self.size] = column
            self.columns[name] = grown
        profile = np.zeros((size, BINS), np.int16)
        profile[: self.size] = self.profile
        self.profile, self.size = profile, size

    def _pieces(self) -> list[Array]:
        numbers = np.array([self.numbers[name] for name in NUMBERS], "<f8")
        shard = [numbers, self.peaks.astype("<f8"), self.watched_ms.astype("<f8")]
        return [*shard, self.bar.astype("<f8"), self.profile.astype("<i2")]

    def to_bytes(self) -> bytes:
        """Magic, header length, JSON header, the shard's numbers, then the columns."""
        head = json.dumps({"version": VERSION, "size": self.size, "columns": COLUMNS}).encode()
        body = b"".join(piece.tobytes() for piece in self._pieces())
        body += b"".join(self.columns[name].tobytes() for name in COLUMNS)
        return MAGIC + len(head).to_bytes(4, "little") + head + body

    @classmethod
    def from_bytes(cls, blob: bytes) -> ForesightMemory:
        """The shard again; raises :class:`StateUnreadable` for another layout.

        >>> memory = ForesightMemory(2)
        >>> memory.columns["qa"][1] = 0.5
        >>> float(ForesightMemory.from_bytes(memory.to_bytes()).columns["qa"][1])
        0.5
        """
        head, at = _header(blob)
        state = cls(int(head["size"]))
        pieces = state._pieces()
        wanted = sum(piece.nbytes for piece in pieces) + sum(
            np.dtype(kind).itemsize * state.size for kind in COLUMNS.values()
        )
        if len(blob) - at != wanted:
            msg = f"Expected {wanted} bytes of tank state, got {len(blob) - at}."
            raise StateUnreadable(msg)
        read: list[Array] = []
        for piece in pieces:
            part = np.frombuffer(blob, piece.dtype, piece.size, at).reshape(piece.shape)
            read.append(part.copy())
            at += piece.nbytes
        state.numbers = dict(zip(NUMBERS, read[0].tolist(), strict=True))
        state.peaks, state.watched_ms, state.bar, state.profile = read[1:]
        for name, kind in COLUMNS.items():
            state.columns[name] = np.frombuffer(blob, kind, state.size, at).copy()
            at += np.dtype(kind).itemsize * state.size
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
