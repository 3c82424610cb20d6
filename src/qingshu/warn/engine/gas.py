"""The gas and lid channels: grades by fixed limits with hysteresis and delays."""

from __future__ import annotations

import numpy as np

from qingshu.warn.engine.contract import Array, Rows
from qingshu.warn.engine.delay import Delays, settle
from qingshu.warn.engine.layout import GASES, TankColumns
from qingshu.warn.model import Cause, Channel, Transition
from qingshu.warn.params import WarnParams

CH4, H2S, O2, CO, LID = 2, 3, 4, 5, 6


def limits_for(quantity: int, params: WarnParams) -> tuple[float, float, float]:
    """Yellow, orange and red limit of one gas."""
    return {
        CH4: params.ch4_lel, H2S: params.h2s_mgm3, O2: params.o2_pct, CO: params.co_mgm3,
    }[quantity]  # fmt: skip


def severity_of(quantity: int, value: Array, params: WarnParams, *, slack: float) -> Array:
    """Severity 0, 2, 3 or 4; ``slack`` is the share by which limits are widened.

    >>> severity_of(H2S, np.array([3.0, 12.0, 200.0]), WarnParams(), slack=0.0).tolist()
    [0, 2, 4]
    >>> severity_of(O2, np.array([20.9, 19.0, 15.0]), WarnParams(), slack=0.0).tolist()
    [0, 2, 4]
    """
    yellow, orange, red = limits_for(quantity, params)
    if quantity == O2:
        # Oxygen kills by absence; the band above 19.5 % is narrow, so the slack is of the
        # distance to clean air's 20.9 %.
        reached = [value < limit + slack * (20.9 - limit) for limit in (yellow, orange, red)]
    else:
        reached = [value >= limit * (1 - slack) for limit in (yellow, orange, red)]
    first, second, third = (mask.astype(np.uint8) for mask in reached)
    return first * 2 + second + third


def step_gas(state: TankColumns, rows: Rows, params: WarnParams) -> list[Transition]:
    """One good gas reading each of distinct tanks."""
    keep = np.ones(len(rows), bool)
    at_s = rows.measured_ms // 1000
    for gas in GASES:
        chosen = np.flatnonzero(rows.quantity == gas)
        where = rows.index[chosen]
        newer = at_s[chosen] > state.columns[f"gas_s_{gas}"][where]
        keep[chosen[~newer]] = False
        chosen, where = chosen[newer], where[newer]
        value = rows.value[chosen]
        state.columns[f"gas_s_{gas}"][where] = at_s[chosen]
        state.columns[f"gas_up_{gas}"][where] = severity_of(gas, value, params, slack=0.0)
        state.columns[f"gas_hold_{gas}"][where] = severity_of(
            gas, value, params, slack=params.gas_hysteresis
        )
    rows = rows.pick(keep)
    want = _worst(state, "gas_up", rows.index)
    hold = np.maximum(_worst(state, "gas_hold", rows.index), want)
    delays = Delays(
        params.gas_on_samples,
        params.gas_on_s,
        params.gas_on_s,
        params.gas_off_samples,
        params.gas_off_s,
    )
    return _settle(state, rows, Channel.GAS, want, hold, delays, Cause.GAS, params)


def step_lid(state: TankColumns, rows: Rows, params: WarnParams) -> list[Transition]:
    """One good lid reading each of distinct tanks; a value above 0.5 is open."""
    newer = rows.measured_ms // 1000 > state.columns["lid_s"].take(rows.index)
    rows = rows.pick(newer)
    state.columns["lid_s"][rows.index] = rows.measured_ms // 1000
    want = (rows.value > 0.5).astype(np.uint8) * np.uint8(params.lid_severity)
    delays = Delays(
        params.lid_on_samples,
        params.lid_on_s,
        params.lid_on_s,
        params.lid_off_samples,
        params.lid_off_s,
    )
    return _settle(state, rows, Channel.LID, want, want, delays, Cause.LID, params)


def _worst(state: TankColumns, column: str, index: Array) -> Array:
    stack = [state.columns[f"{column}_{gas}"].take(index) for gas in GASES]
    worst: Array = np.max(stack, axis=0)
    return worst


def _settle(
    state: TankColumns, rows: Rows, channel: Channel, want: Array, hold: Array,
    delays: Delays, cause: Cause, params: WarnParams,
) -> list[Transition]:  # fmt: skip
    if len(rows) == 0:
        return []
    names = ("cur", "up_n", "up_sev", "down_n", "down_sev", "up_since", "down_since")
    held = state.take([f"{name}_{channel:d}" for name in names], rows.index)
    at_s = rows.measured_ms // 1000
    frozen = np.zeros(len(rows), bool)
    before = settle(held, channel, want, hold, at_s, frozen, delays)
    state.put(held, rows.index)
    after, since = held[f"cur_{channel:d}"], held[f"up_since_{channel:d}"]
    return [
        Transition(
            tank_id=int(rows.tank[k]), channel=channel, before=int(before[k]),
            after=int(after[k]), at_ms=int(rows.measured_ms[k]), cause=cause,
            since_ms=int(since[k]) * 1000, quantity=int(rows.quantity[k]),
            value=float(rows.value[k]), hold_s=delays.off_s,
            clears_below=_clears(int(rows.quantity[k]), params),
        )
        for k in np.flatnonzero(before != after)
    ]  # fmt: skip


def _clears(quantity: int, params: WarnParams) -> float | None:
    if quantity == LID:
        return None
    limit = limits_for(quantity, params)[0]
    if quantity == O2:
        return limit + params.gas_hysteresis * (20.9 - limit)
    return limit * (1 - params.gas_hysteresis)
