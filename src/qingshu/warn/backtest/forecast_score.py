"""How good the probabilities and the hours to overflow are, at every scored reading.

Readings between an overflow and 12 h after it was cleared are left out: there the question
is no longer open. Rows of one event belong together, so everything about hours is worked
out within each event first and then over events.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from qingshu.warn.backtest.ledger import AFTER_MS
from qingshu.warn.backtest.model import (
    HORIZONS_H,
    HOUR_MS,
    NEVER,
    Floats,
    Ints,
    Predictions,
    Truth,
    Watch,
)

ECE_BINS = 10
FAR_H, NEAR_H = 72.0, 12.0
QUANTILES = (0.1, 0.5, 0.9)


def forecast_figures(found: Predictions, truth: Truth, watch: Watch) -> dict[str, Any]:
    """Brier skill and calibration by horizon, hours to overflow by event."""
    if len(found) == 0 or len(truth) == 0:
        return {}
    left_h, event, spoilt = next_overflow(found.tank, found.received_ms, truth)
    end = watch.to_ms[found.tank]
    figures: dict[str, Any] = {"scored_readings": len(found)}
    for hours in HORIZONS_H:
        said = getattr(found, f"p{hours}")
        # What lies beyond the end of a tank's record is not known.
        known = found.received_ms + hours * HOUR_MS <= end
        good = ~spoilt & np.isfinite(said) & (known | (left_h <= hours))
        figures[f"within_{hours}h"] = probability_figures(said[good], left_h[good] <= hours)
    begun = (event >= 0) & (found.received_ms >= truth.onset_ms[event])
    return figures | _hours(found, left_h, np.where(begun, event, -1))


def next_overflow(tank: Ints, at_ms: Ints, truth: Truth) -> tuple[Floats, Ints, Any]:
    """(hours to the tank's next overflow, its place in the truth or -1, spoilt)."""
    left = np.full(len(tank), math.inf)
    event = np.full(len(tank), -1, np.int64)
    spoilt = np.zeros(len(tank), bool)
    order = np.argsort(tank, kind="stable")
    bounds = np.searchsorted(tank[order], np.arange(int(tank.max()) + 2))
    over = np.flatnonzero(truth.overflow_ms != NEVER)
    for one in np.unique(truth.tank[over]).tolist():
        if one + 1 >= len(bounds):
            continue
        rows = order[bounds[one] : bounds[one + 1]]
        mine = over[truth.tank[over] == one]
        mine = mine[np.argsort(truth.overflow_ms[mine])]
        place = np.searchsorted(truth.overflow_ms[mine], at_ms[rows], side="right")
        ahead = place < len(mine)
        nxt = mine[np.minimum(place, len(mine) - 1)]
        left[rows] = np.where(ahead, (truth.overflow_ms[nxt] - at_ms[rows]) / HOUR_MS, math.inf)
        event[rows] = np.where(ahead, nxt, -1)
        past = mine[np.maximum(place - 1, 0)]
        gone = truth.cleared_ms[past]
        until = np.where(gone == NEVER, np.iinfo(np.int64).max, gone + AFTER_MS)
        spoilt[rows] = (place > 0) & (at_ms[rows] <= until)
    return left, event, spoilt


def probability_figures(said: Floats, came: Any) -> dict[str, Any]:
    """Brier score and skill against the constant base rate, calibration error, bins.

    >>> perfect = probability_figures(np.array([0.0, 1.0]), np.array([False, True]))
    >>> perfect["brier_skill"], perfect["ece"]
    (1.0, 0.0)
    """
    if len(said) == 0:
        return {"n": 0}
    came = np.asarray(came, np.float64)
    base = float(came.mean())
    brier, climate = float(((said - came) ** 2).mean()), base * (1 - base)
    place = np.minimum((said * ECE_BINS).astype(np.int64), ECE_BINS - 1)
    n = np.bincount(place, minlength=ECE_BINS)
    mean = np.bincount(place, said, ECE_BINS) / np.maximum(n, 1)
    real = np.bincount(place, came, ECE_BINS) / np.maximum(n, 1)
    return {
        "n": len(said),
        "base_rate": round(base, 5),
        "brier": round(brier, 5),
        "brier_skill": round(1 - brier / climate, 3) if climate > 0 else None,
        "ece": round(float((n * np.abs(mean - real)).sum() / len(said)), 4),
        "reliability": [
            [round(float(mean[k]), 3), round(float(real[k]), 3), int(n[k])]
            for k in np.flatnonzero(n).tolist()
        ],
    }


def _hours(found: Predictions, left_h: Floats, event: Ints) -> dict[str, Any]:
    """Cover, pinball loss and error of the hours to overflow, each event weighing one."""
    good = (event >= 0) & (left_h <= FAR_H) & np.isfinite(found.tto_p50_h)
    if not good.any():
        return {}
    true, who = left_h[good], event[good]
    names, which = np.unique(who, return_inverse=True)
    size = np.bincount(which)
    weight = 1 / size[which]
    low, mid, high = (x[good] for x in (found.tto_p10_h, found.tto_p50_h, found.tto_p90_h))
    inside = (true >= low) & (true <= high)
    by_event = np.bincount(which, inside) / size
    near = true < NEAR_H
    error = np.abs(mid - true)
    return {
        "tto": {
            "events": len(names),
            "cover_80_by_event": round(float(by_event.mean()), 3),
            "cover_80_by_row": round(float(inside.mean()), 3),
            "width_h_median": round(float(np.median(high - low)), 1),
            "pinball": {
                f"p{int(q * 100)}": round(float(_pinball(true, x, q) @ weight / len(names)), 2)
                for q, x in zip(QUANTILES, (low, mid, high), strict=True)
            },
            "median_abs_error_h": _weighted_median(error, weight),
            "median_abs_error_h_under_12h": _weighted_median(error[near], weight[near]),
            "mean_abs_error_h_under_12h": _weighted_mean(error[near], weight[near]),
        }
    }


def _pinball(true: Floats, said: Floats, q: float) -> Floats:
    gap = true - said
    return np.maximum(q * gap, (q - 1) * gap)


def _weighted_median(values: Floats, weight: Floats) -> float | None:
    if len(values) == 0:
        return None
    order = np.argsort(values)
    total = np.cumsum(weight[order])
    return round(float(values[order][np.searchsorted(total, total[-1] / 2)]), 2)


def _weighted_mean(values: Floats, weight: Floats) -> float | None:
    return round(float(values @ weight / weight.sum()), 2) if len(values) else None
