"""Holding the alarm budget on a stream without labels.

Every finished excursion leaves the score at which it peaked. Their histogram is a mixture
of two known shapes, blockages and everything else, in unknown proportion. The proportion is
estimated (expectation maximisation), and with it how many of the others would pass any bar.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qingshu.warn.engine.contract import Array
from qingshu.warn.engine.foresight.memory import SCORE_BINS, SCORE_LOW, SCORE_STEP

YEAR_H = 8766.0
ROUNDS = 60
# Below this much watched time the shipped bar stands, tank-years; own choice.
ENOUGH_TANK_YEARS = 5.0
# How far the station's own stream may move the bar, log-odds; own choice.
SHIFT_MOST = 3.0


@dataclass(frozen=True, slots=True)
class Running:
    """False alarms a tank-year at the present bar: estimate and 95 % interval."""

    estimate: float
    low: float
    high: float
    tank_years: float


def edges() -> Array:
    """Lower edges of the score bins, log-odds."""
    return SCORE_LOW + SCORE_STEP * np.arange(SCORE_BINS)


def false_share(counts: Array, true_peaks: Array, false_peaks: Array) -> float:
    """Share of the excursions that are no blockage, in [0, 1].

    >>> shapes = np.array([0.1, 0.9]), np.array([0.9, 0.1])
    >>> round(false_share(np.array([82.0, 18.0]), *shapes), 2)
    0.9
    """
    share = 0.9
    for _ in range(ROUNDS):
        other = share * false_peaks
        belongs = other / np.maximum(other + (1 - share) * true_peaks, 1e-12)
        share = float((counts * belongs).sum() / max(counts.sum(), 1e-9))
    return share


def false_rate(counts: Array, watched_h: float, true_peaks: Array, false_peaks: Array) -> Array:
    """False excursions a tank-year that peak in each bin or above it."""
    share = false_share(counts, true_peaks, false_peaks)
    years = max(watched_h / YEAR_H, 1e-9)
    above = np.cumsum(false_peaks[::-1])[::-1]
    rate: Array = share * counts.sum() / years * above
    return rate


def shift(
    counts: Array, watched_h: float, true_peaks: Array, false_peaks: Array,
    budget: float, bar: float,
) -> float:  # fmt: skip
    """Log-odds to add to ``bar`` so that the stream keeps to ``budget``; 0 while unknown."""
    if watched_h < ENOUGH_TANK_YEARS * YEAR_H or counts.sum() < 50:
        return 0.0
    rate = np.maximum(false_rate(counts, watched_h, true_peaks, false_peaks), 1e-9)
    # The rate falls with the bar; interpolate where it meets the budget.
    wanted = float(np.interp(-np.log(budget), -np.log(rate), edges()))
    return float(np.clip(wanted - bar, -SHIFT_MOST, SHIFT_MOST))


def running(
    counts: Array, watched_h: float, true_peaks: Array, false_peaks: Array, bar: float
) -> Running:
    """What the present bar costs, with a Poisson interval."""
    years = watched_h / YEAR_H
    rate = false_rate(counts, watched_h, true_peaks, false_peaks) if counts.sum() else counts
    return around(float(np.interp(bar, edges(), rate)) * years, years)


def around(count: float, years: float) -> Running:
    """A rate from a count, with about 95 % of the Poisson distribution."""
    if years <= 0:
        return Running(0.0, 0.0, float("inf"), 0.0)
    half = 1.96 * float(np.sqrt(count + 1.0))
    return Running(count / years, max(count - half, 0.0) / years, (count + half) / years, years)


def together(parts: list[Running]) -> Running:
    """Several streams as one."""
    years = sum(part.tank_years for part in parts)
    return around(sum(part.estimate * part.tank_years for part in parts), years)
