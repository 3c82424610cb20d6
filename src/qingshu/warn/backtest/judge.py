"""What the product would know of each row when it came: doubts of the way in, and rain."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qingshu.sense import rules as sense_rules
from qingshu.sense.memory import Memory
from qingshu.sense.model import Batch, Quality, Quantity
from qingshu.sense.params import SenseParams
from qingshu.warn.backtest.model import DAY_MS, HOUR_MS, Ints, Problem, Rain, Series
from qingshu.warn.engine.contract import Surroundings
from qingshu.warn.params import WarnParams

SENSE_ROWS = 200_000
RAIN_STEP_MS = 600_000
# As the way in of the product: how far ahead of us a device's clock may be.
FUTURE_MS, PAST_MS = 600_000, 3660 * DAY_MS


def judge(series: Series, params: SenseParams) -> tuple[np.ndarray[Any, Any], list[Problem]]:
    """The quality flags that the product's way in would have given, by what came before."""
    memory = Memory()
    out = np.zeros(len(series), np.uint8)
    refused = 0
    for start in range(0, len(series), SENSE_ROWS):
        cut = slice(start, start + SENSE_ROWS)
        tank = series.tank[cut].astype(np.int64)
        clock = sense_rules.judge_clock(
            series.measured_ms[cut], series.received_ms[cut], future_ms=FUTURE_MS,
            past_ms=PAST_MS, flag_ms=params.clock_flag_s * 1000,
        )  # fmt: skip
        off = clock.refused["clock_off"]
        refused += int(off.sum())
        quality = clock.quality | off * np.uint8(Quality.CLOCK)
        batch = Batch(
            tank, tank, np.full(len(tank), Quantity.LEVEL, np.uint8), series.measured_ms[cut],
            series.received_ms[cut], series.level_m[cut].astype(np.float64), quality,
        )  # fmt: skip
        quality[~off] |= _doubts(memory, batch.pick(~off), start, params)
        out[cut] = quality
    problems = []
    if refused:
        message = "Measured after it was received: the rows change no alarm."
        problems.append(Problem("clock_off", "", refused, message))
    return out, problems


def _doubts(
    memory: Memory, batch: Batch, first_id: int, params: SenseParams
) -> np.ndarray[Any, Any]:
    quality = np.zeros(len(batch), np.uint8)
    if len(batch) == 0:
        return quality
    memory.make_room(int(batch.sensor.max()))
    fresh = memory.newer(batch)
    quality[~fresh] = np.uint8(Quality.LATE)
    quality[fresh] = memory.doubts(batch.pick(fresh), params)
    memory.follow(batch.pick(fresh), first_id, params)
    return quality


@dataclass
class Wet:
    """Smoothed rain as the product reckons it, known only up to the moment asked for."""

    rain: Rain | None
    begins: int
    ends: int
    params: WarnParams
    at_ms: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    mm_h: Any = None

    def __post_init__(self) -> None:
        if self.rain is None or len(self.rain.at_ms) == 0:
            return
        self.at_ms = np.arange(self.begins - DAY_MS, self.ends + RAIN_STEP_MS, RAIN_STEP_MS)
        place = np.searchsorted(self.at_ms, self.rain.at_ms)
        inside = (place > 0) & (place < len(self.at_ms))
        fallen = np.bincount(place[inside], self.rain.mm[inside], len(self.at_ms))
        keep = math.exp(-RAIN_STEP_MS / HOUR_MS / self.params.rain_memory_h)
        self.mm_h, now = np.empty(len(fallen)), 0.0
        share = (1 - keep) / (RAIN_STEP_MS / HOUR_MS)
        for k, fresh in enumerate(fallen.tolist()):
            now = now * keep + fresh * share
            self.mm_h[k] = now

    def at(self, now_ms: int) -> Surroundings:
        """Rain that has fallen by ``now_ms``."""
        if self.mm_h is None:
            return Surroundings()
        place = int(np.searchsorted(self.at_ms, now_ms, side="right")) - 1
        return Surroundings(float(self.mm_h[place]))
