"""How long it takes to rank 60 trucks for one emergency by road.

One ranking snaps all trucks, plants and the tank to the roads, works out every driving
time, judges every truck, writes its reasons and measures the metres of the first ones.
Reading the trucks from the database and drawing the first route are figures beside it.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench.rig.road_graphs import beside_roads, streets
from qingshu.dispatch import service
from qingshu.dispatch.model import Candidate, Commitment, PlantOption, Task
from qingshu.dispatch.params import DispatchParams
from qingshu.dispatch.roads.cch import CchEngine
from qingshu.dispatch.service.ranking import Situation
from qingshu.fleet import service as fleet
from qingshu.fleet.model import Report, TruckState
from qingshu.incident import service as incidents
from qingshu.incident.model import Place, SourceKind, Voice
from qingshu.kernel.geodesy import Point
from qingshu.kernel.instants import to_ms
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime import schema
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.settings import Settings

TRUCKS = 60
NOW = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)
ZONE = "Asia/Shanghai"
SIZES = ((5.0, 2.1), (8.0, 2.3), (12.0, 2.5))
GOAL_MS = 5.0


def run(quick: bool) -> dict[str, Any]:
    """Measure; ``quick`` takes fewer rounds."""
    rounds = 40 if quick else 300
    found = streets()
    rng = np.random.default_rng(11)
    engine, params = CchEngine(found.graph), DispatchParams()
    here = [_situation(beside_roads(found.graph, TRUCKS + 3, rng), rng) for _ in range(rounds)]
    service.settle(engine, here[0], params, ZONE)
    took, listed = [], 0
    for situation in here:
        begun = time.perf_counter()
        ranking = service.settle(engine, situation, params, ZONE)
        took.append((time.perf_counter() - begun) * 1000.0)
        listed += len(ranking.ranked)
    p50 = float(np.median(took))
    whole_ms = _with_database(engine, beside_roads(found.graph, TRUCKS + 1, rng), rounds // 2)
    return {
        "scenario": f"rank-1: {TRUCKS} trucks of 3 sizes, 2 plants, {found.name}",
        "figures": {
            "rank_ms_p50": round(p50, 2),
            "rank_ms_p99": round(float(np.quantile(took, 0.99)), 2),
            "with_database_and_route_ms_p50": round(whole_ms, 2),
            "ranked_trucks_mean": round(listed / rounds, 1),
            "rounds": rounds,
        },
        "goals": {
            "rank_ms_p50": {"goal": f"<= {GOAL_MS:g}", "got": round(p50, 2), "met": p50 <= GOAL_MS}
        },
    }


def _situation(places: list[Point], rng: np.random.Generator) -> Situation:
    hours = ((NOW - timedelta(hours=6), NOW + timedelta(hours=6)),)
    plants = tuple(
        PlantOption(i, name, place, 720.0, hours)
        for i, (name, place) in enumerate(zip(("东厂", "西厂"), places[1:3], strict=True), 1)
    )
    trucks = tuple(_truck(i, place, rng) for i, place in enumerate(places[3:], start=1))
    return Situation(Task(places[0], 5.0, 2.7, 20.0), trucks, plants, NOW)


def _truck(i: int, place: Point, rng: np.random.Generator) -> Candidate:
    capacity_m3, width_m = SIZES[i % 3]
    truck = Candidate(
        truck_id=i, code=f"{i:02d}号车", capacity_m3=capacity_m3,
        load_m3=float(rng.choice([0.0, 0.0, 0.4, 0.8])) * capacity_m3, width_m=width_m,
        height_m=3.0, hose_m=30.0, gas_kit=True, state=TruckState.IDLE, point=place,
        positioned_at=NOW, shift_from=NOW - timedelta(hours=6),
        shift_to=NOW + timedelta(hours=4), qualifications=frozenset({"gas_kit"}),
    )  # fmt: skip
    if i % 5:
        return truck
    bound = Commitment(place, NOW + timedelta(minutes=float(rng.uniform(5, 40))), 2.0)
    return replace(truck, state=TruckState.WORKING, bound=bound)


def _with_database(engine: CchEngine, places: list[Point], rounds: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(Settings(directory=Path(folder)), FakeClock(NOW))
        schema.upgrade(db)
        incident_id = _fill(db, places)
        took = []
        for _ in range(rounds):
            begun = time.perf_counter()
            with db.read() as conn:
                service.ranking_as_json(conn, engine, incident_id, NOW, db.settings)
            took.append((time.perf_counter() - begun) * 1000.0)
        db.close()
    return float(np.median(took))


def _fill(db: Database, places: list[Point]) -> int:
    tank = {
        "code": "T1", "name": "裕园社区3号楼北", "lat": places[0].lat, "lon": places[0].lon,
        "area_m2": 4.0, "depth_m": 1.8, "outlet_m": 1.4, "cover_m": 1.9, "volume_m3": 6.0,
        "access_width_m": 2.7,
    }  # fmt: skip
    trucks = [
        {"code": f"{i:02d}", "capacity_m3": SIZES[i % 3][0], "width_m": SIZES[i % 3][1]}
        for i in range(TRUCKS)
    ]
    with db.write("system:bench") as tx:
        registry.add(tx, Kind.TANKS, [tank])
        registry.add(tx, Kind.TRUCKS, trucks)
        reports = [
            Report(truck.id, NOW, NOW, place.lat, place.lon)
            for truck, place in zip(registry.trucks(tx.conn), places[1:], strict=True)
        ]
        fleet.record_positions(tx, reports)
        found = registry.tank_by_code(tx.conn, "T1")
        assert found is not None
        voice = Voice(SourceKind.ALARM, 1, 1, Place(tank_id=found.id), to_ms(NOW))
        made = incidents.take(tx, voice)
    assert made is not None
    return made
