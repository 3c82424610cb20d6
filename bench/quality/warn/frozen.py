"""From scores to alarms: a threshold frozen on the calibration worlds, then one run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from qingshu.twin.worlds import World
from qingshu.warn.backtest.ledger import Ledger, keep_ledger
from qingshu.warn.backtest.model import HOUR_MS, Alarms, Causes, Rain, Truth, Watch

Array = np.ndarray[Any, Any]
HOLD_MS = 6 * HOUR_MS
TARGETS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
STEPS = 18


@dataclass(frozen=True, slots=True)
class Stream:
    """Scores by tank and then by time of arrival."""

    tank: Array
    at_ms: Array
    score: Array


@dataclass(frozen=True, slots=True)
class Scene:
    """What a world's alarms are settled against."""

    truth: Truth
    watch: Watch
    causes: Causes
    rain: Rain
    interval_ms: int


def scene(world: World, warmup_ms: int) -> Scene:
    """The truth of a world, watched from the end of the warm-up."""
    t, tanks = world.truth, len(world.station.name)
    begin = int(world.base_ms[0]) + warmup_ms
    end = int(world.base_ms[-1]) + world.interval_ms
    return Scene(
        Truth(t.tank, t.onset_ms, t.overflow_ms, t.cleared_ms, t.visible_ms, t.oracle_ms, t.kind),
        Watch(np.full(tanks, begin), np.full(tanks, end)),
        Causes(
            np.array([c.tank for c in world.causes], np.int64),
            np.array([c.from_ms for c in world.causes], np.int64),
            np.array([c.to_ms for c in world.causes], np.int64),
            [c.cause for c in world.causes],
        ),
        Rain(world.base_ms, world.rain_mm),
        world.interval_ms,
    )


def stream_of(world: World, scores: Array, from_ms: int) -> Stream:
    """A matrix of scores as one stream, from the end of the warm-up."""
    row = int(np.searchsorted(world.base_ms, from_ms))
    part = scores[row:].T
    tank, k = np.nonzero(np.isfinite(part))
    return Stream(tank, world.base_ms[row + k] + world.offset_ms[tank], part[tank, k])


def alarms_at(stream: Stream, threshold: float, interval_ms: int) -> Alarms:
    """Alarms of a stream; one that comes again within six hours is the same."""
    high = np.flatnonzero(stream.score >= threshold)
    tank, at = stream.tank[high], stream.at_ms[high]
    hold = max(HOLD_MS, 3 * interval_ms)
    cut = np.flatnonzero((np.diff(tank) != 0) | (np.diff(at) > hold)) + 1
    first = np.concatenate(([0], cut)) if len(high) else np.empty(0, np.int64)
    last = np.concatenate((cut, [len(high)])) - 1 if len(high) else np.empty(0, np.int64)
    n = len(first)
    blank = np.full(n, np.nan)
    return Alarms(
        tank[first], at[first], at[last] + interval_ms, np.ones(n, np.int64),
        blank, blank, blank, blank, ["level"] * n, [""] * n,
    )  # fmt: skip


def settle(stream: Stream, threshold: float, where: Scene) -> Ledger:
    """The ledger of one threshold; causes are not looked up."""
    return keep_ledger(alarms_at(stream, threshold, where.interval_ms), where.truth, where.watch)


def freeze(streams: list[Stream], scenes: list[Scene], target: float) -> float:
    """The lowest threshold whose false alarms keep to ``target`` on these worlds together.

    Bisection over the ranks of all scores. Infinite where no threshold keeps to it.
    """
    every = np.unique(np.concatenate([one.score for one in streams]))

    def rate(threshold: float) -> float:
        found = [settle(s, threshold, w) for s, w in zip(streams, scenes, strict=True)]
        return sum(int(x.false_by_tank.sum()) for x in found) / sum(
            float(x.years_by_tank.sum()) for x in found
        )

    low, high = 0, len(every)  # high keeps the target, low does not or is not known to.
    for _ in range(STEPS):
        if high - low <= 1:
            break
        # False alarms are rare: look among the highest scores first.
        middle = high - max(1, (high - low) // 2)
        if rate(float(every[middle])) <= target:
            high = middle
        else:
            low = middle
    return float(every[high]) if high < len(every) else float("inf")
