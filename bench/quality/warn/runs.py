"""One world through every engine, baseline and control."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.quality.warn import detectors, frozen
from bench.quality.warn.frozen import Scene, Stream
from qingshu.twin.worlds import World, make
from qingshu.warn.backtest import engines, play
from qingshu.warn.backtest.model import DAY_MS, Played, Rain, Series, Tanks

BUDGET = 0.1
FLOOR_BELOW_OUTLET_M = 1.5


@dataclass(frozen=True, slots=True)
class Size:
    """How large the worlds are; ``warmup_d`` of ``days`` do not count."""

    tanks: int
    days: int
    warmup_d: int
    seeds: tuple[int, ...]


@dataclass(slots=True)
class Run:
    """Everything said about one world."""

    scenario: str
    seed: int
    scene: Scene
    streams: dict[str, Stream] = field(default_factory=dict)
    played: dict[str, Played] = field(default_factory=dict)
    ns_per_reading: dict[str, float] = field(default_factory=dict)


def run_world(scenario: str, seed: int, size: Size, *, curves: bool = True) -> Run:
    """Make a world, play the engines, score the baselines and controls."""
    world = make(scenario, seed, size.tanks, size.days)
    where = frozen.scene(world, size.warmup_d * DAY_MS)
    run = Run(scenario, seed, where)
    begin = int(where.watch.from_ms[0])
    if curves:
        for name, matrix in detectors.scores(world, seed).items():
            run.streams[name] = frozen.stream_of(world, matrix, begin)
    tanks, series = as_played(world)
    for name in engines.ENGINES:
        player = engines.make(name, BUDGET)
        plan = play.Plan(warmup_ms=size.warmup_d * DAY_MS, params=player.params)
        began = time.perf_counter()
        played = play.play(
            player.engine, tanks, series, Rain(world.base_ms, world.rain_mm), plan, player.tap
        )
        run.ns_per_reading[name] = (time.perf_counter() - began) / len(series) * 1e9
        run.played[name] = played
        if len(played.predictions):
            run.streams[f"{name}_score"] = _stream(played)
    return run


def as_played(world: World) -> tuple[Tanks, Series]:
    """A world as the backtest door would read it from its files."""
    s, found = world.station, world.readings()
    floor = s.outlet_m - FLOOR_BELOW_OUTLET_M
    tanks = Tanks(
        s.name, s.outlet_m - floor, s.cover_m - floor, floor, s.sensor_model,
        np.ones(len(s.name), bool),
    )  # fmt: skip
    key = found.tank * (1 << 44) + found.measured_ms
    keep = np.sort(np.unique(key, return_index=True)[1])
    tank = found.tank[keep]
    series = Series(
        tank.astype(np.int32), found.measured_ms[keep], found.received_ms[keep],
        (found.level_m[keep] - floor[tank]).astype(np.float32),
    )  # fmt: skip
    return tanks, series


def _stream(played: Played) -> Stream:
    said = played.predictions
    order = np.lexsort((said.received_ms, said.tank))
    return Stream(said.tank[order], said.received_ms[order], said.score[order])


def shuffled(stream: Stream, tanks: int, seed: int) -> Stream:
    """The same scores at other tanks: a control that must fail."""
    other = np.random.default_rng(seed).permutation(tanks)
    tank = other[stream.tank]
    order = np.lexsort((stream.at_ms, tank))
    return Stream(tank[order], stream.at_ms[order], stream.score[order])


def size_of(quick: bool) -> Size:
    """Small enough for forty seconds, or the full one."""
    return Size(40, 50, 16, (1,)) if quick else Size(120, 120, 30, (1, 2, 3))


def note(text: str, quiet: bool) -> None:
    """One line of progress on standard error."""
    if not quiet:
        import sys

        sys.stderr.write(text + "\n")


Figures = dict[str, Any]
