"""The level channel of the first rule: median, slow baseline, persistence, grades."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from qingshu.warn.engine import health
from qingshu.warn.engine.contract import Array, Rows, Shape
from qingshu.warn.engine.delay import Delays, counted, settle
from qingshu.warn.engine.layout import LEVEL_COLUMNS, TankColumns
from qingshu.warn.model import Cause, Channel, Transition
from qingshu.warn.params import HOUR_S, WarnParams

F = np.float32
KINDS = 8  # Sensor models told apart by the alarm budget; 0 is the unknown one.


@dataclass(frozen=True, slots=True)
class Limits:
    """Per tank of one shard: levels at which grades begin, metres above the floor.

    ``kind`` is the place of the tank's sensor model among the alarm budgets.
    """

    cover: Array
    outlet_low: Array
    outlet_high: Array
    excess_cap: Array
    yellow: Array
    orange: Array
    red: Array
    kind: Array

    def of(self, index: Array) -> Limits:
        """The limits of some tanks."""
        return Limits(*(getattr(self, name).take(index) for name in self.__slots__))


def kind_of(sensor_model: str) -> int:
    """The place of a sensor model among the budgets; a few models may share one.

    >>> 0 < kind_of("sonic-1cm") < KINDS, kind_of("")
    (True, 0)
    """
    return 1 + zlib.crc32(sensor_model.encode()) % (KINDS - 1) if sensor_model else 0


def limits_of(shapes: list[Shape], shards: int, params: WarnParams) -> Limits:
    """Limits of one shard; a tank that the registry does not know has none."""
    size = max((shape.tank_id // shards for shape in shapes), default=-1) + 1
    endless = np.full(size, np.inf, F)
    made = Limits(
        endless.copy(), -endless, endless.copy(), endless.copy(),
        endless.copy(), endless.copy(), endless.copy(), np.zeros(size, np.uint8),
    )  # fmt: skip
    for shape in shapes:
        at, cover = shape.tank_id // shards, shape.cover_m
        normal = cover - shape.outlet_m
        known = normal > 0
        grades = (
            (made.yellow, params.yellow_freeboard_m, params.yellow_share),
            (made.orange, params.orange_freeboard_m, params.orange_share),
            (made.red, params.red_freeboard_m, params.red_share),
        )
        made.cover[at] = cover
        made.kind[at] = kind_of(shape.sensor_model)
        for column, freeboard, share in grades:
            column[at] = cover - (min(freeboard, share * normal) if known else freeboard)
        if known:
            made.outlet_low[at] = shape.outlet_m - params.base_outlet_m
            made.outlet_high[at] = shape.outlet_m + params.base_outlet_m
            made.excess_cap[at] = max(params.excess_m, params.excess_share * normal)
    return made


def step(
    state: TankColumns, rows: Rows, limits: Limits, rain: float | Array, params: WarnParams
) -> list[Transition]:
    """One good reading each of distinct tanks; rows not newer than the last are ignored."""
    fresh = rows.measured_ms > state.columns["last_ms"].take(rows.index)
    if not fresh.all():
        rows = rows.pick(fresh)
        rain = rain[fresh] if isinstance(rain, np.ndarray) else rain
        if len(rows) == 0:
            return []
    held = state.take(LEVEL_COLUMNS, rows.index)
    bounds = limits.of(rows.index)
    value = rows.value.astype(F)
    at_s = rows.measured_ms // 1000
    seen = learn(held, value, at_s, rows.measured_ms, bounds, params)
    want, hold = judge(held, seen, value, at_s, bounds, rain, params)
    frozen = state.columns["cur_3"].take(rows.index) > 0
    delays = Delays(
        params.level_on_samples,
        params.level_on_s,
        params.level_urgent_s,
        params.level_off_samples,
        params.level_off_s,
    )
    before = settle(held, Channel.LEVEL, want, hold, at_s, frozen, delays)
    state.put(held, rows.index)
    changed = np.flatnonzero(before != held["cur_0"])
    found = [transition(int(k), rows, held, before, seen, value, bounds, params) for k in changed]
    return found + health.after_good(state, rows, params)


def learn(
    held: dict[str, Array], value: Array, at_s: Array, measured_ms: Array,
    bounds: Limits, params: WarnParams,
) -> dict[str, Array]:  # fmt: skip
    """Median, baseline, noise and slope; returns what judging needs."""
    elapsed = ((measured_ms - held["last_ms"]) * 0.001).astype(F)
    broken = elapsed > params.gap_s
    if broken.any():
        _begin_again(held, value, at_s, broken, bounds)
        elapsed = np.where(broken, F(0), elapsed)
    flat = value == held["r0"]
    flat &= ~broken
    held["flat_since"] = np.where(flat, held["flat_since"], at_s).astype(np.uint32)
    held["flat_n"] = counted(held["flat_n"], flat)
    middle = _median(held, value, held["step_s"] > params.sparse_step_s)
    held["r3"], held["r2"], held["r1"], held["r0"] = held["r2"], held["r1"], held["r0"], value
    held["step_s"] += (elapsed - held["step_s"]) * F(0.2) * ~broken
    age_s = at_s - held["first"]
    share = np.minimum(elapsed, F(params.base_cap_h * HOUR_S)) * F(
        1.0 / (params.base_tau_h * HOUR_S)
    )
    young = age_s < params.base_young_h * HOUR_S
    share = np.where(young, share * F(params.base_young_factor), share)
    off = middle - held["base"]
    held["base"] += np.clip(off, -params.base_clip_m, params.base_clip_m) * share
    held["noise"] += (np.minimum(np.abs(off), F(params.noise_cap_m)) - held["noise"]) * share
    held["fast"] += (middle - held["fast"]) * -np.expm1(
        elapsed * F(-1 / (params.rise_fast_h * HOUR_S))
    )
    held["slow"] += (middle - held["slow"]) * -np.expm1(
        elapsed * F(-1 / (params.rise_slow_h * HOUR_S))
    )
    held["last_ms"] = measured_ms
    rate = (held["fast"] - held["slow"]) * F(1.0 / (params.rise_slow_h - params.rise_fast_h))
    left = np.maximum(bounds.cover - middle, F(0)) / np.maximum(rate, F(params.rise_min_m_h))
    left = np.where(rate > params.rise_min_m_h, left, F(np.inf))
    return {"middle": middle, "age_s": age_s, "rate": rate, "left": left}


def _begin_again(
    held: dict[str, Array], value: Array, at_s: Array, broken: Array, bounds: Limits
) -> None:
    """After a gap the median and the delays start afresh; what was learned stays."""
    for name in ("r0", "r1", "r2", "r3", "fast", "slow"):
        held[name] = np.where(broken, value, held[name])
    for name in ("excess_n", "flat_n", "up_n_0", "down_n_0"):
        held[name] = np.where(broken, np.uint8(0), held[name])
    new = held["last_ms"] == 0
    start = np.minimum(np.maximum(value, bounds.outlet_low), bounds.outlet_high)
    held["base"] = np.where(new, start, held["base"])
    held["first"] = np.where(new, at_s, held["first"]).astype(np.uint32)


def _median(held: dict[str, Array], value: Array, sparse: Array) -> Array:
    """Median of the newest five, or of the newest three of a sparse sensor."""
    a, b, c, d = held["r0"], held["r1"], held["r2"], held["r3"]
    low, high = np.minimum(value, a), np.maximum(value, a)
    other_low, other_high = np.minimum(c, d), np.maximum(c, d)
    # Of four, the smallest and the largest cannot be the median of five.
    inner_low, inner_high = np.maximum(low, other_low), np.minimum(high, other_high)
    five = np.maximum(
        np.minimum(inner_low, inner_high), np.minimum(b, np.maximum(inner_low, inner_high))
    )
    if not sparse.any():
        return five
    three = np.maximum(low, np.minimum(high, b))
    return np.where(sparse, three, five)


def excess_limit(held: dict[str, Array], bounds: Limits, params: WarnParams) -> Array:
    """Metres above the baseline from which the first rule counts an excess."""
    limit = np.maximum(held["noise"] * F(params.excess_noise), F(params.excess_m))
    return np.minimum(limit, bounds.excess_cap)


def judge(
    held: dict[str, Array], seen: dict[str, Array], value: Array, at_s: Array,
    bounds: Limits, rain: float | Array, params: WarnParams,
) -> tuple[Array, Array]:  # fmt: skip
    """Severity by strict limits and by limits widened with the deadband."""
    limit = excess_limit(held, bounds, params)
    excess = seen["middle"] - held["base"]
    old = seen["age_s"] >= params.warmup_h * HOUR_S
    above = (excess > limit) & old & (np.asarray(rain) <= params.rain_gate_mm_h)
    started = above & (held["excess_n"] > 0)
    held["excess_since"] = np.where(started, held["excess_since"], at_s).astype(np.uint32)
    held["excess_n"] = counted(held["excess_n"], above)
    left = seen["left"]
    needed_s = np.clip(
        left * F(params.persist_share * HOUR_S),
        params.persist_min_h * HOUR_S, params.persist_h * HOUR_S,
    )  # fmt: skip
    lasting = above & (held["excess_n"] >= params.excess_samples)
    lasting &= at_s - held["excess_since"] >= needed_s
    # While a truck pumps, the median lags behind: the newest reading must agree.
    lasting &= value - held["base"] > limit - F(params.excess_deadband_m)
    want = level_grade(value, bounds, 0.0)
    hold = level_grade(value, bounds, params.level_deadband_m)
    if lasting.any():
        want = np.maximum(want, lasting * _by_time(left, 1.0, params))
    if held["cur_0"].any():
        still = (excess > limit - F(params.excess_deadband_m)) & old
        hold = np.maximum(hold, still * _by_time(left, params.left_hysteresis, params))
    return want, hold


def level_grade(value: Array, bounds: Limits, deadband: float) -> Array:
    """Severity by freeboard alone, each limit lowered by the deadband."""
    raised = value + F(deadband)
    grade = (raised >= bounds.yellow).astype(np.uint8)
    if not grade.any():
        return grade
    return grade * 2 + (raised >= bounds.orange) + (raised >= bounds.red)


def _by_time(left: Array, widened: float, params: WarnParams) -> Array:
    grade = np.ones(len(left), np.uint8)
    for hours in (params.yellow_left_h, params.orange_left_h, params.red_left_h):
        grade += left < hours * widened
    return grade


def transition(
    k: int, rows: Rows, held: dict[str, Array], before: Array, seen: dict[str, Array],
    value: Array, bounds: Limits, params: WarnParams,
) -> Transition:  # fmt: skip
    after = int(held["cur_0"][k])
    level, base = float(value[k]), float(held["base"][k])
    by_level = int(level_grade(value[k : k + 1], bounds.of(np.array([k])), 0.0)[0])
    limit = float(excess_limit(held, bounds, params)[k])
    cause = Cause.FREEBOARD if by_level >= max(after, 1) else Cause.EXCESS
    if cause is Cause.FREEBOARD:
        clears, since = float(bounds.yellow[k]) - params.level_deadband_m, held["up_since_0"][k]
    else:
        clears, since = base + limit - params.excess_deadband_m, held["excess_since"][k]
    left = float(seen["left"][k])
    fields: dict[str, Any] = {
        "level_m": level,
        "base_m": base,
        "cover_m": float(bounds.cover[k]) if np.isfinite(bounds.cover[k]) else None,
        "rate_m_h": float(seen["rate"][k]),
        "overflow_h": left if np.isfinite(left) else None,
        "clears_below": clears,
        "hold_s": params.level_off_s,
    }
    return Transition(
        tank_id=int(rows.tank[k]), channel=Channel.LEVEL, before=int(before[k]), after=after,
        at_ms=int(rows.measured_ms[k]), cause=cause, since_ms=int(since) * 1000, **fields,
    )  # fmt: skip
