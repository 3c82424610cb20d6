"""What others ask of the fleet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from qingshu.fleet import rules, store
from qingshu.fleet.model import Fix, FleetRow, Position, TruckLatest
from qingshu.fleet.params import FleetParams
from qingshu.fleet.service.presents import unheard
from qingshu.kernel.geodesy import Point
from qingshu.registry import store as registry

TRACK_LIMIT = 20_000


def fleet(conn: Connection) -> list[FleetRow]:
    """Every active truck with its present, by code."""
    presents = store.latest(conn)
    crews = {crew.id: crew.name for crew in registry.crews(conn)}
    return [
        FleetRow(
            truck_id=truck.id,
            code=truck.code,
            plate=truck.plate,
            capacity_m3=truck.capacity_m3,
            crew_name=crews.get(truck.crew_id or 0, ""),
            latest=presents.get(truck.id) or unheard(truck.id),
        )
        for truck in registry.trucks(conn)
    ]


def present(conn: Connection, truck_id: int) -> TruckLatest:
    """One truck's present, idle and nowhere until it was first heard."""
    return store.latest_of(conn, truck_id) or unheard(truck_id)


def track(conn: Connection, truck_id: int, start: datetime, end: datetime) -> list[Position]:
    """One truck's believable positions in [start, end), by time."""
    found = store.track(conn, truck_id, start, end, TRACK_LIMIT)
    return [p for p in found if p.is_believed]


def positions_after(conn: Connection, after: int, limit: int = 1000) -> list[Position]:
    """Positions of the log above id ``after``, for the live stream.

    All of them, so that the caller's place in the log moves on; show those that
    ``moves_truck``.
    """
    return store.positions_after(conn, after, limit)


def last_position_id(conn: Connection) -> int:
    """Where the live stream starts."""
    return store.last_position_id(conn)


def arrived_at(
    conn: Connection, truck_id: int, lat: float, lon: float, params: FleetParams
) -> datetime | None:
    """Since when the truck stands at a tank, from its newest good positions."""
    fixes = [Fix(p.at, p.lat, p.lon, p.speed_kmh or 0.0) for p in store.newest(conn, truck_id, 60)]
    return rules.arrived_at(fixes, Point(lat, lon), params)
