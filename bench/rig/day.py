"""The day to plan: 40 trucks, 250 jobs and 2 plants on the core of the city."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.rig.road_graphs import Streets
from qingshu.dispatch.roads.cch import CchEngine
from qingshu.dispatch.roads.params import RoadParams
from qingshu.kernel.geodesy import Point

CORE_KM = (18.0, 14.0)
PROFIT = {"planned": 6_000.0, "overdue": 20_000.0, "emergency": 100_000.0}
MUST_SERVE = {"planned": 60_000.0, "overdue": 120_000.0, "emergency": 400_000.0}
SIZES = ((5.0, 15), (8.0, 15), (12.0, 10))
LOADS = (0.0, 0.0, 0.2, 0.4, 0.6, 0.8)
NARROW = ["5", "8"]
HOUR = 3600.0


class Day:
    """One seeded day: its places and the travel times between them."""

    def __init__(self, found: Streets, seed: int, trucks: int = 40, jobs: int = 250) -> None:
        self.rng = np.random.default_rng(seed)
        self.trucks, self.jobs = trucks, jobs
        lat, lon = found.graph.node_lat, found.graph.node_lon
        east = (lon - np.median(lon)) * 89.0
        north = (lat - np.median(lat)) * 111.0
        core = np.flatnonzero((np.abs(east) <= CORE_KM[0] / 2) & (np.abs(north) <= CORE_KM[1] / 2))
        chosen = self.rng.choice(core, trucks + 3 + jobs)
        ends = [self._near(east, north, km) for km in (-14.0, 14.0)]
        nodes = [*ends, *chosen.tolist()]
        points = [Point(float(lat[i]), float(lon[i])) for i in nodes]
        engine = CchEngine(found.graph, RoadParams(unknown_kmh=26.0))
        times = engine.times_s(points, points)
        np.fill_diagonal(times, 0.0)
        self.travel_s = np.round(times, 1)

    @staticmethod
    def _near(east: Any, north: Any, at_km: float) -> int:
        return int(np.argmin((east - at_km) ** 2 + north**2))

    def scenario(self, prizes: dict[str, float]) -> dict[str, Any]:
        """The day as a scenario, the same for any prizes."""
        rng = np.random.default_rng(int(self.rng.bit_generator.seed_seq.entropy) + 1_000)
        yards = list(range(2, 5))
        return {
            "now": 9 * HOUR,
            "travel_s": self.travel_s.tolist(),
            "trucks": [self._truck(i, yards, rng) for i in range(self.trucks)],
            "plants": [{"node": k, "unload_s": 720.0, "open_s": [0.0, 8 * HOUR]} for k in range(2)],
            "jobs": [self._job(i, prizes, rng) for i in range(self.jobs)],
        }

    def _truck(self, i: int, yards: list[int], rng: np.random.Generator) -> dict[str, Any]:
        sizes = [size for size, count in SIZES for _ in range(count)]
        size = sizes[i % len(sizes)]
        return {
            "id": f"T{i + 1:02d}", "node": 5 + i, "yard_node": int(rng.choice(yards)),
            "capacity_m3": size, "load_m3": round(size * float(rng.choice(LOADS)), 2),
            "shift_end_s": (5 if rng.random() < 0.25 else 8) * HOUR, "class": f"{size:g}",
        }  # fmt: skip

    def _job(self, i: int, prizes: dict[str, float], rng: np.random.Generator) -> dict[str, Any]:
        draw = rng.random()
        kind = "emergency" if draw < 0.06 else "overdue" if draw < 0.30 else "planned"
        volume = round(float(rng.uniform(1.0, 5.0)), 1)
        window = [0.0, 8 * HOUR]
        if kind == "emergency":
            window = [0.0, float(rng.integers(45, 121)) * 60.0]
        elif rng.random() < 0.6:
            length = float(rng.integers(120, 241)) * 60.0
            begin = float(rng.uniform(0.0, 7 * HOUR))
            window = [round(begin), round(begin + length)]
        return {
            "id": f"J{i + 1:03d}", "node": 5 + self.trucks + i, "volume_m3": volume,
            "service_s": 600.0 + 180.0 * volume, "window_s": window, "kind": kind,
            "prize": prizes[kind], "classes": NARROW if rng.random() < 0.15 else [],
        }  # fmt: skip
