"""What the level sensors of a world say: noise, steps, gaps, flat stretches, foam, drift."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qingshu.twin.ground import Floats
from qingshu.twin.worlds.scenarios import Sensor

YEAR_H = 8760.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one tank's readings were wrong: first and last reading (row), exclusive end."""

    tank: int
    cause: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Heard:
    """One tank's readings: NaN where none was made; hours that each came late (0: at once)."""

    level_m: Floats
    late_h: Floats
    noise_m: float
    faults: list[Fault] = field(default_factory=list)


def listen(
    rng: np.random.Generator, sensor: Sensor, tank: int, seen_m: Floats, top_m: float, step_h: float
) -> Heard:
    """Readings of one sensor; ``seen_m`` is the true surface at its instants, metres over
    the weir, ``top_m`` the cover."""
    size = len(seen_m)
    faults: list[Fault] = []
    noise = float(rng.uniform(*sensor.noise_m))
    hour = np.arange(size) * step_h
    value = seen_m + rng.normal(0.0, sensor.datum_sd_m) + noise * rng.standard_normal(size)
    value += sensor.temperature_m * np.sin(2 * np.pi * (hour / 24 + rng.random()))
    if sensor.wander_m:
        value += _wander(rng, size, sensor.wander_m, step_h)
    _drift(rng, sensor, tank, value, step_h, faults)
    _foam(rng, sensor, tank, value, step_h, faults)
    _stick(rng, sensor, tank, value, step_h, faults)
    spikes = np.flatnonzero(rng.random(size) < sensor.spike_share)
    sign = np.where(rng.random(len(spikes)) < sensor.spike_up, 1.0, -1.0)
    value[spikes] += sign * rng.uniform(0.05, 0.8, len(spikes))
    value = np.minimum(value, top_m + sensor.blind_m)
    value = np.round(value / sensor.step_m) * sensor.step_m
    value[rng.random(size) < rng.beta(*sensor.loss)] = np.nan
    late = _outages(rng, sensor, tank, value, step_h, faults)
    return Heard(value, late, noise, faults)


def _begins(rng: np.random.Generator, per_year: float, size: int, step_h: float) -> list[int]:
    count = rng.poisson(per_year * size * step_h / YEAR_H)
    return [int(k) for k in rng.integers(0, size, count)]


def _length(rng: np.random.Generator, median_h: float, log_sd: float, max_h: float) -> float:
    return min(float(median_h * np.exp(log_sd * rng.standard_normal())), max_h)


def _wander(rng: np.random.Generator, size: int, sd: float, step_h: float) -> Floats:
    """First-order wander with a memory of 6 h, drawn hourly and joined by straight lines."""
    hours = int(size * step_h) + 2
    keep = float(np.exp(-1 / 6))
    now, path = 0.0, np.empty(hours)
    for k, shock in enumerate((sd * np.sqrt(1 - keep**2) * rng.standard_normal(hours)).tolist()):
        now = keep * now + shock
        path[k] = now
    return np.asarray(np.interp(np.arange(size) * step_h, np.arange(hours), path))


def _drift(
    rng: np.random.Generator, sensor: Sensor, tank: int, value: Floats, step_h: float,
    faults: list[Fault],
) -> None:  # fmt: skip
    """Steady drifts up or down that somebody zeroes in the end, and datum steps."""
    for first in _begins(rng, sensor.drift, len(value), step_h):
        days = rng.uniform(20, 60)
        end = min(len(value), first + int(days * 24 / step_h))
        rate = rng.choice((-1.0, 1.0)) * rng.uniform(0.001, 0.004) / 24
        value[first:end] += rate * step_h * np.arange(end - first)
        faults.append(Fault(tank, "drift", first, end))
    for first in _begins(rng, sensor.jumps, len(value), step_h):
        value[first:] += rng.choice((-1.0, 1.0)) * rng.uniform(0.01, 0.05)
        end = min(len(value), first + int(72 / step_h) + 1)
        faults.append(Fault(tank, "jump", first, end))


def _foam(
    rng: np.random.Generator, sensor: Sensor, tank: int, value: Floats, step_h: float,
    faults: list[Fault],
) -> None:  # fmt: skip
    """Foam or a false echo: half bell-shaped, half flat, jittering."""
    for first in _begins(rng, sensor.foam, len(value), step_h):
        low, high = sensor.foam_h
        if sensor.foam_log_uniform:
            hours = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        else:
            hours = float(rng.uniform(low, high))
        end = min(len(value), first + max(1, round(hours / step_h)))
        shape = np.ones(end - first)
        if rng.random() < 0.5:
            shape = np.sin(np.pi * (np.arange(end - first) + 0.5) / max(1, round(hours / step_h)))
        jitter = 1 + rng.uniform(0.02, 0.3) * rng.standard_normal(end - first)
        value[first:end] += rng.uniform(*sensor.foam_m) * shape * jitter
        faults.append(Fault(tank, "foam", first, end))


def _stick(
    rng: np.random.Generator, sensor: Sensor, tank: int, value: Floats, step_h: float,
    faults: list[Fault],
) -> None:  # fmt: skip
    for first in _begins(rng, sensor.stuck, len(value), step_h):
        hours = _length(rng, sensor.stuck_median_h, sensor.stuck_log_sd, sensor.stuck_max_h)
        end = min(len(value), first + max(1, int(hours / step_h)))
        shift = rng.uniform(0.0, 0.3) if rng.random() < sensor.stuck_offset_share else 0.0
        value[first:end] = value[first] + shift
        faults.append(Fault(tank, "stuck", first, end))


def _outages(
    rng: np.random.Generator, sensor: Sensor, tank: int, value: Floats, step_h: float,
    faults: list[Fault],
) -> Floats:  # fmt: skip
    """Silence; some devices send afterwards what they measured meanwhile."""
    late = np.zeros(len(value))
    for first in _begins(rng, sensor.outages, len(value), step_h):
        hours = _length(rng, sensor.outage_median_h, sensor.outage_log_sd, sensor.outage_max_h)
        end = min(len(value), first + max(1, int(hours / step_h)))
        if rng.random() < sensor.stored_share:
            late[first:end] = (end - np.arange(first, end)) * step_h
        else:
            value[first:end] = np.nan
        faults.append(Fault(tank, "outage", first, end))
    return late


def stuck_rows(faults: list[Fault], size: int) -> NDArray[np.bool_]:
    """Readings that say nothing of the water."""
    out = np.zeros(size, bool)
    for fault in faults:
        if fault.cause == "stuck":
            out[fault.first : fault.end] = True
    return out
