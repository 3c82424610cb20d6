"""The physical city as one thing that moves on in steps: water, blockages, sensors, streets."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from qingshu.twin import hydraulics, probes
from qingshu.twin.blockages import Blockage, Blockages
from qingshu.twin.params import BlockageParams, HydraulicParams, ProbeParams
from qingshu.twin.probes import Sample
from qingshu.twin.route import Router
from qingshu.twin.vehicle import Vehicle
from qingshu.twin.weather import Weather
from qingshu.twin.world import World

STATE_FILE = "state.npz"
KEPT = ("level_m", "blocked", "phase_h", "head_m", "burst", "leak")
# Share of the freeboard that planned blockages have used up at the start: the picture
# a dispatcher finds is one tank about to overflow, some rising, one without a sensor.
OPENING = (0.97, 0.80, 0.72, 0.62, 0.50, 0.42, 0.33, 0.25)
OPENING_SPILLS = 2
DARK_SENSORS = 3


@dataclass
class City:
    """Levels, blockages, weather, sensors and trucks of one world at one moment."""

    world: World
    now_s: float
    rng: np.random.Generator
    levels: hydraulics.Levels
    blockages: Blockages
    weather: Weather
    probes: probes.Probes
    router: Router
    vehicles: list[Vehicle]
    flow: HydraulicParams

    def step(self) -> list[Sample]:
        """Move on by one step; what sensors sent meanwhile."""
        self.now_s += self.flow.step_s
        self.weather.advance(self.now_s, self.flow.step_s)
        self.blockages.advance(self.levels, self.now_s, self.flow.step_s)
        hydraulics.advance(self.levels, self.flow, self.now_s, self.weather.wet_mm_h, self.rng)
        return probes.read(self.probes, self.levels, self.now_s, self.flow.step_s)

    def pump(self, tank: int, room_m3: float) -> float:
        """A crew opens the outlet and fills its truck; m3 taken."""
        area = float(self.world.tanks.area_m2[tank])
        before = float(self.levels.level_m[tank])
        hydraulics.pump(self.levels, tank, room_m3 / area)
        self.blockages.clear(self.levels, tank)
        return round((before - float(self.levels.level_m[tank])) * area, 2)

    def open_with_trouble(self, at_s: float) -> None:
        """Plan blockages so that at ``at_s`` some tanks are on their way to overflow."""
        watched = self.world.sensors.tank
        calm = watched[self.levels.burst[watched] > 0.6]
        fit = calm[np.argsort(-self.levels.rise_m_day[calm])][: len(OPENING) * 6]
        chosen = self.rng.permutation(fit)[: len(OPENING)]
        for tank, share in zip(chosen.tolist(), OPENING, strict=False):
            freeboard = float(self.levels.cover_m[tank] - self.levels.level_m[tank])
            self.blockages.plan(self.levels, tank, at_s, share * freeboard)
        blind = np.setdiff1d(np.arange(len(self.levels.level_m)), watched)
        brisk = blind[np.argsort(-self.levels.rise_m_day[blind])][:60]
        for tank in self.rng.permutation(brisk)[:OPENING_SPILLS].tolist():
            freeboard = float(self.levels.cover_m[tank] - self.levels.level_m[tank])
            self.blockages.plan(self.levels, tank, at_s, 0.99 * freeboard)
        quiet = [i for i in range(len(watched)) if watched[i] not in set(chosen.tolist())]
        for sensor in self.rng.choice(quiet, size=DARK_SENSORS, replace=False).tolist():
            self.probes.outage_from_s[sensor] = at_s - self.rng.uniform(1.0, 3.0) * 3600
            self.probes.outage_until_s[sensor] = at_s + self.rng.uniform(4.0, 20.0) * 3600

    def save(self, folder: Path) -> None:
        """Write the state so that a later start goes on from here."""
        kept = {name: getattr(self.levels, name) for name in KEPT}
        about = {
            "now_s": self.now_s,
            "blockages": [asdict(b) for b in self.blockages.by_tank.values()],
            "loads": [v.load_m3 for v in self.vehicles],
            "spots": [(v.x, v.y) for v in self.vehicles],
        }
        part = folder / f"{STATE_FILE}.part"
        with part.open("wb") as file:
            np.savez(file, about=np.array(json.dumps(about)), **kept)
        part.replace(folder / STATE_FILE)

    def load(self, folder: Path) -> bool:
        """Take up a saved state; False when there is none of this world."""
        path = folder / STATE_FILE
        if not path.exists():
            return False
        with np.load(path) as saved:
            if saved["level_m"].shape != self.levels.level_m.shape:
                return False
            about = json.loads(str(saved["about"]))
            for name in KEPT:
                setattr(self.levels, name, saved[name])
        self.now_s = about["now_s"]
        self.blockages.by_tank = {b["tank"]: Blockage(**b) for b in about["blockages"]}
        for vehicle, load, spot in zip(self.vehicles, about["loads"], about["spots"], strict=True):
            vehicle.load_m3, (vehicle.x, vehicle.y) = load, spot
        self.probes.next_s += self.now_s - float(self.probes.next_s.min())
        return True


def saved_at(folder: Path) -> float | None:
    """The city's time of the state saved in ``folder``, epoch seconds; None without one."""
    path = folder / STATE_FILE
    if not path.exists():
        return None
    with np.load(path) as saved:
        return float(json.loads(str(saved["about"]))["now_s"])


def make_city(world: World, start_s: float) -> City:
    """The city at rest at ``start_s``; trucks stand in their yards or about their grids."""
    seed = world.params.seed
    rng = np.random.default_rng([seed, 100])
    flow = HydraulicParams()
    vehicles = []
    for number, truck in enumerate(world.trucks):
        x, y = world.yards[truck.yard]
        turn = number * 2.4
        spread = 30.0 + 4.0 * number
        vehicles.append(Vehicle(truck, x + spread * math.cos(turn), y + spread * math.sin(turn)))
    return City(
        world=world,
        now_s=start_s,
        rng=rng,
        levels=hydraulics.make_levels(world.tanks, flow, np.random.default_rng([seed, 101])),
        blockages=Blockages(BlockageParams(), np.random.default_rng([seed, 102])),
        weather=Weather(np.random.default_rng([seed, 103]), flow),
        probes=probes.make_probes(
            world.sensors, ProbeParams(), np.random.default_rng([seed, 104]), start_s
        ),
        router=Router(world.streets),
        vehicles=vehicles,
        flow=flow,
    )
