"""Levels of all tanks at once: inflow of the day, a weir at the outlet, what stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qingshu.twin.ground import Floats
from qingshu.twin.params import HydraulicParams
from qingshu.twin.tanks import Tanks

DAY_S = 86400.0
# China Standard Time has no summer time; the city's day is a fixed shift of the instant.
ZONE_S = 8 * 3600.0
# (hour, height, standard deviation in hours) of the three humps of a day, over a floor.
HUMPS = ((7.5, 1.2, 1.2), (12.5, 0.7, 1.6), (20.2, 1.3, 1.9))
FLOOR = 0.15


def diurnal(hour: Floats) -> Floats:
    """Inflow relative to the day's mean at a local hour in [0, 24); its mean is 1.

    >>> grid = np.linspace(0, 24, 1440, endpoint=False)
    >>> round(float(diurnal(grid).mean()), 3)
    1.0
    """
    return _shape(hour) / _MEAN


def _shape(hour: Floats) -> Floats:
    total = np.full_like(hour, FLOOR)
    for centre, height, sd in HUMPS:
        gap = (hour - centre + 12.0) % 24.0 - 12.0
        total += height * np.exp(-0.5 * (gap / sd) ** 2)
    return total


def conductance(rise_m_day: Floats, head_m: Floats) -> Floats:
    """Of a weir that passes the mean inflow at ``head_m``: metres of level a day per m^1.5.

    >>> round(float(conductance(np.array(1.0), np.array(0.01))))
    1000
    """
    return np.asarray(rise_m_day / head_m**1.5)


def drained(head: NDArray[Any], passing: NDArray[Any]) -> NDArray[Any]:
    """Head over a weir after a step in which it passes ``passing`` x head^1.5.

    Half implicit, so it neither swings nor falls below the weir at any step length. A
    negative head, backwater beyond the weir, flows in by the same law.

    >>> drained(np.array([0.0, 0.04, -0.04]), np.array([5.0, 5.0, 5.0])).tolist()
    [0.0, 0.02, -0.02]
    """
    return np.asarray(head / (1.0 + passing * np.sqrt(np.abs(head))))


_MEAN = float(_shape(np.linspace(0, 24, 1440, endpoint=False)).mean())


@dataclass
class Levels:
    """The state and the fixed traits of every tank's water.

    ``level_m`` is above the floor; ``blocked`` is the obstruction of the outlet, 0 to 1;
    ``inflow_m`` and ``outflow_m`` add up what went in and out since the start, in metres of
    level, and ``spilled_m`` what came up through the cover: together they balance.
    """

    outlet_m: Floats
    cover_m: Floats
    rise_m_day: Floats
    head_m: Floats
    burst: Floats
    phase_h: Floats
    leak: Floats
    level_m: Floats
    blocked: Floats
    inflow_m: Floats
    outflow_m: Floats
    spilled_m: Floats
    overflowing: NDArray[np.bool_]
    day_log: float = 0.0
    day: int = -1


def make_levels(tanks: Tanks, params: HydraulicParams, rng: np.random.Generator) -> Levels:
    """Water at rest a little above every outlet, with traits drawn for each tank."""
    n = len(tanks.x)
    head = rng.uniform(params.head_min_m, params.head_max_m, n)
    shape = np.exp(rng.uniform(np.log(params.gamma_shape_min), np.log(params.gamma_shape_max), n))
    leaky = rng.random(n) < params.leaky_share
    leak = np.where(leaky, rng.uniform(0.05, 0.5, n), rng.uniform(0.0, 0.05, n))
    return Levels(
        outlet_m=tanks.outlet_m.copy(),
        cover_m=tanks.cover_m.copy(),
        rise_m_day=tanks.rise_m_day.copy(),
        head_m=head,
        burst=shape,
        phase_h=rng.normal(0.0, 1.0, n),
        leak=leak,
        level_m=tanks.outlet_m + 0.5 * head,
        blocked=np.zeros(n),
        inflow_m=np.zeros(n),
        outflow_m=np.zeros(n),
        spilled_m=np.zeros(n),
        overflowing=np.zeros(n, dtype=bool),
    )


def advance(
    state: Levels,
    params: HydraulicParams,
    now_s: float,
    wet_mm_h: float,
    rng: np.random.Generator,
) -> None:
    """One step of ``params.step_s`` ending at ``now_s`` (epoch seconds), in place."""
    local_s = now_s + ZONE_S
    _new_day(state, params, int(local_s // DAY_S), rng)
    weekend = params.weekend_factor if (int(local_s // DAY_S) + 3) % 7 >= 5 else 1.0
    hour = (local_s % DAY_S / 3600.0 + state.phase_h) % 24.0
    burst = rng.gamma(state.burst, 1.0 / state.burst)
    day = np.exp(state.day_log) * weekend
    step_days = params.step_s / DAY_S
    inflow = (state.rise_m_day * diurnal(hour) * day * burst + state.leak * wet_mm_h) * step_days
    head = np.maximum(state.level_m + inflow - state.outlet_m, 0.0)
    weir = conductance(state.rise_m_day, state.head_m) * step_days
    outflow = head - drained(head, weir * (1.0 - state.blocked))
    raw = state.level_m + inflow - outflow
    state.level_m = np.minimum(raw, state.cover_m)
    state.spilled_m += raw - state.level_m
    state.inflow_m += inflow
    state.outflow_m += outflow
    state.overflowing = state.level_m >= state.cover_m - 1e-9


def _new_day(state: Levels, params: HydraulicParams, day: int, rng: np.random.Generator) -> None:
    if day != state.day:
        state.day = day
        state.day_log = params.day_ar * state.day_log + float(rng.normal(0.0, params.day_sd))


def pump(state: Levels, tank: int, volume_m: float) -> None:
    """Take ``volume_m`` metres of level out of one tank; never below the sludge left behind.

    A fifth of the depth under the outlet stays, as GB 50015 reckons.
    """
    floor = 0.2 * state.outlet_m[tank]
    taken = min(volume_m, max(0.0, float(state.level_m[tank] - floor)))
    state.level_m[tank] -= taken
    state.outflow_m[tank] += taken
