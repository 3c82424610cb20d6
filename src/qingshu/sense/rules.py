"""Judging values: refused, flagged or good. All functions take whole arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qingshu.sense.model import QUANTITIES, Floats, Int64s, Quality, Quantity, UInt8s
from qingshu.sense.params import SPANS, SenseParams

Mask = NDArray[np.bool_]

# Row n: limits of quantity n; LEVEL is judged by its sensor's range instead.
_LIMITS = np.full((QUANTITIES, 4), [-np.inf, np.inf, -np.inf, np.inf])
for _quantity, _span in SPANS.items():
    _LIMITS[_quantity] = (
        _span.trusted_from, _span.trusted_to, _span.possible_from, _span.possible_to,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """Per row: the refusal codes that apply (code → mask) and the quality flags."""

    refused: dict[str, Mask]
    quality: UInt8s


def judge_levels(level_m: Floats, raw_m: Floats, range_m: Floats, params: SenseParams) -> Judged:
    """Levels against the tank floor and the sensor's range.

    >>> import numpy as np
    >>> judged = judge_levels(
    ...     np.array([1.2, -0.03, -0.2]), np.array([1.2, 0.0, 0.0]), np.full(3, 8.0),
    ...     SenseParams())
    >>> judged.refused["level_below_floor"].tolist(), judged.quality.tolist()
    ([False, False, True], [0, 4, 4])
    """
    below = level_m < -params.floor_tolerance_m
    above = (raw_m > range_m * params.range_slack) | (raw_m < -params.floor_tolerance_m)
    doubtful = (level_m < 0) | (raw_m > range_m) | (raw_m < 0)
    quality = doubtful * np.uint8(Quality.OUT_OF_RANGE)
    return Judged({"level_below_floor": below, "level_above_range": above}, quality)


def judge_spans(quantity: UInt8s, value: Floats) -> Judged:
    """Everything but levels against the spans of :mod:`qingshu.sense.params`.

    >>> import numpy as np
    >>> judged = judge_spans(np.array([7, 7, 4], np.uint8), np.array([50.0, 104.0, 99.0]))
    >>> judged.refused["value_out_of_range"].tolist(), judged.quality.tolist()
    ([False, False, True], [0, 4, 4])
    """
    limits = _LIMITS[quantity]
    doubtful = (value < limits[:, 0]) | (value > limits[:, 1])
    impossible = (value < limits[:, 2]) | (value > limits[:, 3])
    quality = doubtful * np.uint8(Quality.OUT_OF_RANGE)
    return Judged({"value_out_of_range": impossible}, quality)


def judge_clock(
    measured_ms: Int64s,
    received_ms: Int64s,
    *,
    future_ms: float,
    past_ms: float,
    flag_ms: float,
) -> Judged:
    """The device's clock against ours.

    >>> import numpy as np
    >>> judged = judge_clock(np.array([0, 400_000, 10**9]), np.zeros(3, np.int64),
    ...     future_ms=600_000, past_ms=10**10, flag_ms=300_000)
    >>> judged.refused["clock_off"].tolist(), judged.quality.tolist()
    ([False, False, True], [0, 2, 2])
    """
    ahead = measured_ms - received_ms
    off = (ahead > future_ms) | (ahead < -past_ms)
    return Judged({"clock_off": off}, (ahead > flag_ms) * np.uint8(Quality.CLOCK))


def spikes(value: Floats, before: Floats, gap_ms: Int64s, params: SenseParams) -> Mask:
    """Changes too large and too fast for sewage; ``before`` NaN means no earlier value.

    The next value is compared with the spike, so a true step is doubted only once.

    >>> import numpy as np
    >>> spikes(np.array([3.0, 1.1, 3.0]), np.array([1.0, 1.0, 1.0]),
    ...     np.array([60_000, 60_000, 900_000]), SenseParams()).tolist()
    [True, False, False]
    """
    with np.errstate(invalid="ignore"):
        change = np.abs(value - before)
        return (change > params.spike_m) & (change > params.spike_m_per_min * gap_ms / 60_000)


def stuck(same_count: Int64s, same_ms: Int64s, params: SenseParams) -> Mask:
    """Values that have not moved for too many readings and too long.

    >>> import numpy as np
    >>> stuck(np.array([96, 200]), np.array([49, 1]) * 3_600_000, SenseParams()).tolist()
    [True, False]
    """
    return (same_count >= params.stuck_readings) & (same_ms >= params.stuck_hours * 3_600_000)


def levels_of(quantity: UInt8s) -> Mask:
    """Which rows are levels."""
    return np.equal(quantity, Quantity.LEVEL)
