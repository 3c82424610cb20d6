"""One simulated station over one season: tanks, readings as they arrive, and the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qingshu.kernel.errors import InvalidInput
from qingshu.twin.ground import CENTRE_LAT, CENTRE_LON, Floats, Ints
from qingshu.twin.worlds import flow
from qingshu.twin.worlds.scenarios import Scenario, Sensor, scenario_of
from qingshu.twin.worlds.sensing import Fault, Heard, listen, stuck_rows
from qingshu.twin.worlds.sky import rain

START_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z.
TICK_MS = flow.TICK_S * 1000
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
# A rise that an eye would see beside the water that would have been, metres (EW 5).
VISIBLE_M = 0.05
# Evidence at which a detector that knows everything fires: one false alarm in ten years of
# 10-minute readings (EW 9).
LOG_RUN_LENGTH = 13.2
REPEATED_SHARE = 0.003  # Messages that come twice; own choice.
LATE_SHARE = 0.005  # Single messages that come up to an hour late; own choice.
AREA_M2_PER_M3_DAY = 1.0


@dataclass(frozen=True, slots=True)
class Station:
    """What the register knows of the tanks, and their traits. Metres above the floor."""

    name: list[str]
    outlet_m: Floats
    cover_m: Floats
    area_m2: Floats
    residents: Ints
    lat: Floats
    lon: Floats
    sensor_model: list[str]
    basins: flow.Basins


@dataclass(frozen=True, slots=True)
class Readings:
    """What the sensors sent, in order of arrival; ``tank`` is the place in the station."""

    tank: Ints
    measured_ms: Ints
    received_ms: Ints
    level_m: Floats

    def __len__(self) -> int:
        return len(self.tank)


@dataclass(frozen=True, slots=True)
class Truth:
    """All obstructions and overflows, by onset. Milliseconds since 1970, -1 for never.

    ``visible_ms``: the true level first stands 5 cm above what it would have been.
    ``oracle_ms``: a detector that knows both waters and the noise fires on the readings
    that came; never where no reading came in time.
    """

    tank: Ints
    kind: list[str]
    onset_ms: Ints
    overflow_ms: Ints
    cleared_ms: Ints
    visible_ms: Ints
    oracle_ms: Ints

    def __len__(self) -> int:
        return len(self.tank)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a tank's readings rose without an obstruction, from and until (milliseconds)."""

    tank: int
    cause: str
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class World:
    """A season. Matrices are (reading, tank); row k of tank i was measured at
    ``base_ms[k] + offset_ms[i]``.

    ``level_m`` is what the sensor said (NaN: nothing), ``true_m`` the water, ``free_m``
    the water had nothing been in the outlet, all float32 metres above the floor.
    ``late_h`` is how much later than measured a reading came (0: at once). ``rain_mm`` fell
    in the interval before ``base_ms[k]``; ``wet_mm_h`` is smoothed with a memory of 5 h.
    """

    scenario: Scenario
    seed: int
    station: Station
    base_ms: Ints
    offset_ms: Ints
    level_m: flow.Floats32
    true_m: flow.Floats32
    free_m: flow.Floats32
    late_h: flow.Floats32
    rain_mm: Floats
    wet_mm_h: Floats
    truth: Truth
    causes: list[Cause]

    @property
    def interval_ms(self) -> int:
        """Time between two readings of one sensor."""
        return self.scenario.interval_min * 60_000

    def readings(self) -> Readings:
        """Everything that was sent, in order of arrival: late, repeated, out of order."""
        rng = np.random.default_rng((self.seed, self.scenario.stream, 77))
        rows, tanks = np.nonzero(np.isfinite(self.level_m))
        measured = self.base_ms[rows] + self.offset_ms[tanks]
        late_ms = (self.late_h[rows, tanks] * HOUR_MS).astype(np.int64)
        size = len(rows)
        way = rng.integers(1000, 20_000, size)
        slow = rng.random(size) < LATE_SHARE
        way[slow] += rng.integers(60_000, HOUR_MS, int(slow.sum()))
        received = measured + late_ms + way
        again = np.flatnonzero(rng.random(size) < REPEATED_SHARE)
        pick = np.concatenate((np.arange(size), again))
        received = np.concatenate((received, received[again] + rng.integers(1, 60_000, len(again))))
        order = np.argsort(received, kind="stable")
        pick = pick[order]
        level = self.level_m[rows[pick], tanks[pick]].astype(np.float64)
        return Readings(tanks[pick], measured[pick], received[order], level)


def make(
    scenario: str,
    seed: int,
    tanks: int = 250,
    days: int = 180,
    interval_min: int | None = None,
) -> World:
    """A world of a permanent scenario: the same arguments give the same world.

    Raises ``NotFound`` for an unknown scenario, ``InvalidInput`` for a size out of
    [1, 20000] tanks or [1, 3660] days. 250 tanks over 180 days take about 10 s.
    """
    if not 1 <= tanks <= 20_000 or not 1 <= days <= 3660:
        msg = f"Expected 1 to 20,000 tanks and 1 to 3,660 days, got {tanks} and {days}."
        raise InvalidInput(msg, tanks=tanks, days=days)
    chosen = scenario_of(scenario, interval_min)
    streams = np.random.SeedSequence((seed, chosen.stream)).spawn(4)
    land, sky, water, probes = (np.random.default_rng(s) for s in streams)
    basins = flow.draw_basins(land, chosen.traits, tanks)
    station, sensors = _station(land, chosen, basins)
    ticks = days * flow.TICKS_DAY
    fallen, wet = rain(sky, chosen.climate, ticks, flow.TICK_S / 3600)
    season = flow.run(water, chosen, basins, wet)
    return _observe(probes, chosen, seed, station, sensors, season, fallen, wet)


def _station(
    rng: np.random.Generator, scenario: Scenario, basins: flow.Basins
) -> tuple[Station, list[Sensor]]:
    count = len(basins)
    shares = np.array([share for _, share in scenario.sensors])
    lot = rng.choice(len(shares), count, p=shares / shares.sum())
    sensors = [scenario.sensors[k][0] for k in lot.tolist()]
    area = np.round(8.0 * np.exp(0.6 * rng.standard_normal(count)), 1)
    people = np.maximum(1, np.round(basins.rise_m_day * area / 0.11)).astype(np.int64)
    station = Station(
        name=[f"T{k:05d}" for k in range(1, count + 1)],
        outlet_m=basins.outlet_m,
        cover_m=np.round(basins.outlet_m + basins.freeboard_m, 3),
        area_m2=area,
        residents=people,
        lat=np.round(CENTRE_LAT + rng.uniform(-0.06, 0.06, count), 6),
        lon=np.round(CENTRE_LON + rng.uniform(-0.08, 0.08, count), 6),
        sensor_model=[sensor.name for sensor in sensors],
        basins=basins,
    )
    return station, sensors


def _observe(
    rng: np.random.Generator, scenario: Scenario, seed: int, station: Station,
    sensors: list[Sensor], season: flow.Season, fallen: Floats, wet: Floats,
) -> World:  # fmt: skip
    every = scenario.interval_min * 60 // flow.TICK_S
    count, size = len(sensors), len(wet) // every
    offset = rng.integers(0, every, count)
    jitter_ms = rng.integers(0, 60, count) * 1000
    columns = np.arange(count)

    def sampled(ticks: flow.Floats32) -> flow.Floats32:
        return np.asarray(ticks[: size * every].reshape(size, every, count)[:, offset, columns])

    true, free = sampled(season.true_m), sampled(season.free_m)
    step_h = scenario.interval_min / 60
    scum = _scum(station.basins, season, size, every, offset)
    heard: list[Heard] = []
    level, late = np.empty((size, count), np.float32), np.empty((size, count), np.float32)
    for i, sensor in enumerate(sensors):
        top = float(station.basins.freeboard_m[i])
        surface = (true[:, i] + scum[:, i]).astype(np.float64)
        one = listen(rng, sensor, i, surface, top, step_h)
        # The register's outlet is the floor of the sensor's scale, to the millimetre.
        level[:, i] = np.round(np.maximum(one.level_m + station.outlet_m[i], 0.0), 3)
        late[:, i] = one.late_h
        heard.append(one)
    base_ms = START_MS + np.arange(size, dtype=np.int64) * scenario.interval_min * 60_000
    offset_ms = offset * TICK_MS + jitter_ms
    truth = _truth(season, sensors, heard, true - free, np.isfinite(level) & (late == 0), offset_ms,
                   scenario.interval_min * 60_000)  # fmt: skip
    outlet = station.outlet_m.astype(np.float32)
    return World(
        scenario, seed, station, base_ms, offset_ms, level, true + outlet, free + outlet, late,
        fallen[: size * every].reshape(size, every).sum(axis=1), wet[: size * every : every],
        truth, _causes(season, heard, base_ms, offset_ms),
    )  # fmt: skip


def _scum(
    basins: flow.Basins, season: flow.Season, size: int, every: int, offset: Ints
) -> flow.Floats32:
    """Scum that lifts the surface the sensor sees, from one emptying to the next."""
    count = len(basins)
    age = np.arange(size)[:, None] * every + offset[None, :]
    days = (age / flow.TICKS_DAY).astype(np.float32)
    for tank, tick, _ in sorted(season.emptied, key=lambda e: e[1]):
        late = age[:, tank] >= tick
        days[late, tank] = (age[late, tank] - tick) / flow.TICKS_DAY
    return days * basins.scum_m_day.astype(np.float32).reshape(1, count)


def _truth(
    season: flow.Season, sensors: list[Sensor], heard: list[Heard], gain: flow.Floats32,
    came: NDArray[np.bool_], offset_ms: Ints, interval_ms: int,
) -> Truth:  # fmt: skip
    rows = []
    for event in season.events:
        i, until = event.tank, event.overflow if event.overflow >= 0 else event.cleared
        excess = season.true_m[event.onset : until, i] - season.free_m[event.onset : until, i]
        high = np.flatnonzero(excess > VISIBLE_M)
        first = max(0, -(-(event.onset * TICK_MS - int(offset_ms[i])) // interval_ms))
        last = max(first, -(-(until * TICK_MS - int(offset_ms[i])) // interval_ms))
        cut = slice(first, last)
        useful = came[cut, i] & ~stuck_rows(heard[i].faults, len(came))[cut]
        spread = heard[i].noise_m ** 2 + sensors[i].step_m ** 2 / 12
        evidence = np.cumsum(np.where(useful, gain[cut, i].astype(float) ** 2, 0.0)) / (2 * spread)
        fired = int(np.searchsorted(evidence, LOG_RUN_LENGTH))
        oracle = -1
        if fired < len(evidence):
            oracle = START_MS + (first + fired) * interval_ms + int(offset_ms[i])
        rows.append((
            i, _ms(event.onset), _ms(event.overflow), _ms(event.cleared),
            _ms(event.onset + int(high[0])) if len(high) else -1, oracle,
        ))  # fmt: skip
    table = np.array(rows, np.int64).reshape(-1, 6)
    kinds = [event.kind for event in season.events]
    return Truth(table[:, 0], kinds, *(table[:, k] for k in range(1, 6)))


def _ms(tick: int) -> int:
    return -1 if tick < 0 else START_MS + tick * TICK_MS


def _causes(season: flow.Season, heard: list[Heard], base_ms: Ints, offset_ms: Ints) -> list[Cause]:
    end_ms = int(base_ms[-1]) + DAY_MS

    def at(row: int, tank: int) -> int:
        return int(base_ms[row] + offset_ms[tank]) if row < len(base_ms) else end_ms

    found = [
        Cause(f.tank, f.cause, at(f.first, f.tank), at(f.end, f.tank))
        for one in heard
        for f in _known(one.faults)
    ]
    # A refill lasts as long as the mean inflow needs to reach the weir, at most a week.
    found += [
        Cause(tank, "refill", _ms(tick), _ms(tick) + 7 * DAY_MS) for tank, tick, _ in season.emptied
    ]
    return sorted(found, key=lambda c: (c.tank, c.from_ms))


def _known(faults: list[Fault]) -> list[Fault]:
    return [fault for fault in faults if fault.end > fault.first]
