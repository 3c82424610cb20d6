"""Decoded rows to a judged batch: levels worked out, nonsense refused, doubt flagged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qingshu.runtime.settings import Ingest
from qingshu.sense import rules
from qingshu.sense.decode import DISTANCE, Rows
from qingshu.sense.devices import Devices
from qingshu.sense.model import Batch, Int64s, Quantity, Refusal
from qingshu.sense.params import SenseParams

_WORDS = {
    "unknown_quantity": "Expected quantity 1 to 9, got {kind}.",
    "bad_value": "Expected a finite number, got {raw}.",
    "wrong_quantity": "Expected a level from this device as registered, got distance {raw} m.",
    "clock_off": "Expected a measured time near now, got {measured} ms since 1970.",
    "level_below_floor": "Expected a level above the tank floor, got {value:.3f} m.",
    "level_above_range": "Expected a value within the sensor's range, got {raw:.3f} m.",
    "value_out_of_range": "Expected a possible value of quantity {kind}, got {raw}.",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rows that are taken, the message of each, and what was refused of which message."""

    batch: Batch
    position: Int64s
    refused: list[Refusal]


def judge(
    rows: Rows, received_ms: Int64s, devices: Devices, ingest: Ingest, params: SenseParams
) -> Verdict:
    """Judge rows; ``received_ms`` is per message."""
    received = received_ms[rows.position]
    is_distance = rows.kind == DISTANCE
    quantity = np.where(is_distance, np.uint8(Quantity.LEVEL), rows.kind)
    unknown = (quantity == 0) | (quantity > max(Quantity))
    is_level = rules.levels_of(quantity)
    by_distance = devices.distance[rows.device]
    offset = devices.offset_m[rows.device]
    value = np.where(is_distance, offset - rows.raw, rows.raw)
    # A level from a distance sensor was worked out on the device: it has its offset already.
    value = np.where(is_level & ~is_distance & ~by_distance, value + offset, value)
    refused = {
        "unknown_quantity": unknown,
        "bad_value": ~np.isfinite(rows.raw),
        "wrong_quantity": is_distance & ~by_distance,
    }
    clock = rules.judge_clock(
        rows.measured_ms, received, future_ms=ingest.future_tolerance_s * 1000,
        past_ms=ingest.past_tolerance_days * 86_400_000, flag_ms=params.clock_flag_s * 1000,
    )  # fmt: skip
    quality = rows.quality | clock.quality
    refused |= clock.refused
    levels = rules.judge_levels(value, rows.raw, devices.range_m[rows.device], params)
    refused |= {code: mask & is_level for code, mask in levels.refused.items()}
    quality = quality | np.where(is_level, levels.quality, 0).astype(np.uint8)
    if not is_level.all():
        spans = rules.judge_spans(np.where(unknown, np.uint8(0), quantity), rows.raw)
        refused |= {code: mask & ~is_level for code, mask in spans.refused.items()}
        quality = quality | np.where(is_level, 0, spans.quality).astype(np.uint8)
    batch = Batch(
        devices.tank[rows.device], devices.sensor[rows.device], quantity, rows.measured_ms,
        received, value, quality,
    )  # fmt: skip
    bad = np.logical_or.reduce(list(refused.values()))
    if not bad.any():
        return Verdict(batch, rows.position, [])
    return Verdict(batch.pick(~bad), rows.position[~bad], _refusals(rows, batch, refused))


def _refusals(
    rows: Rows, batch: Batch, refused: dict[str, np.typing.NDArray[np.bool_]]
) -> list[Refusal]:
    """One refusal per message and code, with the first value that earned it."""
    found: list[Refusal] = []
    settled = np.zeros(len(rows.device), np.bool_)
    for code, mask in refused.items():
        at = np.flatnonzero(mask & ~settled)
        settled |= mask
        if not len(at):
            continue
        positions, first, counts = np.unique(
            rows.position[at], return_index=True, return_counts=True
        )
        for position, place, count in zip(positions.tolist(), at[first], counts, strict=True):
            message = _WORDS[code].format(
                kind=int(rows.kind[place]), raw=float(rows.raw[place]),
                measured=int(rows.measured_ms[place]), value=float(batch.value[place]),
            )  # fmt: skip
            more = f" {count} rows of this message." if count > 1 else ""
            found.append(Refusal(position, code, message + more))
    return found
