"""Rain over the city: storms made from a seed, and the wetness the ground remembers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qingshu.twin.params import HydraulicParams


@dataclass
class Weather:
    """Rain in mm an hour as simulated time goes on; one storm at a time.

    ``wet_mm_h`` is the rain smoothed with the ground's memory; it drives infiltration.
    """

    rng: np.random.Generator
    params: HydraulicParams
    next_storm_s: float = 0.0
    storm_end_s: float = 0.0
    storm_mm_h: float = 0.0
    rain_mm_h: float = 0.0
    wet_mm_h: float = 0.0

    def advance(self, now_s: float, step_s: float) -> None:
        """Move on to ``now_s`` (epoch seconds) in a step of ``step_s`` seconds."""
        if self.next_storm_s == 0.0:
            self.next_storm_s = now_s + self.rng.exponential(self.params.rain_gap_days) * 86400
        if now_s >= self.next_storm_s:
            hours = max(0.5, float(self.rng.gamma(2.0, 2.5)))
            depth_mm = min(120.0, float(self.rng.lognormal(2.0, 1.0)))
            self.storm_end_s = now_s + hours * 3600
            self.storm_mm_h = depth_mm / hours
            gap_s = self.rng.exponential(self.params.rain_gap_days) * 86400
            self.next_storm_s = self.storm_end_s + gap_s
        raining = now_s < self.storm_end_s
        self.rain_mm_h = self.storm_mm_h * float(self.rng.gamma(0.8, 1.25)) if raining else 0.0
        share = 1.0 - np.exp(-step_s / 3600 / self.params.rain_memory_h)
        self.wet_mm_h += float(share) * (self.rain_mm_h - self.wet_mm_h)
