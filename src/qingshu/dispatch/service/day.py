"""The day as it stands in the workspace, as a scenario to plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from qingshu.dispatch import store
from qingshu.dispatch.model import Candidate, PlantOption
from qingshu.dispatch.params import DispatchParams
from qingshu.dispatch.plan.params import PlanParams
from qingshu.dispatch.roads.engine import RoadEngine
from qingshu.dispatch.rules.timing import service_s
from qingshu.dispatch.service.ranking import fleet_now, params_of, plants_now, task_of
from qingshu.fleet.model import TruckState
from qingshu.incident import service as incident_room
from qingshu.kernel.geodesy import Point
from qingshu.kernel.instants import local
from qingshu.registry import store as registry
from qingshu.registry.model import Tank
from qingshu.runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class _Work:
    """A job before it has a node."""

    point: Point
    width_m: float | None
    fields: dict[str, Any]


def scenario_now(
    conn: Connection, engine: RoadEngine, now: datetime, settings: Settings, *, days: int = 0
) -> dict[str, Any]:
    """Trucks, plants, open incidents and due tanks of the workspace as a scenario.

    Trucks stand where they are and leave when what they do is done; those off duty, lost
    or without a position are left out. Incidents without a truck are emergencies, tanks
    whose interval has run out are overdue, those due within ``days`` planned.
    """
    params, plan = params_of(settings), settings.room_params("plan", PlanParams)
    trucks = [t for t in fleet_now(conn, now, settings) if _is_there(t, now, params)]
    yards = {t.id: _yard(t.yard_lat, t.yard_lon) for t in registry.trucks(conn)}
    plants = plants_now(conn, now, settings)
    work = [*_incidents(conn, now, params, plan), *_due(conn, now, params, plan, days, settings)]
    places = _Places()
    shown = {
        "now": local(now, settings.station.zone).timestamp(),
        "trucks": [_truck(t, yards.get(t.truck_id), places, now) for t in trucks],
        "plants": [_plant(p, places, now) for p in plants],
        "jobs": [
            job.fields
            | {"node": places.node(job.point), "classes": _classes(trucks, job.width_m, params)}
            for job in work
        ],
    }
    return {"travel_s": _matrix(engine, places.points), **shown}


class _Places:
    """Nodes of the matrix, one a place."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._known: dict[Point, int] = {}

    def node(self, point: Point) -> int:
        """The node of a place; a new one where there is none."""
        if point not in self._known:
            self._known[point] = len(self.points)
            self.points.append(point)
        return self._known[point]


def _is_there(truck: Candidate, now: datetime, params: DispatchParams) -> bool:
    fresh = truck.positioned_at is not None and (
        (now - truck.positioned_at).total_seconds() <= params.position_fresh_s
    )
    away = truck.state in (TruckState.OFFLINE, TruckState.OFF_DUTY)
    return truck.point is not None and fresh and not away


def _yard(lat: float | None, lon: float | None) -> Point | None:
    return None if lat is None or lon is None else Point(lat, lon)


def _truck(
    truck: Candidate, yard: Point | None, places: _Places, now: datetime
) -> dict[str, Any]:  # fmt: skip
    bound = truck.bound
    begins = [truck.shift_from] if bound is None else [truck.shift_from, bound.free_at]
    here = truck.point if bound is None else bound.point
    assert here is not None
    load = truck.load_m3 + (bound.volume_m3 if bound is not None else 0.0)
    return {
        "id": truck.code,
        "node": places.node(here),
        "yard_node": places.node(yard or here),
        "capacity_m3": truck.capacity_m3,
        "load_m3": min(load, truck.capacity_m3),
        "shift_end_s": (truck.shift_to - now).total_seconds(),
        "class": _class_of(truck),
        "free_s": max(0.0, *((begin - now).total_seconds() for begin in begins)),
    }


def _class_of(truck: Candidate) -> str:
    return f"{truck.width_m:g} m"


def _classes(
    trucks: Sequence[Candidate], lane_m: float | None, params: DispatchParams
) -> list[str]:  # fmt: skip
    """The widths that get into a lane; all of them: no limit. None: a word no truck has."""
    if lane_m is None:
        return []
    fit = {_class_of(t) for t in trucks if t.width_m + params.lane_clearance_m <= lane_m}
    everyone = {_class_of(t) for t in trucks}
    return [] if fit == everyone else sorted(fit) or [f"under {lane_m:g} m"]


def _plant(plant: PlantOption, places: _Places, now: datetime) -> dict[str, Any]:
    window = plant.windows[0] if plant.windows else (now, now)
    return {
        "node": places.node(plant.point),
        "unload_s": plant.unload_s,
        "open_s": [(end - now).total_seconds() for end in window],
    }


def _incidents(
    conn: Connection, now: datetime, params: DispatchParams, plan: PlanParams
) -> list[_Work]:
    sent = {held.incident_id for held in store.live(conn)}
    found = []
    for row in incident_room.rows(conn, now):
        if row["id"] in sent or row["handle"] != "open":
            continue
        task = task_of(conn, row["id"], params)
        if task is None:
            continue
        fields = {
            "id": row["number"], "volume_m3": task.volume_m3,
            "service_s": service_s(task.volume_m3, params),
            "window_s": [0.0, plan.emergency_window_s], "kind": "emergency",
            "prize": plan.emergency_prize_s,
        }  # fmt: skip
        found.append(_Work(task.point, task.access_width_m, fields))
    return found


def _due(
    conn: Connection, now: datetime, params: DispatchParams, plan: PlanParams, days: int,
    settings: Settings,
) -> list[_Work]:  # fmt: skip
    today = local(now, settings.station.zone).date()
    late = [(left, tank) for tank in registry.tanks(conn) if (left := _left(tank, today)) <= days]
    late.sort(key=lambda one: (one[0], one[1].code))
    return [_tank_work(tank, left, params, plan) for left, tank in late[: plan.most_due]]


def _left(tank: Tank, today: date) -> float:
    """Days until the tank's interval has run out; infinite when it was never emptied."""
    if not tank.active or tank.last_desludged_on is None:
        return math.inf
    return (tank.last_desludged_on + timedelta(days=tank.interval_days) - today).days


def _tank_work(tank: Tank, left: float, params: DispatchParams, plan: PlanParams) -> _Work:
    volume = tank.volume_m3 * params.fill_share
    late = left < 0
    fields = {
        "id": tank.code, "volume_m3": volume, "service_s": service_s(volume, params),
        "window_s": None, "kind": "overdue" if late else "planned",
        "prize": plan.overdue_prize_s if late else plan.planned_prize_s,
    }  # fmt: skip
    return _Work(Point(tank.lat, tank.lon), tank.access_width_m, fields)


def _matrix(engine: RoadEngine, points: Sequence[Point]) -> list[list[float | None]]:
    rows = engine.times_s(points, points).tolist() if points else []
    return [
        [
            0.0 if a == b else None if not math.isfinite(s) else round(s, 1)
            for b, s in enumerate(row)
        ]
        for a, row in enumerate(rows)
    ]
