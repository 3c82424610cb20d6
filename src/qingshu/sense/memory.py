"""What ingest remembers of every sensor: newest instants, last level, last contact.

The memory follows only committed rows. It is saved at checkpoints and rebuilt from the
log after the last one, so it always agrees with what is stored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qingshu.sense import rules
from qingshu.sense.model import QUANTITIES, Batch, Floats, Int64s, Quality, Quantity
from qingshu.sense.params import SenseParams

NEVER = np.iinfo(np.int64).min // 4
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of the log and the measured instants that occur in it."""

    from_id: int
    to_id: int
    min_ms: int
    max_ms: int


class Memory:
    """Arrays by sensor id; grows with the largest id."""

    def __init__(self) -> None:
        self.marks: Int64s = np.full((0, QUANTITIES), NEVER, np.int64)
        self.contact_ms: Int64s = np.empty(0, np.int64)
        self.battery: Floats = np.empty(0)
        self.temperature: Floats = np.empty(0)
        self.level: Floats = np.empty(0)
        self.level_ms: Int64s = np.empty(0, np.int64)
        self.same_since_ms: Int64s = np.empty(0, np.int64)
        self.same_count: Int64s = np.empty(0, np.int64)
        self.dirty: Mask = np.empty(0, np.bool_)
        self.open_zone: Zone | None = None

    def make_room(self, top: int) -> None:
        """Hold sensors up to id ``top``."""
        more = top + 1 - len(self.contact_ms)
        if more <= 0:
            return
        more += 64
        self.marks = np.concatenate([self.marks, np.full((more, QUANTITIES), NEVER, np.int64)])
        for name, filler in (
            ("contact_ms", 0), ("battery", np.nan), ("temperature", np.nan), ("level", np.nan),
            ("level_ms", NEVER), ("same_since_ms", NEVER), ("same_count", 0), ("dirty", False),
        ):  # fmt: skip
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.full(more, filler, old.dtype)]))

    def newer(self, batch: Batch) -> Mask:
        """Rows later than everything before them of the same sensor and quantity.

        The others are late or repeated; only the log can tell which.
        """
        key = batch.sensor * QUANTITIES + batch.quantity
        order = np.argsort(key, kind="stable")
        sorted_key, times = key[order], batch.measured_ms[order]
        starts = np.empty(len(key), np.bool_)
        starts[:1] = True
        np.not_equal(sorted_key[1:], sorted_key[:-1], out=starts[1:])
        before = self.marks.reshape(-1)[sorted_key]
        if not starts.all():
            # A running maximum within each group: lift every group above the one before it.
            lowest = times.min()
            lift = (np.cumsum(starts) - 1) * (times.max() - lowest + 1) - lowest
            running = np.maximum.accumulate(times + lift)
            inside = np.flatnonzero(~starts)
            before[inside] = np.maximum(before[inside], running[inside - 1] - lift[inside])
        fresh = np.empty(len(key), np.bool_)
        fresh[order] = times > before
        return fresh

    def doubts(self, batch: Batch, params: SenseParams) -> NDArray[np.uint8]:
        """SPIKE and STUCK flags for rows that are all newer than what is remembered."""
        flags = np.zeros(len(batch), np.uint8)
        rows, run = self._runs(batch, params)
        if not len(rows):
            return flags
        gap = batch.measured_ms[rows] - run.before_ms
        spike = rules.spikes(batch.value[rows], run.before, gap, params)
        stuck = rules.stuck(run.count, batch.measured_ms[rows] - run.since_ms, params)
        flags[rows] = spike * np.uint8(Quality.SPIKE) + stuck * np.uint8(Quality.STUCK)
        return flags

    def follow(self, batch: Batch, first_id: int, params: SenseParams) -> None:
        """Remember rows that are now stored under ``first_id`` and up."""
        if not len(batch):
            return
        self.make_room(int(batch.sensor.max()))
        on_time = batch.pick((batch.quality & np.uint8(Quality.LATE)) == 0)
        rows, run = self._runs(on_time, params)
        last = rows[run.last]
        who = on_time.sensor[last]
        self.level[who] = on_time.value[last]
        self.level_ms[who] = on_time.measured_ms[last]
        self.same_since_ms[who] = run.since_ms[run.last]
        self.same_count[who] = run.count[run.last]
        np.maximum.at(
            self.marks.reshape(-1), batch.sensor * QUANTITIES + batch.quantity, batch.measured_ms
        )
        np.maximum.at(self.contact_ms, batch.sensor, batch.received_ms)
        self.dirty[batch.sensor] = True
        for quantity, held in (
            (Quantity.BATTERY, self.battery), (Quantity.TEMPERATURE, self.temperature),
        ):  # fmt: skip
            chosen = on_time.quantity == quantity
            held[on_time.sensor[chosen]] = on_time.value[chosen]
        self._widen(batch, first_id)

    def heard(self, sensors: Int64s, received_ms: Int64s) -> None:
        """A device gave a sign of life, whatever became of its message."""
        np.maximum.at(self.contact_ms, sensors, received_ms)
        self.dirty[sensors] = True

    def _widen(self, batch: Batch, first_id: int) -> None:
        low, high = int(batch.measured_ms.min()), int(batch.measured_ms.max())
        last_id = first_id + len(batch) - 1
        zone = self.open_zone or Zone(first_id, last_id, low, high)
        self.open_zone = Zone(zone.from_id, last_id, min(zone.min_ms, low), max(zone.max_ms, high))

    def _runs(self, batch: Batch, params: SenseParams) -> tuple[Int64s, _Runs]:
        """Levels by sensor with the value before each and how long it has not moved."""
        at = np.flatnonzero(rules.levels_of(batch.quantity))
        rows = at[np.argsort(batch.sensor[at], kind="stable")]
        sensor, value, times = batch.sensor[rows], batch.value[rows], batch.measured_ms[rows]
        starts = np.ones(len(rows), np.bool_)
        starts[1:] = sensor[1:] != sensor[:-1]
        before, before_ms = self.level[sensor], self.level_ms[sensor]
        inside = np.flatnonzero(~starts)
        before[inside], before_ms[inside] = value[inside - 1], times[inside - 1]
        with np.errstate(invalid="ignore"):
            moved = ~(np.abs(value - before) <= params.stuck_m)
        place = np.arange(len(rows))
        origin = np.maximum.accumulate(np.where(moved | starts, place, 0))
        carried = ~moved[origin]
        count = place - origin + 1 + np.where(carried, self.same_count[sensor], 0)
        since = np.where(carried, self.same_since_ms[sensor], times[origin])
        last = np.ones(len(rows), np.bool_)
        last[:-1] = starts[1:]
        return rows, _Runs(before, before_ms, count, since, last)


@dataclass(frozen=True, slots=True)
class _Runs:
    before: Floats
    before_ms: Int64s
    count: Int64s
    since_ms: Int64s
    last: Mask
