"""Gathers what a ranking needs and ranks by road."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from qingshu.dispatch import rules, store
from qingshu.dispatch.errors import NowhereToGo
from qingshu.dispatch.model import (
    Candidate,
    Commitment,
    Dispatch,
    Legs,
    PlantOption,
    Ranked,
    Ranking,
    Task,
)
from qingshu.dispatch.params import DispatchParams
from qingshu.dispatch.roads.engine import RoadEngine
from qingshu.dispatch.roads.files import engine_of
from qingshu.dispatch.roads.model import TruckSize
from qingshu.dispatch.roads.params import RoadParams
from qingshu.dispatch.rules.timing import service_s
from qingshu.fleet import service as fleet_room
from qingshu.fleet.model import TruckLatest, TruckState
from qingshu.incident import service as incident_room
from qingshu.incident.model import Incident
from qingshu.kernel.geodesy import Point
from qingshu.kernel.instants import from_ms
from qingshu.registry import store as registry
from qingshu.registry.model import Crew, Truck
from qingshu.runtime.settings import Settings

_NOWHERE = (math.inf,)


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a ranking looks at, read in one go."""

    task: Task
    trucks: tuple[Candidate, ...]
    plants: tuple[PlantOption, ...]
    now: datetime


def params_of(settings: Settings) -> DispatchParams:
    """The workspace's ranking numbers."""
    return settings.room_params("dispatch", DispatchParams)


def engine_for(settings: Settings) -> RoadEngine:
    """The workspace's road engine; straight lines until roads are imported."""
    return engine_of(settings.directory, settings.room_params("roads", RoadParams))


def rank(
    conn: Connection, engine: RoadEngine, incident_id: int, now: datetime, settings: Settings
) -> Ranking:
    """Every active truck ranked for one incident, or left out with its reason.

    Raises
    ------
    IncidentNotFound, NowhereToGo
        There is no such incident, or nobody knows yet where it is.
    """
    here = situation(conn, incident_id, now, settings)
    return settle(engine, here, params_of(settings), settings.station.zone)


def settle(engine: RoadEngine, here: Situation, params: DispatchParams, zone: str) -> Ranking:
    """Rank a situation by road; the first ``distances_for`` also get their metres."""
    legs = _legs(engine, here, params)
    ranking = rules.rank(
        here.task, here.trucks, here.plants, legs, here.now, params,
        zone=zone, estimate=engine.estimate,
    )  # fmt: skip
    by_id = {t.truck_id: t for t in here.trucks}
    near = ranking.ranked[: params.distances_for]
    metres = _metres(engine, [by_id[r.truck_id] for r in near], here.task.point, params)
    measured = (replace(line, distance_m=m) for line, m in zip(near, metres, strict=True))
    return replace(ranking, ranked=(*measured, *ranking.ranked[params.distances_for :]))


def situation(conn: Connection, incident_id: int, now: datetime, settings: Settings) -> Situation:
    """What stands and drives around one incident."""
    params = params_of(settings)
    trucks = fleet_now(conn, now, settings, incident_id)
    plants = plants_now(conn, now, settings)
    return Situation(place_task(conn, incident_id, params), trucks, plants, now)


def plants_now(conn: Connection, now: datetime, settings: Settings) -> tuple[PlantOption, ...]:
    """Every plant with the hours that are not yet over."""
    zone = settings.station.zone
    return tuple(
        PlantOption(
            plant.id, plant.name, Point(plant.lat, plant.lon), plant.unload_min * 60.0,
            rules.plant_windows(now, plant.open_from, plant.open_to, zone),
        )
        for plant in registry.plants(conn)
    )  # fmt: skip


def fleet_now(
    conn: Connection, now: datetime, settings: Settings, incident_id: int | None = None
) -> tuple[Candidate, ...]:
    """Every active truck: where it is, what it is bound to, whether it goes to the incident."""
    params = params_of(settings)
    zone = settings.station.zone
    live = store.live(conn)
    bound = {d.truck_id: d for d in live if d.incident_id != incident_id}
    sent = {d.truck_id for d in live if d.incident_id == incident_id}
    crews = {crew.id: crew for crew in registry.crews(conn)}
    present = {row.truck_id: row.latest for row in fleet_room.fleet(conn)}
    tasks = {d.incident_id: task_of(conn, d.incident_id, params) for d in bound.values()}
    trucks = []
    for truck in registry.trucks(conn):
        seen = present.get(truck.id)
        if seen is None:
            continue
        candidate = _candidate(truck, seen, crews.get(truck.crew_id or 0), now, zone)
        held = bound.get(truck.id)
        commitment = _commitment(
            candidate, held, tasks.get(held.incident_id) if held else None, now, params
        )
        trucks.append(replace(candidate, bound=commitment, sent_here=truck.id in sent))
    return tuple(trucks)


def place_task(conn: Connection, incident_id: int, params: DispatchParams) -> Task:
    """The work at one incident, or :class:`NowhereToGo`."""
    task = task_of(conn, incident_id, params)
    if task is None:
        msg = "Expected an incident whose place is known. Give it a tank first."
        raise NowhereToGo(msg, incident_id=incident_id)
    return task


def task_of(conn: Connection, incident_id: int, params: DispatchParams) -> Task | None:
    """The work at one incident; None while its place is unknown."""
    incident = incident_room.get(conn, incident_id)
    tank = registry.tank(conn, incident.tank_id) if incident.tank_id else None
    if tank is not None:
        return Task(
            Point(tank.lat, tank.lon), tank.volume_m3 * params.fill_share,
            tank.access_width_m, tank.hose_distance_m, incident.grade,
        )  # fmt: skip
    point = _place(conn, incident)
    return None if point is None else Task(point, params.default_volume_m3, grade=incident.grade)


def _place(conn: Connection, incident: Incident) -> Point | None:
    if incident.lat is not None and incident.lon is not None:
        return Point(incident.lat, incident.lon)
    spots = {c.id: (c.lat, c.lon) for c in registry.communities(conn)}
    lat, lon = spots.get(incident.community_id or 0, (None, None))
    return None if lat is None or lon is None else Point(lat, lon)


def _candidate(
    truck: Truck, seen: TruckLatest, crew: Crew | None, now: datetime, zone: str
) -> Candidate:
    begin, end = rules.shift_of(now, truck.shift_start, truck.shift_end, zone)
    words = None if crew is None else crew.qualifications.replace("，", ",").split(",")
    placed = seen.lat is not None and seen.lon is not None
    return Candidate(
        truck_id=truck.id,
        code=truck.code,
        capacity_m3=truck.capacity_m3,
        load_m3=min(seen.load_m3, truck.capacity_m3),
        width_m=truck.width_m,
        height_m=truck.height_m,
        hose_m=truck.hose_m,
        gas_kit=bool(truck.gas_kit),
        state=seen.state,
        point=Point(seen.lat or 0.0, seen.lon or 0.0) if placed else None,
        positioned_at=seen.positioned_at,
        shift_from=begin,
        shift_to=end,
        crew_name="" if crew is None else crew.name,
        qualifications=None if words is None else frozenset(w.strip() for w in words if w.strip()),
    )


def _commitment(
    truck: Candidate, held: Dispatch | None, task: Task | None, now: datetime,
    params: DispatchParams,
) -> Commitment | None:  # fmt: skip
    """What must be finished first; a planned job not yet begun may be put off."""
    if held is not None and task is not None:
        work_s = service_s(min(task.volume_m3, truck.capacity_m3), params)
        free = from_ms(held.confirmed_ms) + timedelta(seconds=held.eta_s + work_s)
        if truck.state is TruckState.HAULING:
            return None
        volume = min(task.volume_m3, truck.capacity_m3 - truck.load_m3)
        return Commitment(task.point, max(free, now), volume)
    if truck.state is TruckState.WORKING and truck.point is not None:
        return Commitment(truck.point, now + timedelta(seconds=params.working_left_s))
    return None


def size_of(truck: Candidate, params: DispatchParams) -> TruckSize:
    """What roads may be too small for: width, height, gross weight."""
    gross_t = params.gross_base_t + params.gross_t_per_m3 * truck.capacity_m3
    return TruckSize(truck.width_m, truck.height_m, round(gross_t, 1))


def _legs(engine: RoadEngine, here: Situation, params: DispatchParams) -> list[Legs]:
    """Driving times of every truck, one matrix per size of truck."""
    nowhere = _NOWHERE * (1 + len(here.plants))
    legs = [Legs(nowhere, nowhere, nowhere[1:])] * len(here.trucks)
    plant_points = [plant.point for plant in here.plants]
    by_size: dict[TruckSize, list[int]] = defaultdict(list)
    for i, truck in enumerate(here.trucks):
        if truck.point is not None:
            by_size[engine.alike(size_of(truck, params))].append(i)
    for size, chosen in by_size.items():
        trucks = [here.trucks[i] for i in chosen]
        points = [truck.point for truck in trucks if truck.point is not None]
        later = [t.bound.point for t in trucks if t.bound is not None]
        sources = [*points, *later, *plant_points]
        times = engine.times_s(sources, [here.task.point, *plant_points], size).tolist()
        plant_s = tuple(row[0] for row in times[len(points) + len(later) :])
        after = iter(times[len(points) : len(points) + len(later)])
        for i, truck, row in zip(chosen, trucks, times, strict=False):
            legs[i] = Legs(row, row if truck.bound is None else next(after), plant_s)
    return legs


def _metres(
    engine: RoadEngine, trucks: Sequence[Candidate], end: Point, params: DispatchParams
) -> list[float | None]:
    metres: dict[int, float | None] = {}
    by_size: dict[TruckSize, list[Candidate]] = defaultdict(list)
    for truck in trucks:
        by_size[engine.alike(size_of(truck, params))].append(truck)
    for size, group in by_size.items():
        starts = [truck.point for truck in group if truck.point is not None]
        found = engine.routes(starts, end, size, with_line=False)
        for truck, way in zip(group, found, strict=True):
            metres[truck.truck_id] = None if way is None else way.distance_m
    return [metres[truck.truck_id] for truck in trucks]


def pick(ranking: Ranking, truck_id: int) -> Ranked | None:
    """The line of one truck among those that can go."""
    return next((line for line in ranking.ranked if line.truck_id == truck_id), None)
