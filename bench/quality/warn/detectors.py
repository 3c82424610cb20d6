"""Baselines and controls: each gives every reading a score; only the threshold is tuned.

The rules and constants are those of the project's study of detectors ("EW", early-warning,
section 4.1), set by hand. All know the true outlet and cover, and the rain. They see the
readings that came in time, one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from qingshu.twin.worlds import World

Array = np.ndarray[Any, Any]
GATE_MM_H, BINS = 0.3, 48
BASELINES = (
    "fixed_level", "share_of_freeboard", "level_and_rate", "holt", "cusum", "persist_2h_rain_gate",
)  # fmt: skip
CONTROLS = ("constant", "random", "duration_only", "rain_only")
ON_M = 0.03


@dataclass
class _Ring:
    """Newest five readings, and medians of the last two hours."""

    last: Array
    middles: Array
    excess: Array

    @classmethod
    def make(cls, tanks: int, two_hours: int) -> _Ring:
        calm = np.full((two_hours, tanks), -1.0)
        return cls(np.full((5, tanks), np.nan), np.zeros((two_hours, tanks)), calm)


@dataclass
class _State:
    base: Array
    age: Array
    profile: Array
    noise: Array
    level: Array
    trend: Array
    spread: Array
    slow: Array
    cusum: Array
    lasting: Array


def scores(world: World, seed: int) -> dict[str, Array]:
    """(reading, tank) matrices of scores by detector; NaN where no reading came in time."""
    seen = world.level_m.astype(np.float64) - world.station.outlet_m
    seen[world.late_h > 0] = np.nan
    size, tanks = seen.shape
    room = world.station.cover_m - world.station.outlet_m
    step_h = world.scenario.interval_min / 60
    two_hours = max(1, round(2 / step_h))
    found = {name: np.full((size, tanks), np.nan, np.float32) for name in BASELINES}
    found["duration_only"] = np.full((size, tanks), np.nan, np.float32)
    ring = _Ring.make(tanks, two_hours)
    zeros = np.zeros(tanks)
    state = _State(
        np.full(tanks, np.nan), zeros.copy(), np.zeros((BINS, tanks)), np.full(tanks, 0.01),
        np.full(tanks, np.nan), zeros.copy(), np.full(tanks, 0.01), np.full(tanks, np.nan),
        zeros.copy(), zeros.copy(),
    )  # fmt: skip
    bins = ((world.base_ms // 1000 + 8 * 3600) % 86_400 * BINS // 86_400).astype(int)
    for k in range(size):
        good = np.isfinite(seen[k])
        now = _step(state, ring, seen[k], good, room, step_h, bins[k], float(world.wet_mm_h[k]))
        for name, value in now.items():
            found[name][k] = np.where(good, value, np.nan)
    rng = np.random.default_rng(seed)
    came = np.isfinite(seen)
    found["constant"] = np.where(came, np.float32(1), np.float32(np.nan))
    found["random"] = np.where(came, rng.random(seen.shape, np.float32), np.float32(np.nan))
    found["rain_only"] = np.where(came, world.wet_mm_h.astype(np.float32)[:, None], np.nan)
    return found


def _step(
    s: _State, ring: _Ring, value: Array, good: Array, room: Array, step_h: float, bin_: int,
    wet: float,
) -> dict[str, Array]:  # fmt: skip
    value = np.where(good, value, ring.last[0])
    ring.last[1:, good] = ring.last[:-1, good]
    ring.last[0] = value
    filled = np.where(np.isfinite(ring.last), ring.last, value)
    two = np.minimum(filled[0], filled[1])
    middle = np.sort(filled, axis=0)[2]
    new = good & ~np.isfinite(s.base)
    s.base[new] = s.slow[new] = s.level[new] = np.clip(middle[new], -0.1, 0.1)
    rate = step_h * 6  # EW's rates are for a reading every 10 minutes.
    young = np.where(s.age < 250, 3.0, 1.0)
    off = middle - s.base
    s.base += np.where(good, np.clip(off, -0.02, 0.02) * np.minimum(0.0015 * rate * young, 1), 0)
    s.age += step_h
    before = ring.middles[-1]
    rise = np.where((middle > before) & (middle > 0.03), middle - before, 0.0)
    gated = np.where(good & (s.age > 24), off, -1.0)
    above = np.where(wet > GATE_MM_H, -1.0, gated)
    ring.middles = np.concatenate([middle[None], ring.middles[:-1]])
    s.lasting = np.where(good, np.where(off > ON_M, s.lasting + step_h, 0.0), s.lasting)
    return {
        "fixed_level": two,
        "share_of_freeboard": two / room,
        "level_and_rate": (middle + 0.5 * rise) / room,
        "holt": _holt(s, value, good, room, step_h),
        "cusum": _cusum(s, np.sort(filled[:3], axis=0)[1], good, bin_, rate),
        "persist_2h_rain_gate": _persist(ring, above),
        "duration_only": s.lasting,
    }


def _persist(ring: _Ring, above: Array) -> Array:
    """The smallest excess of the last two hours; rain starts it afresh."""
    ring.excess = np.concatenate([above[None], ring.excess[:-1]])
    return np.asarray(ring.excess.min(axis=0))


def _holt(s: _State, value: Array, good: Array, room: Array, step_h: float) -> Array:
    """Level and trend with clipped residuals; hourly rise over what is left."""
    share = min(1.0, 0.3 * max(1.0, step_h * 6) ** 0.5)
    residual = value - s.level - s.trend
    clipped = np.clip(residual, -3 * s.spread, 3 * s.spread)
    s.spread = np.where(
        good, np.maximum(s.spread + 0.01 * (np.abs(clipped) - s.spread), 0.002), s.spread
    )
    level = s.level + s.trend + share * clipped
    trend = s.trend + 0.05 * share * clipped
    s.level, s.trend = np.where(good, level, s.level), np.where(good, trend, s.trend)
    hourly = s.trend / step_h
    return np.asarray(hourly / np.maximum(room - s.level, 0.01) + 0.05 * s.level)


def _cusum(s: _State, middle: Array, good: Array, bin_: int, rate: float) -> Array:
    """Sum of capped residuals against a slow base and the day's profile, drift 1."""
    residual = middle - s.slow - s.profile[bin_]
    small = np.clip(residual, -0.02, 0.02)
    s.slow += np.where(good, 0.002 * rate * small, 0.0)
    s.profile[bin_] += np.where(good, 0.03 * min(rate, 3.0) * small, 0.0)
    s.noise = np.where(
        good, np.maximum(s.noise + 0.003 * rate * (np.abs(small) - s.noise), 0.003), s.noise
    )
    gain = (np.minimum(residual / s.noise, 4.0) - 1.0) * rate
    s.cusum = np.where(good, np.maximum(s.cusum + gain, 0.0), s.cusum)
    return s.cusum
