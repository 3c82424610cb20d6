"""What stands in outlets: blockages that start, grow, clear themselves or are cleared."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from qingshu.twin.ground import Floats
from qingshu.twin.hydraulics import DAY_S, ZONE_S, Levels, diurnal
from qingshu.twin.params import BlockageParams

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Blockage:
    """One obstruction: grows linearly to ``depth`` over ``ramp_s``, gone at ``end_s``."""

    tank: int
    kind: str
    start_s: float
    ramp_s: float
    depth: float
    end_s: float

    def obstruction(self, now_s: float) -> float:
        """Share of the outlet that is shut at ``now_s``, 0 to 1.

        >>> Blockage(1, "sudden", 0.0, 100.0, 0.8, 1e9).obstruction(50.0)
        0.4
        """
        if now_s < self.start_s or now_s >= self.end_s:
            return 0.0
        return self.depth * min(1.0, (now_s - self.start_s) / self.ramp_s)


@dataclass
class Blockages:
    """All obstructions that exist now or are due, by tank."""

    params: BlockageParams
    rng: np.random.Generator
    by_tank: dict[int, Blockage] = field(default_factory=dict)

    def advance(self, state: Levels, now_s: float, step_s: float) -> list[Blockage]:
        """Start new ones, apply all, drop those that are over; the new ones."""
        count = len(state.level_m)
        expected = self.params.rate_per_tank_day(count) * count * step_s / DAY_S
        started = []
        for tank in self.rng.integers(count, size=int(self.rng.poisson(expected))).tolist():
            if tank not in self.by_tank and not state.overflowing[tank]:
                started.append(self._draw(tank, now_s))
                self.by_tank[tank] = started[-1]
        for tank, blockage in list(self.by_tank.items()):
            state.blocked[tank] = blockage.obstruction(now_s)
            if now_s >= blockage.end_s:
                del self.by_tank[tank]
        return started

    def _draw(self, tank: int, now_s: float) -> Blockage:
        p, rng = self.params, self.rng
        self_clears = rng.uniform(p.owner_clears_h_min, p.owner_clears_h_max) * HOUR_S
        kind = rng.random()
        if kind < p.sudden_share:
            ramp, depth, name = rng.uniform(600, 7200), rng.uniform(0.97, 1.0), "sudden"
        elif kind < p.sudden_share + p.gradual_share:
            ramp, depth, name = rng.uniform(0.5, 3.0) * DAY_S, rng.uniform(0.97, 1.0), "gradual"
        else:
            ramp, depth, name = rng.uniform(600, 21600), rng.uniform(0.6, 0.98), "partial"
            self_clears = rng.uniform(3.0, 30.0) * HOUR_S
        return Blockage(
            tank, name, now_s, float(ramp), float(depth), now_s + float(ramp + self_clears)
        )

    def plan(self, state: Levels, tank: int, now_s: float, rise_m: float) -> float:
        """Shut a tank's outlet early enough that it stands ``rise_m`` higher at ``now_s``.

        Returns how long before ``now_s`` the outlet shuts, seconds.
        """
        ago = np.arange(0.0, 30 * HOUR_S, 120.0)
        hour = ((now_s - ago + ZONE_S) % DAY_S / HOUR_S + state.phase_h[tank]) % 24.0
        rise: Floats = np.cumsum(state.rise_m_day[tank] * diurnal(hour) * 120.0 / DAY_S)
        lead = float(ago[min(int(np.searchsorted(rise, rise_m)), len(ago) - 1)])
        end = now_s + self.rng.uniform(20.0, 50.0) * HOUR_S
        self.by_tank[tank] = Blockage(tank, "sudden", now_s - lead, 60.0, 1.0, end)
        return lead

    def clear(self, state: Levels, tank: int) -> None:
        """A crew or an owner has opened the outlet."""
        self.by_tank.pop(tank, None)
        state.blocked[tank] = 0.0
