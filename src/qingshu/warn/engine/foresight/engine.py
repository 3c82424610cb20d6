"""The learned engine: overflow seen hours ahead at the false-alarm rate a station accepts.

Every reading passes the cheap filter (``kernel``). Tanks above their usual are followed
(``excursion``), scored by trees (``artefact``) and held against a bar that keeps the alarm
budget (``budget``). Until a tank is learned, the first rule watches it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from qingshu.warn.engine import health, level
from qingshu.warn.engine.contract import Array, Rows, rounds
from qingshu.warn.engine.delay import Delays, settle
from qingshu.warn.engine.first_rule import FirstRule, plausible
from qingshu.warn.engine.foresight import budget, excursion, judge, kernel
from qingshu.warn.engine.foresight.artefact import Learned, shipped
from qingshu.warn.engine.foresight.kernel import Seen
from qingshu.warn.engine.foresight.memory import ForesightMemory
from qingshu.warn.engine.layout import TankColumns
from qingshu.warn.engine.level import Limits
from qingshu.warn.model import Cause, Channel, Transition
from qingshu.warn.params import HOUR_S, WarnParams

F = np.float32
DELAYED = (
    "cur_0", "up_sev_0", "down_sev_0", "up_since_0", "down_since_0", "excess_since",
    "excess_n", "up_n_0", "down_n_0",
)  # fmt: skip
DAY_BUCKETS = 86_400_000 // kernel.BUCKET_MS
HOLD_WIDENED = 1.5
HOUR_MS = 3_600_000
FULL_M = 0.02  # This near the cover the tank counts as full.


@dataclass(frozen=True, slots=True)
class Scored:
    """One scored step for whoever listens: training, backtests, the control room."""

    tank: Array
    measured_ms: Array
    rows: Array
    score: Array
    urgent: Array


class Foresight(FirstRule):
    """Engine with learned judgement. Stateless itself; all memory is in the shard.

    Parameters
    ----------
    params:
        The room's numbers; see :class:`WarnParams`.
    learned:
        The model; the shipped one when None.
    listener:
        Called with every scored reading; None in service.
    """

    name = "foresight"

    def __init__(
        self,
        params: WarnParams | None = None,
        learned: Learned | None = None,
        listener: Callable[[Scored], None] | None = None,
    ) -> None:
        super().__init__(params)
        self.learned = learned or shipped()
        self._listener = listener
        self._bar = self.learned.bar(self.params.alarm_budget)
        p = self.params
        self._delays = Delays(
            p.level_on_samples, p.level_on_s, p.level_urgent_s, p.level_off_samples, p.level_off_s
        )

    def new_state(self) -> ForesightMemory:
        """An empty shard."""
        return ForesightMemory()

    def load_state(self, blob: bytes) -> ForesightMemory:
        """A saved shard."""
        return ForesightMemory.from_bytes(blob)

    def running_of(self, states: list[ForesightMemory]) -> budget.Running:
        """False alarms a tank-year at the present bars, all shards and sensor kinds."""
        parts = [
            budget.running(
                state.peaks[kind], float(state.watched_ms[kind]) / HOUR_MS,
                self.learned.true_peaks, self.learned.false_peaks,
                self._bar + float(state.bar[kind]),
            )
            for state in states
            for kind in np.flatnonzero(state.watched_ms > 0).tolist()
        ]  # fmt: skip
        return budget.together(parts)

    def _levels(
        self, state: TankColumns, rows: Rows, chosen: Array, limits: Limits, rain: float | Array
    ) -> list[Transition]:
        assert isinstance(state, ForesightMemory)
        if not chosen.all():
            rows = rows.pick(chosen)
            rain = rain[chosen] if isinstance(rain, np.ndarray) else rain
        if len(rows) == 0:
            return []
        good = (rows.quality == 0) & plausible(rows, limits, self.params)
        bucket = np.where(good, rows.measured_ms // kernel.BUCKET_MS, 0)
        running = np.maximum.accumulate(np.maximum(bucket, int(state.numbers["bucket"])))
        # What many tanks do together is known up to the last ten minutes that closed, so
        # that it does not matter how rows are cut into batches.
        cuts = np.flatnonzero(np.diff(running)) + 1
        found: list[Transition] = []
        for begin, end in zip([0, *cuts.tolist()], [*cuts.tolist(), len(rows)], strict=True):
            self._roll(state, int(running[begin]))
            part = slice(begin, end)
            wet = rain[part] if isinstance(rain, np.ndarray) else rain
            found += self._segment(state, rows.pick(part), good[part], limits, wet)
        return found

    def _roll(self, state: ForesightMemory, bucket: int) -> None:
        if bucket <= state.numbers["bucket"]:
            return
        kernel.roll(state, bucket)
        day = bucket // DAY_BUCKETS
        if day > state.numbers["day"]:
            state.numbers["day"] = float(day)
            self._recalibrate(state)

    def _recalibrate(self, state: ForesightMemory) -> None:
        """Once a day: move each sensor kind's bar so that it keeps to the budget."""
        learned = self.learned
        for kind in np.flatnonzero(state.watched_ms > 0).tolist():
            hours = float(state.watched_ms[kind]) / HOUR_MS
            state.bar[kind] = budget.shift(
                state.peaks[kind], hours, learned.true_peaks, learned.false_peaks,
                self.params.alarm_budget, self._bar,
            )  # fmt: skip

    def _segment(
        self, state: ForesightMemory, rows: Rows, good: Array, limits: Limits, rain: float | Array
    ) -> list[Transition]:
        found: list[Transition] = []
        for places in rounds(rows.index):
            part, fine = rows.pick(places), good[places]
            wet = rain[places] if isinstance(rain, np.ndarray) else rain
            if not fine.all():
                found += health.after_bad(state, part.pick(~fine), self.params)
                part = part.pick(fine)
                wet = wet[fine] if isinstance(wet, np.ndarray) else wet
            if len(part):
                found += self._step(state, part, limits, wet)
        return found

    def _step(
        self, state: ForesightMemory, rows: Rows, limits: Limits, rain: float | Array
    ) -> list[Transition]:
        """One good reading each of distinct tanks; rows not newer than the last are ignored."""
        fresh = rows.measured_ms > state.columns["last_ms"].take(rows.index)
        if not fresh.all():
            rows = rows.pick(fresh)
            rain = rain[fresh] if isinstance(rain, np.ndarray) else rain
            if len(rows) == 0:
                return []
        held, seen = kernel.follow(state, rows, limits, rain, self.params)
        kernel.count(state, seen, rain)
        learning = seen.age_s < self.params.learned_after_h * HOUR_S
        busy = np.flatnonzero(seen.above | seen.low | learning | (held["watch"] > 0))
        found: list[Transition] = []
        if len(busy):
            wet = rain[busy] if isinstance(rain, np.ndarray) else np.full(len(busy), rain, F)
            some = {name: column[busy] for name, column in held.items()}
            found = self._examine(
                state,
                rows.pick(busy),
                some,
                seen.of(busy),
                limits.of(rows.index[busy]),
                wet,
                learning[busy],
            )
        return found + health.after_good(state, rows, self.params)

    def _examine(
        self, state: ForesightMemory, rows: Rows, held: dict[str, Array], seen: Seen,
        bounds: Limits, rain: Array, learning: Array,
    ) -> list[Transition]:  # fmt: skip
        """Tanks that are suspicious, standing in alarm, or still watched by the first rule."""
        index, at_s = rows.index, rows.measured_ms // 1000
        held |= state.take(DELAYED, index)
        shape, swing = excursion.shape_now(state, index, seen.bin)
        kept = excursion.track(state, index, at_s, seen, held["sigma"], shape)
        made = excursion.features(state, at_s, held, seen, kept, bounds, rain, shape, swing)
        asked = (kept["e_since"] > 0) & ~learning & np.isfinite(bounds.cover)
        want, hold, look = self._judge(state, rows, held, kept, made, asked, bounds.kind)
        if learning.any():
            first = {"middle": seen.middle, "age_s": seen.age_s, "rate": seen.rate,
                     "left": seen.left_h}  # fmt: skip
            young = level.judge(held, first, rows.value.astype(F), at_s, bounds, rain, self.params)
            want, hold = np.where(learning, young[0], want), np.where(learning, young[1], hold)
        frozen = state.columns["cur_3"].take(index) > 0
        before = settle(held, Channel.LEVEL, want, hold, at_s, frozen, self._delays)
        active = excursion.finish(state, index, at_s, kept, bounds.kind)
        standing = (held["cur_0"] > 0) | (held["up_n_0"] > 0) | (held["down_n_0"] > 0)
        held["watch"] = (active | standing).astype(np.uint8)
        state.put({name: held[name] for name in (*DELAYED, "watch")}, index)
        found = []
        for k in np.flatnonzero(before != held["cur_0"]).tolist():
            if learning[k]:
                got = {"middle": seen.middle, "rate": seen.rate, "left": seen.left_h}
                found.append(level.transition(
                    k, rows, held, before, got, rows.value.astype(F), bounds, self.params
                ))  # fmt: skip
            else:
                found.append(self._transition(k, rows, held, before, seen, kept, bounds, look))
        return found

    def _judge(
        self, state: ForesightMemory, rows: Rows, held: dict[str, Array], kept: dict[str, Array],
        made: Array, asked: Array, kind: Array,
    ) -> tuple[Array, Array, dict[int, tuple[Any, ...]]]:  # fmt: skip
        """Severity wanted and held, and the forecasts made on the way, by position."""
        count = len(asked)
        want, hold = np.zeros(count, np.uint8), np.zeros(count, np.uint8)
        look: dict[int, tuple[Any, ...]] = {}
        which = np.flatnonzero(asked)
        if len(which) == 0:
            return want, hold, look
        some = made[which]
        score = self.learned.score.raw(some)
        hours = some[:, excursion.FEATURES.index("tto_h")].astype(np.float64)
        urgent = self.learned.urgency(hours)
        peak = np.maximum(kept["e_score"][which], score + urgent)
        kept["e_score"][which] = peak.astype(np.float16)
        if self._listener is not None:
            self._listener(Scored(rows.tank[which], rows.measured_ms[which], some, score, urgent))
        over = score + urgent - self._bar - state.bar[kind[which]]
        holds = (over >= 0) | ((held["cur_0"][which] > 0) & (over >= -self.params.bar_hysteresis))
        if not holds.any():
            return want, hold, look
        places = which[holds]
        seen = judge.outlook(self.learned, made[places])
        full = made[places, excursion.FEATURES.index("left_m")] <= FULL_M
        hold[places] = judge.grades(seen, full, HOLD_WIDENED, self.params)
        sharp = judge.grades(seen, full, 1.0, self.params)
        want[places] = np.where(over[holds] >= 0, sharp, 0)
        for n, place in enumerate(places.tolist()):
            look[place] = (*seen.left_h[n].tolist(), float(seen.within24[n]))
        return want, hold, look

    def _transition(
        self, k: int, rows: Rows, held: dict[str, Array], before: Array, seen: Seen,
        kept: dict[str, Array], bounds: Limits, look: dict[int, tuple[Any, ...]],
    ) -> Transition:  # fmt: skip
        low, middle, high, chance = look.get(k, (None, None, None, 0.0))
        usual = float(seen.middle[k] - seen.dev[k])
        room = max(kernel.ABOVE_SIGMA * float(held["sigma"][k]), kernel.ABOVE_M)
        since = int(kept["e_since"][k]) or int(rows.measured_ms[k]) // 1000
        return Transition(
            tank_id=int(rows.tank[k]), channel=Channel.LEVEL, before=int(before[k]),
            after=int(held["cur_0"][k]), at_ms=int(rows.measured_ms[k]), cause=Cause.FORESIGHT,
            since_ms=since * 1000, level_m=float(rows.value[k]), base_m=usual,
            cover_m=float(bounds.cover[k]) if np.isfinite(bounds.cover[k]) else None,
            rate_m_h=float(seen.rate[k]), overflow_h=middle, overflow_low_h=low,
            overflow_high_h=high, probability=chance, clears_below=usual + room,
            hold_s=self.params.level_off_s,
        )  # fmt: skip
