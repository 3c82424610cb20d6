"""What is kept while a tank stands above its usual, and the features made of it."""

from __future__ import annotations

import numpy as np

from qingshu.warn.engine.contract import Array
from qingshu.warn.engine.foresight import kernel
from qingshu.warn.engine.foresight.kernel import Seen
from qingshu.warn.engine.foresight.memory import (
    PROFILE_UNIT_M,
    SCORE_BINS,
    SCORE_LOW,
    SCORE_STEP,
    ForesightMemory,
)
from qingshu.warn.engine.level import Limits
from qingshu.warn.params import HOUR_S

F = np.float32
KEPT = (
    "e_n", "calm_n", "e_since", "e_path", "e_shape", "e_first", "e_step", "e_top", "e_down",
    "e_rough", "e_score", "last_top", "foam_n", "foam_at", "qa",
)  # fmt: skip
CALM_ENDS, BEND_SHARE, FOAM_FADE_D = 3, F(0.15), 100.0
NO_SCORE = -30.0

FEATURES = (
    "dev", "z", "sigma", "left_m", "left_share", "rate", "above_fast", "above_day", "evidence",
    "hours", "rise", "first", "step", "drawdown", "directed", "path_h", "rough", "downs",
    "implied", "implied_qa", "foam_n", "since_last_h", "last_top", "rain", "rain_peak",
    "rain_part", "share_above", "share_rising", "flat_n", "shape", "step_h", "peak_ratio",
    "tto_h", "qa", "newest", "top", "step_share", "first_share", "rise_h",
)  # fmt: skip


def shape_now(state: ForesightMemory, index: Array, bins: Array) -> tuple[Array, Array]:
    """This tank's inflow now over its daily mean, and its usual daily swing in metres.

    The weir passes head to the power 1.5, so the learned day of levels gives the day of
    inflow, up to the head that is unknown.
    """
    day = state.profile[index] * F(PROFILE_UNIT_M)
    head = day - day.min(axis=1, keepdims=True) + F(0.004)
    flow = head * np.sqrt(head)
    now = np.take_along_axis(flow, bins[:, None], axis=1)[:, 0]
    return np.clip(now / flow.mean(axis=1), F(0.1), F(4)), head.max(axis=1)


def track(
    state: ForesightMemory, index: Array, at_s: Array, seen: Seen, sigma: Array,
    shape: Array,
) -> dict[str, Array]:  # fmt: skip
    """Begin, follow and end excursions of some tanks; returns the columns kept of them."""
    kept = state.take(KEPT, index)
    above = seen.above
    begin = above & (kept["e_since"] == 0)
    if begin.any():
        kept["e_since"] = np.where(begin, at_s, kept["e_since"]).astype(np.uint32)
        kept["e_first"] = np.where(begin, seen.dev, kept["e_first"]).astype(np.float16)
        for name in ("e_path", "e_shape", "e_step", "e_top", "e_down", "e_rough", "e_n"):
            kept[name] = np.where(begin, 0, kept[name]).astype(kept[name].dtype)
        kept["e_score"] = np.where(begin, NO_SCORE, kept["e_score"]).astype(np.float16)
    active = kept["e_since"] > 0
    jump = np.abs(seen.jump)
    kept["e_n"] = np.minimum(kept["e_n"], 254) + active.astype(np.uint8)
    kept["calm_n"] = np.where(above, 0, np.minimum(kept["calm_n"], 254) + 1).astype(np.uint8)
    kept["e_path"] += np.where(begin, F(0), jump)
    kept["e_shape"] += shape * np.where(begin, F(0), seen.elapsed_h)
    kept["e_step"] = np.maximum(kept["e_step"], jump).astype(np.float16)
    kept["e_top"] = np.maximum(kept["e_top"], seen.dev).astype(np.float16)
    kept["e_down"] += (seen.jump < F(-3) * sigma - F(0.003)).astype(np.float16)
    kept["e_rough"] += (np.abs(seen.bend) - kept["e_rough"]) * BEND_SHARE
    _learn_inflow(kept, seen, shape)
    return kept


def _learn_inflow(kept: dict[str, Array], seen: Seen, shape: Array) -> None:
    """While a tank fills below its weir nothing leaves it: the rise is the inflow."""
    filling = seen.low & (seen.rate > F(0.002)) & (seen.jump > F(-0.03))
    if filling.any():
        now = np.clip(seen.rate / shape, F(0.003), F(0.3))
        known = kept["qa"] > 0
        share = np.minimum(seen.elapsed_h * F(0.1), F(1))
        learned = np.where(known, kept["qa"] + (now - kept["qa"]) * share, now)
        kept["qa"] = np.where(filling, learned, kept["qa"])


def finish(
    state: ForesightMemory, index: Array, at_s: Array, kept: dict[str, Array], kind: Array
) -> Array:
    """Close the excursions that have calmed down, store the rest; which still run."""
    over = (kept["e_since"] > 0) & (kept["calm_n"] >= CALM_ENDS)
    if over.any():
        fade = _foam_fade(kept, at_s)
        kept["foam_n"] = np.where(over, kept["foam_n"] * fade + 1, kept["foam_n"]).astype(
            np.float16
        )
        kept["foam_at"] = np.where(over, at_s, kept["foam_at"]).astype(np.uint32)
        kept["last_top"] = np.where(over, kept["e_top"], kept["last_top"]).astype(np.float16)
        # What passed unscored, in a tank's first days, says nothing of the budget.
        counted = over & (kept["e_score"] > NO_SCORE)
        peak = kept["e_score"][counted].astype(np.float64)
        place = np.clip((peak - SCORE_LOW) / SCORE_STEP, 0, SCORE_BINS - 1).astype(np.int64)
        np.add.at(state.peaks, (kind[counted], place), 1.0)
        kept["e_since"] = np.where(over, 0, kept["e_since"]).astype(np.uint32)
    state.put(kept, index)
    return kept["e_since"] > 0


def _foam_fade(kept: dict[str, Array], at_s: Array) -> Array:
    days = (at_s - kept["foam_at"].astype(np.int64)) / 86_400
    return np.exp(np.minimum(-days / FOAM_FADE_D, 0.0)).astype(F)


def features(
    state: ForesightMemory, at_s: Array, held: dict[str, Array], seen: Seen,
    kept: dict[str, Array], bounds: Limits, rain: Array, shape: Array, swing: Array,
) -> Array:  # fmt: skip
    """One float32 row a suspicious tank, in the order of :data:`FEATURES`."""
    sigma, middle, dev = held["sigma"], seen.middle, seen.dev
    hours = ((at_s - kept["e_since"].astype(np.int64)) / HOUR_S).astype(F)
    first, top = kept["e_first"].astype(F), kept["e_top"].astype(F)
    rise = dev - first
    implied = rise / np.maximum(kept["e_shape"], F(0.15))
    left = np.clip(bounds.cover - middle, F(0), F(3))
    normal = np.clip(bounds.cover - held["base"], F(0.05), F(5))
    qa = kept["qa"]
    likely = np.maximum(np.maximum(implied, seen.rate), F(0.002))
    since_last = np.minimum((at_s - kept["foam_at"].astype(np.int64)) / HOUR_S, 720.0)
    share_above, share_rising = kernel.shares(state)
    same = np.ones(len(dev), F)
    columns = (
        dev, np.minimum(dev / sigma, F(99)), sigma, left, left / normal, seen.rate,
        middle - held["fast"], middle - held["day"], held["ev"],
        hours, rise, first, kept["e_step"], top - dev,
        dev / (kept["e_path"] + first + F(1e-3)), kept["e_path"] / np.maximum(hours, F(0.2)),
        kept["e_rough"] / sigma, kept["e_down"],
        implied, np.where(qa > 0, implied / np.maximum(qa, F(1e-3)), F(-1)),
        kept["foam_n"] * _foam_fade(kept, at_s), since_last, kept["last_top"],
        rain, same * F(state.numbers["rain_peak"]), held["gain"] * rain,
        same * F(share_above), same * F(share_rising), held["flat_n"], shape,
        held["step_s"] / F(HOUR_S), (dev + swing) / (swing + F(0.002)),
        np.minimum(left / likely, F(240)), qa, held["r0"] - middle, top,
        kept["e_step"] / (np.abs(dev) + F(0.02)), first / (np.abs(dev) + F(0.02)),
        rise / np.maximum(hours, F(1 / 6)),
    )  # fmt: skip
    return np.stack([np.asarray(column, F) for column in columns], axis=1)
