"""Tunable numbers of the way in; override them under ``[params.sense]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from qingshu.kernel.errors import InvalidInput
from qingshu.sense.model import Quantity


@dataclass(frozen=True, slots=True)
class Span:
    """Limits of one quantity: outside ``trusted`` is flagged, outside ``possible`` refused."""

    trusted_from: float
    trusted_to: float
    possible_from: float
    possible_to: float


# Units as in Batch. Gas ranges are those of common four-gas instruments; a value past the
# span of its cell is still a warning, so the possible range is wider than the trusted one.
SPANS: Final[Mapping[Quantity, Span]] = {
    Quantity.CH4_LEL: Span(0, 100, -2, 120),
    Quantity.H2S: Span(0, 500, -2, 2000),
    Quantity.O2: Span(0, 25, -1, 30),
    Quantity.CO: Span(0, 1500, -5, 5000),
    Quantity.LID: Span(0, 1, 0, 1),
    Quantity.BATTERY: Span(0, 100, 0, 110),
    Quantity.TEMPERATURE: Span(-30, 70, -60, 120),
}


@dataclass(frozen=True, slots=True)
class SenseParams:
    """Tunable numbers of ``sense``.

    Parameters
    ----------
    floor_tolerance_m:
        A level this far below the floor is calibration, below that nonsense. Metres, [0, 1].
        Default 0.05: what ultrasonic heads promise at 5 m (±1 %).
    range_slack:
        A raw value beyond the sensor's range times this is refused, up to it only flagged.
        Factor, [1, 3].
    clock_flag_s:
        A measured time further ahead than this is flagged CLOCK. Seconds, [0, 86400].
    spike_m:
        A change smaller than this is never a spike. Metres, (0, 5].
    spike_m_per_min:
        A change faster than this is a spike. Metres a minute, (0, 10]. Default 0.6: a
        pump of 3 m³/min on the smallest registered tank (6 m²) moves 0.5.
    stuck_hours, stuck_readings:
        Unchanged for both is STUCK. Hours, (0, 1000]; count, [3, 100000].
    stuck_m:
        Changes up to this count as none. Metres, [0, 0.1].
    max_single_bytes, max_frame_bytes:
        Largest JSON message and largest frame. Bytes, [64, 2^24].
    checkpoint_s, checkpoint_rows:
        A checkpoint is due after this long or this many rows. Seconds, (0, 600]; count,
        [1, 10^7]; a restart reads that many rows again.
    """

    floor_tolerance_m: float = 0.05
    range_slack: float = 1.25
    clock_flag_s: float = 300.0
    spike_m: float = 0.3
    spike_m_per_min: float = 0.6
    stuck_hours: float = 48.0
    stuck_readings: int = 96
    stuck_m: float = 0.0001
    max_single_bytes: int = 4096
    max_frame_bytes: int = 262_144
    checkpoint_s: float = 10.0
    checkpoint_rows: int = 200_000

    def __post_init__(self) -> None:
        """Refuse numbers outside the ranges above."""
        for field in fields(self):
            low, high = _RANGES[field.name]
            value = getattr(self, field.name)
            if not low <= value <= high:
                msg = f"Expected {field.name} in [{low}, {high}], got {value}."
                raise InvalidInput(msg, **{f"params.sense.{field.name}": "out of range"})


_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "floor_tolerance_m": (0, 1),
    "range_slack": (1, 3),
    "clock_flag_s": (0, 86_400),
    "spike_m": (1e-6, 5),
    "spike_m_per_min": (1e-6, 10),
    "stuck_hours": (1e-3, 1000),
    "stuck_readings": (3, 100_000),
    "stuck_m": (0, 0.1),
    "max_single_bytes": (64, 2**24),
    "max_frame_bytes": (64, 2**24),
    "checkpoint_s": (1e-3, 600),
    "checkpoint_rows": (1, 10**7),
}
