"""Levels of many tanks through a season: what runs in, what the weir lets out, what shuts it.

Two waters run side by side with the same inflow: the true one, and the one that would have
been without the obstructions. Levels here are metres above each tank's weir.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qingshu.twin.ground import Floats, Ints
from qingshu.twin.hydraulics import conductance, diurnal, drained
from qingshu.twin.worlds.scenarios import Obstructions, Scenario, Traits

Floats32 = NDArray[np.float32]
TICK_S = 300
TICKS_DAY = 86_400 // TICK_S
TICKS_H = 3600 // TICK_S
SUBSTEPS = 2
ZONE_H = 8.0
FULL_M = 1e-6


@dataclass(frozen=True, slots=True)
class Basins:
    """What each tank is: arrays of one length, metres, metres a day."""

    outlet_m: Floats
    freeboard_m: Floats
    rise_m_day: Floats
    head_m: Floats
    burst: Floats
    phase_h: Floats
    leak: Floats
    surcharge_m: Floats
    surcharge_from: Floats
    scum_m_day: Floats

    def __len__(self) -> int:
        return len(self.outlet_m)


def draw_basins(rng: np.random.Generator, traits: Traits, count: int) -> Basins:
    """``count`` tanks."""
    rise = traits.rise_median_m_day * np.exp(traits.rise_log_sd * rng.standard_normal(count))
    leaky = rng.random(count) < traits.leaky_share
    backed = rng.random(count) < traits.surcharge_share
    low, high = traits.leak
    return Basins(
        outlet_m=np.round(rng.uniform(*traits.outlet_m, count), 2),
        freeboard_m=np.round(rng.uniform(*traits.freeboard_m, count), 3),
        rise_m_day=np.clip(rise, *traits.rise_m_day),
        head_m=rng.uniform(*traits.head_m, count),
        burst=np.exp(rng.uniform(np.log(traits.burst[0]), np.log(traits.burst[1]), count)),
        phase_h=rng.normal(0.0, traits.phase_sd_h, count),
        leak=np.where(leaky, rng.uniform(low, high, count), rng.uniform(0.0, low, count)),
        surcharge_m=np.where(backed, rng.uniform(*traits.surcharge_m, count), 0.0),
        surcharge_from=rng.uniform(*traits.surcharge_from_mm_h, count),
        scum_m_day=rng.uniform(0.0, traits.scum_m_180d / 180, count),
    )


@dataclass(frozen=True, slots=True)
class Event:
    """One obstruction; ticks, -1 where it did not happen."""

    tank: int
    kind: str
    onset: int
    overflow: int
    cleared: int
    depth: float


@dataclass
class Plugs:
    """What stands in the outlets now and what is due, as the ticks go by."""

    rng: np.random.Generator
    rules: Obstructions
    onset: Ints
    ramp: Floats
    depth: Floats
    overflow: Ints
    kind: list[str]
    number: Ints
    desludge_d: float
    drop_m: tuple[float, float]
    due: list[tuple[int, int, int, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    emptied: list[tuple[int, int, float]] = field(default_factory=list)

    @property
    def blocked(self) -> bool:
        """Whether any outlet is obstructed."""
        return bool((self.depth > 0).any())

    def shut(self, tick: int) -> Floats:
        """Share of each outlet that is shut, 0 to 1; ramps are linear."""
        return self.depth * np.minimum(1.0, (tick - self.onset) / self.ramp)

    def move(self, tick: int, water: Floats) -> None:
        """Begin and end what is due at this tick."""
        while self.due and self.due[0][0] <= tick:
            _, tank, number, what = heapq.heappop(self.due)
            if what == "begin":
                self._begin(tick, tank)
            elif what == "desludge":
                self._empty(tick, tank, water)
                self.later(tick, tank, "desludge")
            elif number == self.number[tank] and self.depth[tank] > 0:
                self._end(tick, tank, water)

    def spill(self, tick: int, full: Ints) -> None:
        """Tanks that stand at their cover; somebody opens the outlet hours later."""
        for tank in full.tolist():
            if self.depth[tank] > 0 and self.overflow[tank] < 0:
                self.overflow[tank] = tick
                hours = self.rng.uniform(*self.rules.cleared_after_h)
                self.number[tank] += 1
                end = tick + max(1, int(hours * TICKS_H))
                heapq.heappush(self.due, (end, tank, int(self.number[tank]), "end"))

    def later(self, tick: int, tank: int, what: str) -> None:
        """The next obstruction or emptying of a tank is due some time after ``tick``."""
        rules = self.rules
        mean_d = self.desludge_d if what == "desludge" else 365.0 / max(rules.per_tank_year, 1e-9)
        wait = self.rng.exponential(mean_d) * TICKS_DAY
        if what == "begin":
            wait += rules.apart_d * TICKS_DAY
        heapq.heappush(self.due, (tick + 1 + int(wait), tank, 0, what))

    def _begin(self, tick: int, tank: int) -> None:
        rules, rng = self.rules, self.rng
        lot = rng.random()
        lasts = rules.unnoticed_d * TICKS_DAY
        if lot < rules.sudden_share:
            kind, ramp = "sudden", rng.uniform(*rules.sudden_h) * TICKS_H
            depth = rng.uniform(*rules.full)
        elif lot < rules.sudden_share + rules.gradual_share:
            kind, ramp = "gradual", rng.uniform(*rules.gradual_d) * TICKS_DAY
            depth = rng.uniform(*rules.full)
        else:
            kind, ramp = "partial", rng.uniform(*rules.partial_h) * TICKS_H
            depth = rng.uniform(*rules.partial)
            lasts = rng.uniform(*rules.partial_clears_h) * TICKS_H
        self.kind[tank], self.ramp[tank], self.depth[tank] = kind, max(ramp, 1.0), depth
        self.onset[tank], self.overflow[tank] = tick, -1
        self.number[tank] += 1
        heapq.heappush(self.due, (tick + int(lasts), tank, int(self.number[tank]), "end"))

    def _end(self, tick: int, tank: int, water: Floats) -> None:
        spilt = self.overflow[tank] >= 0
        self.events.append(self._event(tank, tick))
        self.depth[tank] = 0.0
        self.number[tank] += 1
        if spilt and self.rng.random() < self.rules.emptied_share:
            self._empty(tick, tank, water)
        self.later(tick, tank, "begin")

    def _event(self, tank: int, tick: int) -> Event:
        return Event(
            tank, self.kind[tank], int(self.onset[tank]), int(self.overflow[tank]), tick,
            float(self.depth[tank]),
        )  # fmt: skip

    def _empty(self, tick: int, tank: int, water: Floats) -> None:
        drop = float(self.rng.uniform(*self.drop_m))
        water[:, tank] = -drop
        self.emptied.append((tank, tick, drop))

    def close(self, tick: int) -> None:
        """What still stands when the season ends is an event that nobody cleared."""
        for tank in np.flatnonzero(self.depth > 0).tolist():
            self.events.append(self._event(tank, tick))
        self.events.sort(key=lambda e: (e.onset, e.tank))


def make_plugs(rng: np.random.Generator, scenario: Scenario, count: int) -> Plugs:
    """Free outlets, with the first obstruction and emptying of every tank due."""
    zeros = np.zeros(count, np.int64)
    plugs = Plugs(
        rng, scenario.obstructions, zeros.copy(), np.ones(count), np.zeros(count),
        zeros - 1, [""] * count, zeros.copy(), scenario.traits.desludge_every_d,
        scenario.traits.desludge_drop_m,
    )  # fmt: skip
    first = int(scenario.obstructions.first_day * TICKS_DAY)
    for tank in range(count):
        if scenario.obstructions.per_tank_year > 0:
            plugs.later(first, tank, "begin")
        plugs.later(0, tank, "desludge")
    return plugs


@dataclass(frozen=True, slots=True)
class Season:
    """Both waters at every tick (float32, metres above the weir) and what happened."""

    true_m: Floats32
    free_m: Floats32
    events: list[Event]
    emptied: list[tuple[int, int, float]]


def run(rng: np.random.Generator, scenario: Scenario, basins: Basins, wet_mm_h: Floats) -> Season:
    """The whole season, one tick of 5 minutes after another; ``wet_mm_h`` is by tick."""
    ticks, count = len(wet_mm_h), len(basins)
    plugs = make_plugs(rng, scenario, count)
    water = np.tile(0.5 * basins.head_m, (2, 1))
    true, free = np.empty((ticks, count), np.float32), np.empty((ticks, count), np.float32)
    part_d = TICK_S / SUBSTEPS / 86_400
    weir = np.tile(conductance(basins.rise_m_day, basins.head_m) * part_d, (2, 1))
    passing = weir.copy()
    top = basins.freeboard_m
    for tick, (inflow, tail) in enumerate(_sky_and_people(rng, scenario, basins, wet_mm_h)):
        plugs.move(tick, water)
        passing[0] = weir[0] * (1.0 - plugs.shut(tick)) if plugs.blocked else weir[0]
        for _ in range(SUBSTEPS):
            water += inflow * part_d
            over = np.maximum(water, 0.0)
            if tail is None:
                water += drained(over, passing) - over
            else:
                head = over - tail
                water += drained(head, passing) - head
            np.minimum(water, top, out=water)
        full = water[0] >= top - FULL_M
        if full.any():
            plugs.spill(tick, np.flatnonzero(full))
        true[tick], free[tick] = water
    plugs.close(ticks)
    events = sorted([*plugs.events, *_surcharged(true, top, plugs.events)], key=lambda e: e.onset)
    return Season(true, free, events, plugs.emptied)


def _sky_and_people(
    rng: np.random.Generator, scenario: Scenario, basins: Basins, wet_mm_h: Floats
) -> Iterator[tuple[Floats, Floats | None]]:
    """(inflow in m/day, backwater above the weir in m or None) of every tick."""
    traits, count = scenario.traits, len(basins)
    hours = np.arange(TICKS_DAY) / TICKS_H + ZONE_H
    shape = diurnal((hours[:, None] + basins.phase_h) % 24.0) * basins.rise_m_day
    day_log = np.zeros(count)
    cap = traits.surcharge_cap * basins.freeboard_m
    for day, start in enumerate(range(0, len(wet_mm_h), TICKS_DAY)):
        wet = wet_mm_h[start : start + TICKS_DAY]
        day_log = traits.day_ar * day_log + traits.day_sd * rng.standard_normal(count)
        factor = np.exp(day_log) * (traits.weekend if day % 7 >= 5 else 1.0)
        gusts = rng.standard_gamma(basins.burst, (TICKS_DAY // 2, count)) / basins.burst
        people = shape * factor * np.repeat(gusts, 2, axis=0)
        for k, rain in enumerate(wet.tolist()):
            inflow = people[k] + basins.leak * rain if rain > 1e-4 else people[k]
            tail = None
            if rain > traits.surcharge_from_mm_h[0]:
                tail = basins.surcharge_m * np.maximum(rain - basins.surcharge_from, 0.0)
                tail = np.minimum(tail, cap)
            yield inflow, tail


def _surcharged(true: Floats32, top: Floats, events: list[Event]) -> list[Event]:
    """Overflows of tanks whose outlet is free: rain alone, with the sewer backed up."""
    rows, tanks = np.nonzero(true >= top - FULL_M)
    found = []
    for tank in np.unique(tanks).tolist():
        busy = [(e.onset, e.cleared + 12 * TICKS_H) for e in events if e.tank == tank]
        last = -1
        for tick in rows[tanks == tank].tolist():
            if tick <= last or any(a <= tick <= b for a, b in busy):
                continue
            low = np.flatnonzero(true[:, tank] < 0.3 * top[tank])
            place = int(np.searchsorted(low, tick))
            onset = int(low[place - 1]) if place else 0
            last = int(low[place]) if place < len(low) else len(true)
            found.append(Event(tank, "surcharge", onset, tick, last, 0.0))
    return found
