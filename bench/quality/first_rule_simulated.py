"""The first rule on simulated tanks: detection, lead and false alarms. SIMULATED figures.

A compact copy of the study's simulator (10-minute readings, weir outflow, three humps a
day, bursty inflow, rain, growing and sudden blockages, false echoes, spikes, stuck and
lost readings). Sensors are calibrated to 2 cm, the cover is known, the rain is known.
Scored per physical overflow; false alarms are level alarms outside a blockage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qingshu.warn.engine.contract import Rows, Shape, Surroundings
from qingshu.warn.engine.first_rule import FirstRule
from qingshu.warn.model import Channel

STEP_MIN, STEPS_DAY, SUBSTEPS = 10, 144, 5
START_MS = 1_767_225_600_000
OUTLET_M = 1.0
WARMUP_DAYS, CLEAR_MARGIN = 14, 72
EVENTS_YEAR, FOAM_YEAR, STUCK_YEAR = 4.0, 4.0, 1.5


@dataclass(slots=True)
class World:
    """Readings and truth; arrays are (step, tank)."""

    measured: np.ndarray
    rain: np.ndarray
    cover: np.ndarray
    blocked: list[list[int]] = field(default_factory=list)
    overflows: list[tuple[int, int, int]] = field(default_factory=list)


def build(tanks: int, days: int, seed: int) -> World:
    """A town of independent tanks under one sky."""
    rng = np.random.default_rng(seed)
    steps = days * STEPS_DAY
    rise = np.clip(np.exp(0.5 * rng.standard_normal(tanks)), 0.3, 3.5)
    freeboard = rng.uniform(0.25, 0.8, tanks)
    conductance = rise / rng.uniform(0.008, 0.03, tanks) ** 1.5
    rain = _rain(rng, steps)
    inflow = _inflow(rng, steps, tanks, rise) + rain[:, None] * _infiltration(rng, tanks)
    events = [_events(rng, steps) for _ in range(tanks)]
    level, blockages = _flow(rng, inflow, conductance, freeboard, events)
    measured = _sense(rng, level, freeboard)
    cover = OUTLET_M + freeboard
    return World(measured, rain, cover, blockages.spans, blockages.overflows)


def _rain(rng: np.random.Generator, steps: int) -> np.ndarray:
    fallen, at = np.zeros(steps), 0.0
    while True:
        at += rng.exponential(4 * STEPS_DAY)
        length = max(3, int(rng.gamma(2, 2.5) * 6))
        if at + length >= steps:
            break
        weights = rng.gamma(0.8, size=length)
        total = min(float(np.exp(2.0 + rng.standard_normal())), 120.0)
        fallen[int(at) : int(at) + length] += total * weights / weights.sum()
    keep = np.exp(-1 / 30)
    smooth, now = np.zeros(steps), 0.0
    for k in range(steps):
        now = now * keep + fallen[k] / 5.0
        smooth[k] = now
    return smooth


def _infiltration(rng: np.random.Generator, tanks: int) -> np.ndarray:
    leaky = rng.random(tanks) < 0.3
    return np.where(leaky, rng.uniform(0.05, 0.5, tanks), rng.uniform(0, 0.05, tanks))


def _inflow(rng: np.random.Generator, steps: int, tanks: int, rise: np.ndarray) -> np.ndarray:
    hour = (np.arange(steps) / 6)[:, None] % 24 + rng.standard_normal(tanks)
    shape = np.full((steps, tanks), 0.15)
    for middle, height, width in ((7.5, 1.2, 1.2), (12.5, 0.7, 1.6), (20.2, 1.3, 1.9)):
        off = (hour - middle + 12) % 24 - 12
        shape += height * np.exp(-0.5 * (off / width) ** 2)
    shape /= shape[:STEPS_DAY].mean(axis=0)
    burst = np.exp(rng.uniform(np.log(0.15), np.log(4), tanks))
    return rise * shape * rng.gamma(burst, 1 / burst, (steps, tanks))


def _events(rng: np.random.Generator, steps: int) -> list[tuple[int, int, float, int]]:
    """(onset, ramp, depth of blockage, self-clearing step or 0) of one tank."""
    found, at = [], WARMUP_DAYS * STEPS_DAY
    while True:
        at += int(rng.exponential(365 / EVENTS_YEAR) * STEPS_DAY)
        if at >= steps:
            return found
        kind, deep = rng.random(), rng.uniform(0.97, 1.0)
        if kind < 0.45:
            found.append((at, int(rng.integers(1, 13)), deep, 0))
        elif kind < 0.75:
            found.append((at, int(rng.uniform(0.5, 5) * STEPS_DAY), deep, 0))
        else:
            ends = at + int(rng.uniform(3, 30) * 6)
            found.append((at, int(rng.integers(1, 37)), rng.uniform(0.6, 0.98), ends))
        at += 16 * STEPS_DAY


@dataclass(slots=True)
class _Blockages:
    """Which tank is blocked how far, and what came of it."""

    queue: list[list[tuple[int, int, float, int]]]
    now: list[tuple[int, int, float, int] | None]
    clear_at: np.ndarray
    over_at: np.ndarray
    open_share: np.ndarray
    spans: list[list[int]] = field(default_factory=list)
    overflows: list[tuple[int, int, int]] = field(default_factory=list)

    def move(self, tank: int, k: int, head: np.ndarray, rng: np.random.Generator) -> None:
        """Begin, grow or end the blockage of one tank."""
        if self.now[tank] is None and self.queue[tank] and self.queue[tank][0][0] <= k:
            self.now[tank] = self.queue[tank].pop(0)
        event = self.now[tank]
        if event is None:
            return
        onset, ramp, deep, ends = event
        last = self.clear_at[tank] if self.clear_at[tank] >= 0 else ends or onset + 12 * STEPS_DAY
        if k < last:
            self.open_share[tank] = 1 - deep * min(1.0, (k - onset) / ramp)
            return
        self.spans.append([tank, onset, k])
        if self.over_at[tank] >= 0:
            self.overflows.append((tank, onset, int(self.over_at[tank])))
            if rng.random() < 0.6:
                head[tank] -= rng.uniform(0.5, 0.9)
        self.now[tank], self.open_share[tank] = None, 1.0
        self.clear_at[tank] = self.over_at[tank] = -1

    def spill(self, full: np.ndarray, k: int, rng: np.random.Generator) -> None:
        """Tanks at their cover overflow; somebody clears them 2 to 12 h later."""
        for tank in np.flatnonzero(full & (self.over_at < 0)):
            if self.now[tank] is not None:
                self.over_at[tank] = k
                self.clear_at[tank] = k + int(rng.uniform(2, 12) * 6)


def _flow(
    rng: np.random.Generator,
    inflow: np.ndarray,
    conductance: np.ndarray,
    freeboard: np.ndarray,
    events: list[list[tuple[int, int, float, int]]],
) -> tuple[np.ndarray, _Blockages]:
    steps, tanks = inflow.shape
    head, level = np.full(tanks, 0.015), np.zeros((steps, tanks))
    never = np.full(tanks, -1)
    blockages = _Blockages(events, [None] * tanks, never.copy(), never.copy(), np.ones(tanks))
    part = 1 / (STEPS_DAY * SUBSTEPS)
    for k in range(steps):
        for tank in range(tanks):
            blockages.move(tank, k, head, rng)
        for _ in range(SUBSTEPS):
            out = conductance * blockages.open_share * np.maximum(head, 0) ** 1.5
            most = np.maximum(head, 0) / part + inflow[k]
            head = np.minimum(head + (inflow[k] - np.minimum(out, most)) * part, freeboard)
        blockages.spill(head >= freeboard - 1e-9, k, rng)
        level[k] = head
    return level, blockages


def _sense(rng: np.random.Generator, level: np.ndarray, freeboard: np.ndarray) -> np.ndarray:
    steps, tanks = level.shape
    noise = rng.uniform(0.002, 0.008, tanks) * rng.standard_normal((steps, tanks))
    seen = level + noise + 0.02 * rng.standard_normal(tanks)
    years = steps / STEPS_DAY / 365
    for t in range(tanks):
        for _ in range(rng.poisson(FOAM_YEAR * years)):
            length, at = int(rng.uniform(1, 24) * 6), int(rng.integers(0, steps))
            bump = rng.uniform(0.03, 0.35) * np.ones(length)
            if rng.random() < 0.5:
                bump *= np.sin(np.linspace(0, np.pi, length))
            part = seen[at : at + length, t]
            part += bump[: len(part)] * (1 + 0.1 * rng.standard_normal(len(part)))
        for _ in range(rng.poisson(STUCK_YEAR * years)):
            at, length = int(rng.integers(0, steps)), int(rng.uniform(2, 48) * 6)
            offset = rng.uniform(0, 0.3) if rng.random() < 0.3 else 0.0
            seen[at : at + length, t] = seen[at, t] + offset
    spikes = rng.random(seen.shape) < 0.004
    size = rng.uniform(0.05, 0.8, seen.shape) * np.where(rng.random(seen.shape) < 0.75, 1, -1)
    seen = np.minimum(seen + spikes * size, freeboard + 0.05)
    grain = np.where(rng.random(tanks) < 0.5, 0.01, 0.001)
    seen = np.round(seen / grain) * grain
    seen[rng.random(seen.shape) < rng.beta(1.2, 25, tanks)] = np.nan
    return OUTLET_M + seen


@dataclass(slots=True)
class Raised:
    """One level alarm: its tank, first and last step, worst severity."""

    tank: int
    begin: int
    end: int
    worst: int


def play(world: World) -> list[Raised]:
    """Every level alarm of every tank, online, with the product's default parameters."""
    steps, tanks = world.measured.shape
    engine, ids = FirstRule(), np.arange(tanks)
    state = engine.new_state()
    limits = engine.limits([Shape(t, OUTLET_M, float(world.cover[t])) for t in ids], 1)
    raised: list[Raised] = []
    standing: dict[int, Raised] = {}
    one, zero = np.ones(tanks, np.uint8), np.zeros(tanks, np.uint8)
    for k in range(steps):
        at = START_MS + k * STEP_MIN * 60_000
        rows = Rows(ids, ids, one, np.full(tanks, at), world.measured[k], zero)
        rows = rows.pick(np.isfinite(world.measured[k]))
        around = Surroundings(float(world.rain[k]))
        for t in engine.advance(state, rows, limits, around, at):
            if t.channel is not Channel.LEVEL:
                continue
            if t.before == 0:
                standing[t.tank_id] = Raised(t.tank_id, k, steps, t.after)
                raised.append(standing[t.tank_id])
            standing[t.tank_id].worst = max(standing[t.tank_id].worst, t.after)
            if t.after == 0:
                standing.pop(t.tank_id).end = k
    return raised


def score(world: World, raised: list[Raised]) -> dict[str, Any]:
    """Detection per overflow; false alarms per tank-year with a Poisson interval."""
    steps, tanks = world.measured.shape
    leads = []
    for tank, onset, over in world.overflows:
        hits = [a for a in raised if a.tank == tank and a.end >= onset and a.begin <= over]
        leads.append((over - max(min(a.begin for a in hits), onset)) / 6 if hits else 0.0)
    truth: dict[int, list[tuple[int, int]]] = {}
    busy = np.zeros(tanks)
    for tank, onset, end in world.blocked:
        truth.setdefault(tank, []).append((onset, end + CLEAR_MARGIN))
        busy[tank] += end + CLEAR_MARGIN - onset
    false = [
        alarm
        for alarm in raised
        if alarm.begin >= WARMUP_DAYS * STEPS_DAY
        and not any(alarm.begin <= e and alarm.end >= s for s, e in truth.get(alarm.tank, []))
    ]
    # An alarm that stays is counted again every 24 h.
    count = sum(1 + (alarm.end - alarm.begin) // STEPS_DAY for alarm in false)
    years = float((steps - WARMUP_DAYS * STEPS_DAY - busy).clip(0).sum()) / STEPS_DAY / 365
    half = 1.96 * max(count, 1) ** 0.5
    some = np.array(leads or [0.0])
    return {
        "overflows": len(leads),
        "detected": round(float((some > 0).mean()), 3),
        "detected_2h": round(float((some >= 2).mean()), 3),
        "lead_h_median_of_all": round(float(np.median(some)), 1),
        "tank_years": round(years, 1),
        "false_per_tank_year": round(count / years, 2),
        "false_per_tank_year_95": [
            round(max(count - half, 0) / years, 2),
            round((count + half) / years, 2),
        ],
        "false_that_turned_red": round(sum(a.worst == 4 for a in false) / years, 2),
    }


def run(quick: bool) -> dict[str, Any]:
    """Score one town a seed; ``quick`` takes one small town."""
    tanks, days, seeds = (60, 60, (1,)) if quick else (250, 180, (1, 2, 3))
    found = {}
    for seed in seeds:
        world = build(tanks, days, seed)
        found[f"seed_{seed}"] = score(world, play(world))
    return {
        "scenario": f"first-rule-simulated-1: {tanks} simulated tanks, {days} days, seeds {seeds}",
        "figures": found,
        "goals": {},
    }
