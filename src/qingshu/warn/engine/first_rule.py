"""The first honest rule: slow baseline, persistence, rain gate and absolute grades.

It is the best hand rule of the measured study and the floor that a learned engine must
beat. How it works, in words: ``docs/early-warning.md``.
"""

from __future__ import annotations

import numpy as np

from qingshu.warn.engine import gas, health, level
from qingshu.warn.engine.contract import Array, Rows, Shape, Surroundings, rounds
from qingshu.warn.engine.layout import CHANNELS, TankColumns
from qingshu.warn.engine.level import Limits
from qingshu.warn.model import Transition
from qingshu.warn.params import WarnParams

LEVEL, LID = 1, 6
# Bits of sense's quality flags: these rows say nothing about now.
_LATE, _CLOCK = 1, 2


class FirstRule:
    """Engine of the first rule. Stateless itself; all memory is in the shard.

    Parameters
    ----------
    params:
        The room's numbers; see :class:`WarnParams`.
    """

    name = "first_rule"

    def __init__(self, params: WarnParams | None = None) -> None:
        self.params = params or WarnParams()

    def new_state(self) -> TankColumns:
        """An empty shard."""
        return TankColumns()

    def load_state(self, blob: bytes) -> TankColumns:
        """A saved shard."""
        return TankColumns.from_bytes(blob)

    def limits(self, shapes: list[Shape], shards: int) -> Limits:
        """Grade levels of one shard's tanks."""
        return level.limits_of(shapes, shards, self.params)

    def severity(self, state: TankColumns, index: int) -> dict[int, int]:
        """Severity of each channel of one tank."""
        if index >= state.size:
            return dict.fromkeys(CHANNELS, 0)
        return {channel: int(state.columns[f"cur_{channel}"][index]) for channel in CHANNELS}

    def advance(
        self,
        state: TankColumns,
        rows: Rows,
        limits: Limits,
        around: Surroundings,
        now_ms: int,
    ) -> list[Transition]:
        """Take rows in arrival order; several of one tank go in rounds."""
        if len(rows) == 0:
            return []
        state.reach(int(rows.index.max()))
        limits = _reaching(limits, state.size)
        usable = (rows.quality & (_LATE | _CLOCK)) == 0
        usable &= rows.measured_ms <= now_ms + int(self.params.future_s * 1000)
        is_level = rows.quantity == LEVEL
        rain = around.rain_mm_h
        found = self._levels(state, rows, usable & is_level, limits, rain)
        if not is_level.all():
            good = usable & (rows.quality == 0) & np.isfinite(rows.value)
            gases = good & (rows.quantity > LEVEL) & (rows.quantity < LID)
            measured = rows.pick(gases)
            for places in rounds(measured.index):
                found += gas.step_gas(state, measured.pick(places), self.params)
            lids = rows.pick(good & (rows.quantity == LID))
            for places in rounds(lids.index):
                found += gas.step_lid(state, lids.pick(places), self.params)
        return found

    def _levels(
        self, state: TankColumns, rows: Rows, chosen: Array, limits: Limits, rain: float | Array
    ) -> list[Transition]:
        params = self.params
        if not chosen.all():
            rows = rows.pick(chosen)
            rain = rain[chosen] if isinstance(rain, np.ndarray) else rain
        good = (rows.quality == 0) & plausible(rows, limits, params)
        found: list[Transition] = []
        for places in rounds(rows.index):
            part, fine = rows.pick(places), good[places]
            wet = rain[places] if isinstance(rain, np.ndarray) else rain
            if not fine.all():
                found += health.after_bad(state, part.pick(~fine), params)
                part = part.pick(fine)
                wet = wet[fine] if isinstance(wet, np.ndarray) else wet
                if len(part) == 0:
                    continue
            found += level.step(state, part, limits, wet, params)
        return found


def plausible(rows: Rows, limits: Limits, params: WarnParams) -> Array:
    top = limits.cover.take(rows.index) + np.float32(params.above_cover_m)
    return (rows.value <= top) & (rows.value >= -params.below_floor_m)


def _reaching(limits: Limits, size: int) -> Limits:
    """The limits, padded for tanks that the registry does not know yet."""
    have = len(limits.cover)
    if have >= size:
        return limits
    pad = np.full(size - have, np.inf, np.float32)
    parts = {name: pad for name in Limits.__slots__}
    parts["outlet_low"] = -pad
    parts["kind"] = np.zeros(size - have, np.uint8)
    return Limits(**{k: np.concatenate((getattr(limits, k), v)) for k, v in parts.items()})
