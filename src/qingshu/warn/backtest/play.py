"""Playing readings through an engine strictly online: nothing is shown before it arrived."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qingshu.sense.model import Quantity
from qingshu.sense.params import SenseParams
from qingshu.warn import reasons
from qingshu.warn.backtest.errors import WarmupTooLong
from qingshu.warn.backtest.judge import Wet, judge
from qingshu.warn.backtest.model import (
    DAY_MS,
    HORIZONS_H,
    HOUR_MS,
    NEVER,
    Alarms,
    Heard,
    Ints,
    Played,
    Predictions,
    Rain,
    Series,
    Tanks,
    Tap,
    Watch,
)
from qingshu.warn.engine.contract import Engine, Rows, Shape, Surroundings
from qingshu.warn.model import Channel, Transition
from qingshu.warn.params import WarnParams

FORECAST_ROWS = 50_000
ZONE = "Asia/Shanghai"

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to play: ``warmup_ms`` from the first arrival nothing counts."""

    warmup_ms: int = 60 * DAY_MS
    step_ms: int | None = None
    params: WarnParams = field(default_factory=WarnParams)
    sense: SenseParams = field(default_factory=SenseParams)


def play(
    engine: Engine, tanks: Tanks, series: Series, rain: Rain | None, plan: Plan,
    tap: Tap | None = None, progress: Progress | None = None,
) -> Played:  # fmt: skip
    """Every alarm and forecast of one run.

    The engine gets rows in order of arrival, in batches that span at most one step of the
    fastest sensors. It never holds a row that arrived later than the alarm it raises.
    Raises :class:`WarmupTooLong`.
    """
    begins, ends = int(series.received_ms[0]), int(series.received_ms[-1])
    counts_from = begins + plan.warmup_ms
    if counts_from >= ends:
        days = (ends - begins) / DAY_MS
        msg = f"Expected a warm-up shorter than the readings ({days:.1f} d), got "
        raise WarmupTooLong(msg + f"{plan.warmup_ms / DAY_MS:.1f} d.", warmup="too long")
    quality, problems = judge(series, plan.sense)
    run = _Run(engine, tanks, series, quality, plan, counts_from, tap)
    step = plan.step_ms or _step(series)
    wet = Wet(rain, begins, ends, plan.params)
    cuts = np.searchsorted(series.received_ms, np.arange(begins, ends + step, step) + step)
    start = 0
    for end in np.unique(cuts).tolist():
        if end > start:
            run.advance(slice(start, end), wet.at(int(series.received_ms[end - 1])))
            if progress is not None:
                progress(end)
        start = end
    return Played(run.alarms(), run.predictions(), _watch(series, tanks, counts_from), problems)


def _step(series: Series) -> int:
    """One interval of the sensors: the median gap of one tank, 1 minute to 1 hour."""
    one = np.sort(series.measured_ms[series.tank == series.tank[0]][:2000])
    gaps = np.diff(one)
    middle = float(np.median(gaps)) if len(gaps) else 600_000.0
    return int(np.clip(middle, 60_000, HOUR_MS))


_FIELDS = (*(f"p{h}" for h in HORIZONS_H), "tto_p10_h", "tto_p50_h", "tto_p90_h", "score")


class _Run:
    """An engine with one shard, and what it has said so far."""

    def __init__(
        self, engine: Engine, tanks: Tanks, series: Series, quality: np.ndarray[Any, Any],
        plan: Plan, counts_from: int, tap: Tap | None,
    ) -> None:  # fmt: skip
        self.engine, self.series, self.quality = engine, series, quality
        self.plan, self.counts_from = plan, counts_from
        shapes = [
            Shape(k, float(tanks.outlet_m[k]), float(tanks.cover_m[k]))
            for k in np.flatnonzero(tanks.usable).tolist()
        ]
        self.limits, self.state = engine.limits(shapes, 1), engine.new_state()
        self.grade = np.zeros(len(tanks.name), np.int64)
        self.standing: dict[tuple[int, Channel], dict[str, Any]] = {}
        self.raised: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        self.tap, self.size = tap, len(tanks.name)
        self.pending: list[tuple[Heard, Ints, Ints]] = []
        self.waiting = 0

    def advance(self, cut: slice, around: Surroundings) -> None:
        """Take one batch of arrivals."""
        s = self.series
        tank = s.tank[cut].astype(np.int64)
        rows = Rows(
            tank, tank, np.full(len(tank), Quantity.LEVEL, np.uint8), s.measured_ms[cut],
            s.level_m[cut].astype(np.float64), self.quality[cut],
        )  # fmt: skip
        now = int(s.received_ms[cut.stop - 1])
        said = self.engine.advance(self.state, rows, self.limits, around, now)
        if said:
            came = self._arrivals(said, rows, s.received_ms[cut], now)
            for t, at in zip(said, came, strict=True):
                self._follow(t, at)
        if self.tap is not None:
            self._listen(self.tap, rows, s.received_ms[cut])

    def _arrivals(self, said: list[Transition], rows: Rows, received: Ints, now: int) -> list[int]:
        found = []
        for t in said:
            mine = (rows.tank == t.tank_id) & (rows.measured_ms == t.at_ms)
            found.append(int(received[mine].max()) if mine.any() else now)
        return found

    def _follow(self, t: Transition, at: int) -> None:
        if t.channel is Channel.LEVEL:
            self.grade[t.tank_id] = t.after
        one = self.standing.get((t.tank_id, t.channel))
        if one is None and t.after > 0:
            one = {
                "tank": t.tank_id, "raised_ms": at, "cleared_ms": NEVER, "grade": t.after,
                "kind": t.channel.name.lower(),
                "reason": reasons.reason_of(t, self.plan.params, ZONE).en,
                "p24": math.nan if t.probability is None else t.probability,
                **_spread(t, self.plan.params),
            }  # fmt: skip
            self.standing[t.tank_id, t.channel] = one
            self.raised.append(one)
        elif one is not None:
            one["grade"] = max(one["grade"], t.after)
            if t.after == 0:
                one["cleared_ms"] = at
                del self.standing[t.tank_id, t.channel]

    def _listen(self, tap: Tap, rows: Rows, received: Ints) -> None:
        """Keep what was scored, with the moment each reading arrived."""
        key = rows.measured_ms * self.size + rows.tank
        order = np.argsort(key, kind="stable")
        for heard in tap.drain():
            asked = heard.measured_ms * self.size + heard.tank
            place = np.searchsorted(key[order], asked, side="right") - 1
            self.pending.append((heard, received[order[place]], self.grade[heard.tank]))
            self.waiting += len(heard.tank)
        if self.waiting >= FORECAST_ROWS:
            self._forecast(tap)

    def _forecast(self, tap: Tap) -> None:
        """Work out the forecasts of what waits; in large pieces, which is quicker."""
        if not self.pending:
            return
        heard = [one for one, _, _ in self.pending]
        tank = np.concatenate([one.tank for one in heard]).astype(np.int64)
        measured = np.concatenate([one.measured_ms for one in heard])
        received = np.concatenate([at for _, at, _ in self.pending])
        self.said.append({
            "tank": tank, "measured_ms": measured, "received_ms": received,
            "grade": np.concatenate([grade for _, _, grade in self.pending]),
            "score": np.concatenate([one.score for one in heard]).astype(np.float64),
            **tap.forecasts(np.concatenate([one.made for one in heard])),
        })  # fmt: skip
        self.pending, self.waiting = [], 0

    def alarms(self) -> Alarms:
        """What was raised after the warm-up, or still stood when it ended."""
        kept = [
            {**one, "raised_ms": max(one["raised_ms"], self.counts_from)}
            for one in self.raised
            if one["cleared_ms"] == NEVER or one["cleared_ms"] > self.counts_from
        ]
        kept.sort(key=lambda one: (one["raised_ms"], one["tank"]))
        columns: dict[str, Any] = {
            name: np.array([one[name] for one in kept], kind) for name, kind in _ALARM_COLUMNS
        }
        words: dict[str, Any] = {name: [one[name] for one in kept] for name in ("kind", "reason")}
        return Alarms(**columns, **words)

    def predictions(self) -> Predictions:
        """Every scored reading after the warm-up."""
        if self.tap is not None:
            self._forecast(self.tap)
        names = ("tank", "measured_ms", "received_ms", "grade", *_FIELDS)
        if not self.said:
            empty = {name: np.empty(0) for name in names}
        else:
            empty = {name: np.concatenate([one[name] for one in self.said]) for name in names}
        keep = empty["received_ms"] >= self.counts_from
        columns: dict[str, Any] = {name: empty[name][keep] for name in names}
        columns |= {name: columns[name].astype(np.int64) for name in names[:4]}
        return Predictions(**columns)


_ALARM_COLUMNS = (
    ("tank", np.int64), ("raised_ms", np.int64), ("cleared_ms", np.int64), ("grade", np.int64),
    ("p24", np.float64), ("tto_p10_h", np.float64), ("tto_p50_h", np.float64),
    ("tto_p90_h", np.float64),
)  # fmt: skip


def _spread(t: Transition, params: WarnParams) -> dict[str, float]:
    """The interval of an engine, also of one that gives only a middle estimate."""
    if t.overflow_h is None:
        return dict.fromkeys(("tto_p10_h", "tto_p50_h", "tto_p90_h"), math.nan)
    low, high = t.overflow_low_h, t.overflow_high_h
    return {
        "tto_p10_h": t.overflow_h / params.left_factor if low is None else low,
        "tto_p50_h": t.overflow_h,
        "tto_p90_h": t.overflow_h * params.left_factor if high is None else high,
    }


def _watch(series: Series, tanks: Tanks, counts_from: int) -> Watch:
    """Each tank counts from its first to its last arrival, after the warm-up."""
    size = len(tanks.name)
    first = np.full(size, np.iinfo(np.int64).max)
    last = np.zeros(size, np.int64)
    np.minimum.at(first, series.tank, series.received_ms)
    np.maximum.at(last, series.tank, series.received_ms)
    begin = np.maximum(first, counts_from)
    silent = last <= begin
    return Watch(np.where(silent, counts_from, begin), np.where(silent, counts_from, last))
