"""The cheap filter: what every good level reading passes, whatever it says.

Median, slow baseline and slope are the first rule's. On top come the tank's own day (16
bins), its answer to rain, its noise, and the evidence that it stands above all of these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qingshu.warn.engine import level
from qingshu.warn.engine.contract import Array, Rows
from qingshu.warn.engine.foresight.memory import BINS, PROFILE_UNIT_M, ForesightMemory
from qingshu.warn.engine.level import Limits
from qingshu.warn.params import HOUR_S, WarnParams

F = np.float32
BIN_S = 86_400 // BINS
BUCKET_MS = 600_000
LONGEST_MS = 6 * 3_600_000  # A reading stands for six hours at most.
LEVEL_HELD = (
    "last_ms", "r0", "r1", "r2", "r3", "base", "noise", "fast", "slow", "step_s",
    "first", "flat_since", "flat_n", "gain", "sigma", "ev", "day", "watch",
)  # fmt: skip
# What a gap resets beside; touched only then. And what is written back only when it changed.
GAPPED = ("excess_n", "up_n_0", "down_n_0")
SELDOM = {"first", "gain", "watch"}
OFTEN = tuple(name for name in LEVEL_HELD if name not in SELDOM)
# Tuning of the filter, own choice. Hours; metres; the residual is clipped.
SIGMA_TAU_H, PROFILE_TAU_H, DAY_TAU_H = 60.0, 240.0, 12.0
CLIP_M, SIGMA_MIN_M, ABOVE_M, ABOVE_SIGMA = 0.03, 0.002, 0.02, 3.0
LOW_M, EVIDENCE_MOST, RISING_M_H = -0.08, 1000.0, 0.005
WET_MM_H = 0.2
_UNUSED = np.empty(0, F)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the filter made of one reading each of distinct tanks."""

    middle: Array
    dev: Array
    above: Array
    low: Array
    rate: Array
    left_h: Array
    age_s: Array
    elapsed_h: Array
    jump: Array
    bend: Array
    bin: Array

    def of(self, chosen: Array) -> Seen:
        """The same for some of the tanks."""
        return Seen(*(getattr(self, name)[chosen] for name in self.__slots__))


def follow(
    state: ForesightMemory, rows: Rows, limits: Limits, rain: float | Array, params: WarnParams
) -> tuple[dict[str, Array], Seen]:
    """Advance the cheap columns; returns what they hold now and what was seen."""
    index, value = rows.index, rows.value.astype(F)
    at_s = rows.measured_ms // 1000
    held = state.take(LEVEL_HELD, index)
    before_ms = held["last_ms"]
    broken = bool((rows.measured_ms - before_ms > params.gap_s * 1000).any())
    if broken:
        held |= state.take(GAPPED, index)
        bounds = limits.of(index)
    else:
        bounds = Limits(limits.cover.take(index), *(_UNUSED,) * 7)
    got = level.learn(held, value, at_s, rows.measured_ms, bounds, params)
    middle, new = got["middle"], before_ms == 0
    elapsed_ms = np.minimum(rows.measured_ms - before_ms, LONGEST_MS)
    if limits.kind.any():
        kind = limits.kind.take(index)
        state.watched_ms += np.bincount(kind, elapsed_ms, len(state.watched_ms))
    else:
        state.watched_ms[0] += int(elapsed_ms.sum())
    elapsed_h = elapsed_ms.astype(F) * F(1 / 3.6e6)
    bins = (at_s % 86_400) // BIN_S
    usual = state.profile[index, bins] * F(PROFILE_UNIT_M)
    dev = middle - held["base"] - usual
    wet = np.max(rain) > WET_MM_H
    if wet:
        dev -= held["gain"] * np.asarray(rain, F)
    if new.any():
        held["sigma"] = np.where(new, F(0.006), held["sigma"])
        held["day"] = np.where(new, middle, held["day"])
    sigma = held["sigma"]
    above = dev > np.maximum(sigma * F(ABOVE_SIGMA), F(ABOVE_M))
    low = dev < F(LOW_M)
    small = np.clip(dev, F(-CLIP_M), F(CLIP_M))
    young = got["age_s"] < params.base_young_h * HOUR_S
    share = elapsed_h * np.where(young, F(3 / SIGMA_TAU_H), F(1 / SIGMA_TAU_H))
    calm = np.where(above, share * F(0.2), share)
    held["sigma"] = np.maximum(sigma + (np.abs(small) - sigma) * calm, F(SIGMA_MIN_M))
    held["ev"] = np.clip(
        held["ev"] + (np.clip(dev / sigma, F(-4), F(4)) - F(1.5)) * elapsed_h, F(0),
        F(EVIDENCE_MOST),
    )  # fmt: skip
    held["day"] += (middle - held["day"]) * np.minimum(elapsed_h * F(1 / DAY_TAU_H), F(1))
    # A bin is met for 1/16 of the time, so its own share is 16 times the elapsed one.
    pull = small * share * F(BINS * SIGMA_TAU_H / PROFILE_TAU_H)
    changed = (usual + np.where(low, F(0), pull)) * F(1 / PROFILE_UNIT_M)
    state.profile[index, bins] = np.clip(np.rint(changed), -32_000, 32_000).astype(np.int16)
    if wet:
        _learn_rain(held, small, elapsed_h, np.asarray(rain, F))
    _store(state, held, index, ("first", *GAPPED) if broken else (), ("gain",) if wet else ())
    jump = held["r0"] - held["r1"]
    bend = jump - (held["r1"] - held["r2"])
    seen = Seen(
        middle, dev, above, low, got["rate"], got["left"], got["age_s"], elapsed_h, jump, bend,
        bins,
    )  # fmt: skip
    return held, seen


def _store(
    state: ForesightMemory, held: dict[str, Array], index: Array, *seldom: tuple[str, ...]
) -> None:
    names = [*OFTEN, *(name for group in seldom for name in group)]
    state.put({name: held[name] for name in names}, index)


def _learn_rain(held: dict[str, Array], small: Array, elapsed_h: Array, rain: Array) -> None:
    """Rain gain by normalised least mean squares; never negative."""
    step = small * rain / (rain * rain + F(1.0)) * elapsed_h * F(0.06)
    held["gain"] = np.maximum(held["gain"] + np.where(rain > WET_MM_H, step, F(0)), F(0))


def roll(state: ForesightMemory, bucket: int) -> None:
    """Close the counts of the last ten minutes and let older ones fade over an hour."""
    numbers = state.numbers
    if not numbers["first_bucket"]:
        numbers["first_bucket"] = float(bucket)
    steps = bucket - numbers["bucket"]
    fade, slow = 2.0 ** (-steps / 3.0), 2.0 ** (-steps / 72.0)
    for name in ("seen", "above", "rising"):
        numbers[name] = (numbers[name] + numbers["now_" + name]) * fade
        numbers["now_" + name] = 0.0
    numbers["rain_peak"] = max(numbers["rain_peak"] * slow, numbers["now_rain"])
    numbers["now_rain"] = 0.0
    numbers["bucket"] = float(bucket)


def count(state: ForesightMemory, seen: Seen, rain: float | Array) -> None:
    """Add these readings to the counts of the present ten minutes."""
    numbers = state.numbers
    numbers["now_seen"] += len(seen.dev)
    numbers["now_above"] += int(seen.above.sum())
    rising = (seen.rate > F(RISING_M_H)) & (seen.dev > F(0.01))
    numbers["now_rising"] += int(rising.sum())
    numbers["now_rain"] = max(numbers["now_rain"], float(np.max(rain)))


def shares(state: ForesightMemory) -> tuple[float, float]:
    """Share of tanks above their usual, and rising; drawn to 3 % while few were heard.

    Drawn strongly: in a small shard a tank must not take itself for a common rise.
    """
    numbers = state.numbers
    heard = numbers["seen"] + 200.0
    return (numbers["above"] + 6.0) / heard, (numbers["rising"] + 6.0) / heard
