"""Level sensors as bad as real ones: noise, steps, gaps, stuck values, spikes, foam."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qingshu.twin.ground import Floats
from qingshu.twin.hydraulics import DAY_S, Levels
from qingshu.twin.params import ProbeParams
from qingshu.twin.world import Sensors


@dataclass
class Probes:
    """State of every sensor. Times are epoch seconds; 0 means not now."""

    sensors: Sensors
    params: ProbeParams
    rng: np.random.Generator
    noise_m: Floats
    step_m: Floats
    datum_m: Floats
    loss: Floats
    next_s: Floats
    outage_from_s: Floats
    outage_until_s: Floats
    stuck_until_s: Floats
    stuck_m: Floats
    foam_until_s: Floats
    foam_m: Floats
    battery_pct: Floats


@dataclass(frozen=True, slots=True)
class Sample:
    """What one sensor says: ``level_m`` is what it believes, not what is true."""

    sensor: int
    measured_s: float
    level_m: float


def make_probes(
    sensors: Sensors, params: ProbeParams, rng: np.random.Generator, start_s: float
) -> Probes:
    """Sensors with their traits drawn, each due at its own moment after ``start_s``."""
    n = len(sensors.codes)
    zeros = np.zeros(n)
    return Probes(
        sensors=sensors,
        params=params,
        rng=rng,
        noise_m=rng.uniform(params.noise_min_m, params.noise_max_m, n),
        step_m=np.where(rng.random(n) < params.coarse_share, 0.01, 0.001),
        datum_m=np.round(rng.normal(0.0, params.datum_sd_m, n), 3),
        loss=rng.beta(1.2, 25.0, n),
        next_s=start_s + rng.random(n) * sensors.interval_s,
        outage_from_s=zeros.copy(),
        outage_until_s=zeros.copy(),
        stuck_until_s=zeros.copy(),
        stuck_m=zeros.copy(),
        foam_until_s=zeros.copy(),
        foam_m=zeros.copy(),
        battery_pct=rng.uniform(35.0, 100.0, n),
    )


def read(probes: Probes, state: Levels, now_s: float, step_s: float) -> list[Sample]:
    """What the sensors due in the step that ends at ``now_s`` send, in order of time."""
    _begin_faults(probes, state, now_s, step_s)
    due = np.flatnonzero(probes.next_s <= now_s)
    if not len(due):
        return []
    measured = probes.next_s[due].copy()
    probes.next_s[due] += probes.sensors.interval_s[due]
    behind = probes.next_s[due] <= now_s  # After a pause: carry on from now, do not catch up.
    probes.next_s[due[behind]] = now_s + probes.rng.random(int(behind.sum())) * 60.0
    silent = (probes.outage_from_s[due] <= now_s) & (now_s < probes.outage_until_s[due])
    sent = (probes.rng.random(len(due)) >= probes.loss[due]) & ~silent
    value = _believed(probes, state, due, now_s)
    order = np.argsort(measured, kind="stable")
    return [Sample(int(due[i]), float(measured[i]), float(value[i])) for i in order if sent[i]]


def _believed(probes: Probes, state: Levels, due: NDArray[np.int64], now_s: float) -> Floats:
    tank = probes.sensors.tank[due]
    rng, p = probes.rng, probes.params
    value = state.level_m[tank] + probes.datum_m[due] + rng.normal(0.0, probes.noise_m[due])
    value = value + np.where(probes.foam_until_s[due] > now_s, probes.foam_m[due], 0.0)
    value = np.where(probes.stuck_until_s[due] > now_s, probes.stuck_m[due], value)
    spike = rng.random(len(due)) < p.spike_share
    size = rng.uniform(0.05, 0.8, len(due)) * np.where(rng.random(len(due)) < 0.75, 1.0, -1.0)
    value = np.where(spike, value + size, value)
    value = np.clip(value, 0.0, state.cover_m[tank] + p.blind_m)
    step = probes.step_m[due]
    return np.asarray(np.round(np.round(value / step) * step, 3), dtype=np.float64)


def _begin_faults(probes: Probes, state: Levels, now_s: float, step_s: float) -> None:
    """Outages, stuck values and foam begin at random, as often as the parameters say."""
    p, rng, n = probes.params, probes.rng, len(probes.loss)
    years = step_s / DAY_S / 365.0
    for i in _hit(rng, n, p.outages_per_year * years):
        probes.outage_from_s[i] = now_s
        probes.outage_until_s[i] = now_s + rng.exponential(p.outage_mean_h) * 3600
    for i in _hit(rng, n, p.stuck_per_year * years):
        shift = rng.uniform(-0.3, 0.3) if rng.random() < 0.3 else 0.0
        probes.stuck_until_s[i] = now_s + rng.uniform(2.0, 48.0) * 3600
        probes.stuck_m[i] = state.level_m[probes.sensors.tank[i]] + probes.datum_m[i] + shift
    for i in _hit(rng, n, p.foam_per_year * years):
        probes.foam_until_s[i] = now_s + rng.uniform(1.0, 24.0) * 3600
        probes.foam_m[i] = rng.uniform(0.03, 0.35)


def _hit(rng: np.random.Generator, n: int, share: float) -> list[int]:
    return [int(i) for i in np.flatnonzero(rng.random(n) < share)]
