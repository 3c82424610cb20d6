"""What screens read: the ranking, a route, the streets."""

from __future__ import annotations

import functools
import gzip
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from qingshu.dispatch import store
from qingshu.dispatch.errors import TruckNotFound
from qingshu.dispatch.model import Candidate, Dispatch
from qingshu.dispatch.roads import files
from qingshu.dispatch.roads.drawing import draw
from qingshu.dispatch.roads.engine import RoadEngine
from qingshu.dispatch.roads.model import Route
from qingshu.dispatch.service.ranking import Situation, params_of, settle, situation, size_of
from qingshu.kernel.instants import iso
from qingshu.runtime.settings import Settings

_NO_STREETS = b'{"lines":[],"classes":[],"labels":[]}'


def ranking_as_json(
    conn: Connection, engine: RoadEngine, incident_id: int, now: datetime, settings: Settings
) -> dict[str, Any]:
    """Ranked and left-out trucks of the HTTP contract; the first one with its route."""
    params = params_of(settings)
    here = situation(conn, incident_id, now, settings)
    found = settle(engine, here, params, settings.station.zone)
    trucks = {truck.truck_id: truck for truck in here.trucks}
    items = []
    for line in found.ranked:
        truck = trucks[line.truck_id]
        item = {
            "truck_id": line.truck_id, "code": line.code, "rank": line.rank,
            "eta_s": round(line.eta_s), "drive_s": round(line.drive_s),
            "distance_m": None if line.distance_m is None else round(line.distance_m),
            "reason_zh": line.reason_zh, "reason_en": line.reason_en, "trips": line.trips,
            "plant_id": line.plant_id, "state": str(truck.state), "load_m3": truck.load_m3,
            "capacity_m3": truck.capacity_m3, "crew_name": truck.crew_name,
        }  # fmt: skip
        if line.rank == 1 and (way := _way(engine, here, truck, settings)) is not None:
            item["route"] = _line(way)
        items.append(item)
    left_out = [
        {
            "truck_id": line.truck_id, "code": line.code,
            "eta_s": None if line.eta_s is None else round(line.eta_s),
            "reason_zh": line.reason_zh, "reason_en": line.reason_en,
        }
        for line in found.left_out
    ]  # fmt: skip
    return {
        "computed_at": iso(now), "estimate": engine.estimate, "ranked": items,
        "left_out": left_out,
    }  # fmt: skip


def route_to(
    conn: Connection, engine: RoadEngine, incident_id: int, truck_id: int, now: datetime,
    settings: Settings,
) -> dict[str, Any]:  # fmt: skip
    """The way of one truck from where it stands; ``route`` is empty when there is none."""
    here = situation(conn, incident_id, now, settings)
    truck = next((t for t in here.trucks if t.truck_id == truck_id), None)
    if truck is None:
        msg = f"Expected the id of an active truck, {truck_id} is none."
        raise TruckNotFound(msg, truck_id=truck_id)
    way = _way(engine, here, truck, settings)
    if way is None:
        return {"route": [], "distance_m": None, "drive_s": None, "estimate": engine.estimate}
    return {
        "route": _line(way), "distance_m": round(way.distance_m),
        "drive_s": round(way.duration_s), "estimate": way.estimate,
    }  # fmt: skip


def dispatches_of(conn: Connection, incident_id: int) -> list[Dispatch]:
    """Every truck that was ever sent to one incident."""
    return store.of_incident(conn, incident_id)


def drawing(settings: Settings) -> tuple[str, bytes]:
    """The streets as gzipped JSON and their ETag; the same bytes until a new import."""
    when = files.stamp(settings.directory)
    return f'"roads-{when:x}"', _drawing(settings.directory, when)


@functools.lru_cache(maxsize=2)
def _drawing(directory: Path, when: int) -> bytes:
    body = _NO_STREETS if when == 0 else msgspec.json.encode(draw(files.load(directory)))
    return gzip.compress(body, 6, mtime=0)


def _way(engine: RoadEngine, here: Situation, truck: Candidate, settings: Settings) -> Route | None:
    if truck.point is None:
        return None
    return engine.route(truck.point, here.task.point, size_of(truck, params_of(settings)))


def _line(way: Route) -> list[list[float]]:
    return [[round(lon, 6), round(lat, 6)] for lon, lat in way.line]
