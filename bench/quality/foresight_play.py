"""Worlds played into the learned engine: features, labels, alarms and their score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from qingshu.twin.worlds import World
from qingshu.warn.engine.contract import Engine, Rows, Shape, Surroundings
from qingshu.warn.engine.foresight.engine import Scored
from qingshu.warn.model import Channel, Transition

HOUR_MS, DAY_MS, YEAR_MS = 3_600_000, 86_400_000, 31_557_600_000
WARMUP_D, MARGIN_H = 14, 12


def play(world: World, engine: Engine, *, rain: bool = True) -> list[Transition]:
    """Every transition of every tank, online; late readings are flagged as sense would."""
    order = np.argsort(world.offset_ms, kind="stable")
    count = len(order)
    station = world.station
    shapes = [
        Shape(t, float(station.outlet_m[t]), float(station.cover_m[t]), station.sensor_model[t])
        for t in range(count)
    ]
    state, limits = engine.new_state(), engine.limits(shapes, 1)
    offset = world.offset_ms[order]
    one = np.ones(count, np.uint8)
    said: list[Transition] = []
    levels, late = world.level_m[:, order], world.late_h[:, order]
    for k, base in enumerate(world.base_ms.tolist()):
        value = levels[k].astype(np.float64)
        came = np.isfinite(value) & (late[k] == 0)
        if not came.any():
            continue
        tank = order[came]
        rows = Rows(tank, tank, one[: len(tank)], base + offset[came], value[came],
                    np.zeros(len(tank), np.uint8))  # fmt: skip
        around = Surroundings(float(world.wet_mm_h[k]) if rain else 0.0)
        said += engine.advance(state, rows, limits, around, base + world.interval_ms)
    return said


@dataclass(slots=True)
class Heap:
    """Scored readings of one world, kept in blocks while it is played."""

    parts: list[Scored]

    def __call__(self, scored: Scored) -> None:
        self.parts.append(scored)

    def joined(self) -> Scored:
        """One block, ordered by tank and time."""
        names = ("tank", "measured_ms", "rows", "score", "urgent")
        whole = [np.concatenate([getattr(p, n) for p in self.parts]) for n in names]
        order = np.lexsort((whole[1], whole[0]))
        return Scored(*(part[order] for part in whole))


@dataclass(frozen=True, slots=True)
class Labels:
    """Truth of scored readings. ``event`` is the overflow they lead to, -1 for none.

    ``void``: neither right nor wrong (after an overflow, in an obstruction that never
    overflows). ``known``: a forecast can be held against what happened.
    """

    event: np.ndarray
    hours: np.ndarray
    void: np.ndarray
    known: np.ndarray


def label(world: World, tank: np.ndarray, at_ms: np.ndarray) -> Labels:
    """Labels of readings ordered by tank and time."""
    size = len(tank)
    event, hours = np.full(size, -1), np.full(size, np.inf)
    void, known = np.zeros(size, bool), np.ones(size, bool)
    truth, end_ms = world.truth, int(world.base_ms[-1])
    starts = np.searchsorted(tank, np.arange(len(world.station.name) + 1))
    for e in range(len(truth)):
        cut = slice(int(starts[truth.tank[e]]), int(starts[truth.tank[e] + 1]))
        at = at_ms[cut]
        onset, over = int(truth.onset_ms[e]), int(truth.overflow_ms[e])
        clear = int(truth.cleared_ms[e]) if truth.cleared_ms[e] >= 0 else end_ms
        after = clear + MARGIN_H * HOUR_MS
        if over < 0:
            void[cut] |= (at >= onset) & (at <= after)
            continue
        mine = (at >= onset) & (at <= over)
        event[cut] = np.where(mine, e, event[cut])
        hours[cut] = np.where(mine, (over - at) / HOUR_MS, hours[cut])
        past = (at > over) & (at <= after)
        void[cut] |= past
        known[cut] &= ~((at > over) & (at <= clear))
    known &= (at_ms < end_ms - 72 * HOUR_MS) | (event >= 0)
    return Labels(event, hours, void & (event < 0), known)


@dataclass(frozen=True, slots=True)
class Raised:
    """One level alarm, milliseconds, with the forecast it was raised with."""

    tank: int
    from_ms: int
    to_ms: int
    said: Transition


def alarms(said: list[Transition], end_ms: int, least: int = 1) -> list[Raised]:
    """Level alarms of severity ``least`` or worse."""
    found: list[Raised] = []
    open_: dict[int, Transition] = {}
    for t in said:
        if t.channel is not Channel.LEVEL:
            continue
        if t.after >= least and t.tank_id not in open_:
            open_[t.tank_id] = t
        elif t.after < least and t.tank_id in open_:
            begun = open_.pop(t.tank_id)
            found.append(Raised(t.tank_id, begun.at_ms, t.at_ms, begun))
    return found + [Raised(k, t.at_ms, end_ms, t) for k, t in open_.items()]


def score(world: World, raised: list[Raised]) -> dict[str, Any]:
    """Per overflow: detection and lead; false alarms a tank-year of clean time."""
    truth, begin = world.truth, int(world.base_ms[0]) + WARMUP_D * DAY_MS
    end_ms = int(world.base_ms[-1])
    by_tank: dict[int, list[Raised]] = {}
    for alarm in raised:
        by_tank.setdefault(alarm.tank, []).append(alarm)
    leads, oracle, room = [], [], []
    windows: dict[int, list[tuple[int, int]]] = {}
    busy = 0
    for e in range(len(truth)):
        tank, onset = int(truth.tank[e]), int(truth.onset_ms[e])
        over, clear = int(truth.overflow_ms[e]), int(truth.cleared_ms[e])
        after = min((clear if clear >= 0 else end_ms) + MARGIN_H * HOUR_MS, end_ms)
        windows.setdefault(tank, []).append((onset, after))
        busy += after - onset
        if over < 0 or over < begin:
            continue
        hits = [a for a in by_tank.get(tank, []) if a.to_ms >= onset and a.from_ms <= over]
        leads.append((over - max(min(a.from_ms for a in hits), onset)) / HOUR_MS if hits else 0.0)
        fired = int(truth.oracle_ms[e])
        oracle.append((over - fired) / HOUR_MS if fired >= 0 else 0.0)
        seen = int(truth.visible_ms[e])
        room.append((over - seen) / HOUR_MS if seen >= 0 else 0.0)
    false = [
        a for a in raised
        if a.from_ms >= begin
        and not any(a.from_ms <= e and a.to_ms >= s for s, e in windows.get(a.tank, []))
    ]  # fmt: skip
    count = sum(1 + (a.to_ms - a.from_ms) // DAY_MS for a in false)
    years = ((end_ms - begin) * len(world.station.name) - busy) / YEAR_MS
    lead, best, room_h = np.array(leads), np.array(oracle), np.array(room)
    half = 1.96 * max(count, 1) ** 0.5

    def share(chosen: np.ndarray) -> float | None:
        return round(float((lead[chosen] >= 2).mean()), 3) if chosen.any() else None

    return {
        "overflows": len(lead), "tank_years": round(years, 1),
        "false_per_tank_year": round(count / years, 3),
        "false_95": [round(max(count - half, 0) / years, 3), round((count + half) / years, 3)],
        "detected": round(float((lead > 0).mean()), 3),
        "detected_2h": round(float((lead >= 2).mean()), 3),
        "detected_4h": round(float((lead >= 4).mean()), 3),
        "lead_h_median": round(float(np.median(lead[lead > 0])), 2) if (lead > 0).any() else 0.0,
        "lead_over_oracle": round(float(np.median(lead) / np.median(best)), 3),
        "oracle_2h": round(float((best >= 2).mean()), 3),
        "detected_2h_by_room": {
            "0-4": share(room_h < 4), "4-8": share((room_h >= 4) & (room_h < 8)),
            "8-16": share((room_h >= 8) & (room_h < 16)), "16+": share(room_h >= 16),
            "8+": share(room_h >= 8),
        },
    }  # fmt: skip
