"""Rain over one world: storms from a seed, and the wetness that the ground remembers."""

from __future__ import annotations

import numpy as np

from qingshu.twin.ground import Floats
from qingshu.twin.worlds.scenarios import Climate


def rain(
    rng: np.random.Generator, climate: Climate, steps: int, step_h: float
) -> tuple[Floats, Floats]:
    """(mm fallen in each step, smoothed rain in mm/h), ``steps`` long."""
    fallen = np.zeros(steps)
    at = 0.0
    while True:
        at += rng.exponential(climate.gap_d) * 24 / step_h
        hours = max(0.5, float(rng.gamma(climate.length_shape, climate.length_scale_h)))
        length = max(1, int(hours / step_h))
        if at + length >= steps:
            break
        total = float(np.exp(rng.normal(climate.total_log_mean, climate.total_log_sd)))
        weights = rng.gamma(climate.weights_shape, size=length)
        share = weights / max(float(weights.sum()), 1e-12)
        fallen[int(at) : int(at) + length] += min(total, climate.total_max_mm) * share
    return fallen, smoothed(fallen, step_h, climate.memory_h)


def smoothed(fallen_mm: Floats, step_h: float, memory_h: float) -> Floats:
    """Rain with an exponential memory, mm/h; its sum over time is the rain that fell.

    >>> wet = smoothed(np.array([10.0, 0.0, 0.0]), 1.0, 5.0)
    >>> bool(0 < wet[2] < wet[1] < wet[0] < 10)
    True
    """
    keep = float(np.exp(-step_h / memory_h))
    wet, now = np.empty(len(fallen_mm)), 0.0
    for k, fresh in enumerate((fallen_mm * ((1 - keep) / step_h)).tolist()):
        now = now * keep + fresh
        wet[k] = now
    return wet
