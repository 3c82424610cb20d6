"""The fault channel: a stuck, spiking or blind sensor is its own alarm."""

from __future__ import annotations

import numpy as np

from qingshu.warn.engine.contract import Array, Rows
from qingshu.warn.engine.delay import counted
from qingshu.warn.engine.layout import TankColumns
from qingshu.warn.model import Cause, Channel, Transition
from qingshu.warn.params import HOUR_S, WarnParams

# cur_3 holds the cause: a fault has no grade.
CAUSES = (None, Cause.STUCK, Cause.SPIKES, Cause.BLIND)
STUCK, SPIKES, BLIND = 1, 2, 3
_SPIKE, _STUCK = 8, 16  # Bits of sense's quality flags.


def after_good(state: TankColumns, rows: Rows, params: WarnParams) -> list[Transition]:
    """Good readings, already in ``state``: find stuck sensors, clear faults that ended."""
    columns, index = state.columns, rows.index
    if columns["bad_n"].take(index).any():
        columns["bad_n"][index] = 0
    found: list[Transition] = []
    many = columns["flat_n"].take(index) >= min(params.stuck_samples, 254)
    faulty = columns["cur_3"].take(index) > 0
    if many.any():
        flat_s = rows.measured_ms // 1000 - columns["flat_since"].take(index)
        stuck = many & (flat_s >= params.stuck_h * HOUR_S) & ~faulty
        found += _raise(state, rows.pick(stuck), STUCK)
    if faulty.any():
        found += _maybe_clear(state, rows.pick(faulty), params)
    return found


def after_bad(state: TankColumns, rows: Rows, params: WarnParams) -> list[Transition]:
    """Readings that sense or the range check refused: count them, change no level."""
    columns = state.columns
    at_s = rows.measured_ms // 1000
    newer = rows.measured_ms > columns["last_ms"].take(rows.index)
    newer &= at_s > columns["bad_at"].take(rows.index)
    rows, at_s = rows.pick(newer), at_s[newer]
    if len(rows) == 0:
        return []
    index = rows.index
    running = columns["bad_n"].take(index) > 0
    since = np.where(running, columns["bad_since"].take(index), at_s)
    faded = _faded(columns, index, at_s, params)
    spiky = (rows.quality & _SPIKE) != 0
    columns["bad"][index] = faded + spiky
    columns["bad_at"][index] = at_s
    columns["bad_since"][index] = since
    columns["bad_n"][index] = counted(columns["bad_n"].take(index), np.ones(len(rows), bool))
    columns["good_n"][index] = 0
    count = columns["bad_n"].take(index)
    lasting = (count >= params.blind_samples) & (at_s - since >= params.blind_s)
    code = np.where((columns["bad"].take(index) >= params.spike_limit) & spiky, SPIKES, 0)
    code = np.where(lasting & ~spiky, BLIND, code)
    code = np.where((rows.quality & _STUCK) != 0, STUCK, code)
    fresh = (code > 0) & (columns["cur_3"].take(index) == 0)
    found: list[Transition] = []
    for value in (STUCK, SPIKES, BLIND):
        found += _raise(state, rows.pick(fresh & (code == value)), value)
    return found


def _faded(columns: dict[str, Array], index: Array, at_s: Array, params: WarnParams) -> Array:
    """The leaky spike count as it stands now."""
    idle_s = np.maximum(at_s - columns["bad_at"].take(index), 0)
    faded: Array = columns["bad"].take(index) * np.exp(-idle_s / (params.spike_tau_h * HOUR_S))
    return faded


def _raise(state: TankColumns, rows: Rows, code: int) -> list[Transition]:
    state.columns["cur_3"][rows.index] = code
    state.columns["good_n"][rows.index] = 0
    since = "flat_since" if code == STUCK else "bad_since"
    cause = CAUSES[code]
    assert cause is not None
    return [
        Transition(
            tank_id=int(rows.tank[k]), channel=Channel.FAULT, before=0, after=code,
            at_ms=int(rows.measured_ms[k]), cause=cause, value=float(rows.value[k]),
            since_ms=int(state.columns[since][rows.index[k]]) * 1000,
        )
        for k in range(len(rows))
    ]  # fmt: skip


def _maybe_clear(state: TankColumns, rows: Rows, params: WarnParams) -> list[Transition]:
    columns, index = state.columns, rows.index
    moved = columns["flat_n"].take(index) == 0
    good = counted(columns["good_n"].take(index), moved | (columns["cur_3"].take(index) != STUCK))
    columns["good_n"][index] = good
    faded = _faded(columns, index, rows.measured_ms // 1000, params)
    gone = (good >= params.fault_clear_samples) & (faded < params.spike_clear)
    found = []
    for k in np.flatnonzero(gone):
        code = int(columns["cur_3"][index[k]])
        cause = CAUSES[code]
        assert cause is not None
        found.append(
            Transition(
                tank_id=int(rows.tank[k]), channel=Channel.FAULT, before=code, after=0,
                at_ms=int(rows.measured_ms[k]), cause=cause, value=float(rows.value[k]),
                since_ms=int(rows.measured_ms[k]),
            )
        )  # fmt: skip
        columns["cur_3"][index[k]] = 0
    return found
