"""Use cases of the fleet. A caller's transaction goes in, events come out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from qingshu.fleet import rules, store
from qingshu.fleet.errors import TruckNotFound, UnknownTerminal
from qingshu.fleet.events import TruckFound, TruckLost, TruckStateChanged
from qingshu.fleet.model import (
    USABLE,
    Fix,
    Flag,
    FleetRow,
    Position,
    Recorded,
    Report,
    Terminal,
    TruckLatest,
    TruckState,
)
from qingshu.fleet.params import FleetParams
from qingshu.kernel.geodesy import Point
from qingshu.kernel.instants import iso, to_ms
from qingshu.registry import store as registry
from qingshu.runtime.db import Tx
from qingshu.runtime.settings import Settings

TRACK_LIMIT = 20_000


@dataclass(slots=True)
class _Walk:
    """One truck while a batch is worked through: its present and whether it was heard."""

    latest: TruckLatest
    is_new: bool


def params_of(settings: Settings) -> FleetParams:
    """The workspace's fleet parameters."""
    return settings.room_params("fleet", FleetParams)


def record_positions(tx: Tx, reports: Sequence[Report]) -> Recorded:
    """Judge and keep positions; move each truck to its newest good one.

    Every report is kept once, doubted ones with their flags. A doubted or late position
    never moves the truck, but any report is a sign of life.
    """
    if not reports:
        return Recorded(0, 0, 0)
    params = params_of(tx.settings)
    station = Point(tx.settings.station.lat, tx.settings.station.lon)
    known = store.latest(tx.conn, {r.truck_id for r in reports})
    walks = {r.truck_id: _Walk(_present(tx, known, r.truck_id), False) for r in reports}
    rows = []
    doubted = 0
    for report in sorted(reports, key=lambda r: (r.truck_id, r.at or r.received_at)):
        walk = walks[report.truck_id]
        at, flags = rules.judge(report, _last_fix(walk.latest), station, params)
        rows.append(_row(report, at, flags))
        doubted += bool(flags & ~(USABLE | Flag.LATE))
        walk.latest = _heard(walk.latest, report, at, flags)
    added = store.add_positions(tx, rows)
    store.save_latest(tx, [_found(tx, walk.latest) for walk in walks.values()])
    return Recorded(added, len(rows) - added, doubted)


def heard(tx: Tx, truck_ids: Sequence[int]) -> None:
    """A sign of life without a position, such as a heartbeat."""
    known = store.latest(tx.conn, set(truck_ids))
    rows = [
        _found(tx, replace(_present(tx, known, truck_id), received_at=tx.now))
        for truck_id in sorted(set(truck_ids))
    ]
    store.save_latest(tx, rows)


def set_state(
    tx: Tx,
    truck_id: int,
    state: TruckState,
    *,
    load_m3: float | None = None,
    job_id: int | None = None,
) -> TruckLatest:
    """What a truck does from now on. ``job_id`` None means no job; load None keeps it.

    The state it has already is always allowed: that sets load and job alone.

    Raises
    ------
    TransitionNotAllowed
        The table has no such arrow.
    TruckNotFound
        There is no such truck.
    """
    if registry.truck(tx.conn, truck_id) is None:
        msg = f"Expected the id of a truck, got {truck_id}."
        raise TruckNotFound(msg, truck_id=truck_id)
    before = _present(tx, store.latest(tx.conn, {truck_id}), truck_id)
    to = rules.moved(before.state, state)
    load = before.load_m3 if load_m3 is None else max(0.0, load_m3)
    after = replace(
        before,
        state=to,
        load_m3=load,
        job_id=job_id,
        state_at=tx.now,
        resume_state=rules.resumed(before, to),
    )
    store.save_latest(tx, [_columns(after)])
    if (before.state, before.load_m3) != (to, load):
        tx.emit(
            TruckStateChanged(
                subject_id=truck_id, from_=str(before.state), to=str(to), load_m3=load
            )
        )
    return after


def sweep_lost(tx: Tx) -> int:
    """Turn trucks on duty that fell silent offline; how many."""
    params = params_of(tx.settings)
    lost = [
        truck
        for truck in store.latest(tx.conn).values()
        if rules.is_lost(truck.state, truck.received_at, truck.state_at, tx.now, params)
    ]
    for truck in lost:
        to = rules.moved(truck.state, TruckState.OFFLINE)
        after = replace(
            truck, state=to, resume_state=rules.resumed(truck, to), state_at=tx.now
        )
        store.save_latest(tx, [_columns(after)])
        last_seen = iso(truck.received_at) if truck.received_at else ""
        tx.emit(TruckLost(subject_id=truck.truck_id, last_seen=last_seen))
    return len(lost)


def register_terminal(
    tx: Tx, number: str, *, auth_code: str, maker: str = "", model: str = ""
) -> Terminal:
    """Register a terminal to its truck; a second time gives the same code again.

    Raises
    ------
    UnknownTerminal
        No active truck has this terminal number.
    """
    key = rules.terminal_key(number)
    truck_id = terminal_trucks(tx.conn).get(key)
    if truck_id is None:
        msg = f"Expected the terminal number of an active truck, got {number}."
        raise UnknownTerminal(msg, terminal=number)
    known = store.terminal_of(tx.conn, key)
    code = auth_code if known is None else known.auth_code
    row = {
        "number": key, "truck_id": truck_id, "auth_code": code,
        "maker": maker[:64], "model": model[:64], "registered_ms": to_ms(tx.now),
    }  # fmt: skip
    store.save_terminal(tx, row)
    return Terminal(0, key, truck_id, code, maker, model, tx.now, None)


def authenticate(tx: Tx, number: str, auth_code: str) -> bool:
    """Whether this is the code that the terminal was given."""
    known = store.terminal_of(tx.conn, rules.terminal_key(number))
    if known is None or known.auth_code != auth_code:
        return False
    store.mark_authenticated(tx, known.number)
    return True


def terminal_trucks(conn: Connection) -> dict[str, int]:
    """Terminal number without leading zeros to truck id, for active trucks."""
    pairs = ((rules.terminal_key(t.terminal), t.id) for t in registry.trucks(conn))
    return {key: truck_id for key, truck_id in pairs if key}


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
            latest=presents.get(truck.id) or _unheard(truck.id),
        )
        for truck in registry.trucks(conn)
    ]


def present(conn: Connection, truck_id: int) -> TruckLatest:
    """One truck's present, idle and nowhere until it was first heard."""
    return store.latest_of(conn, truck_id) or _unheard(truck_id)


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


def _unheard(truck_id: int) -> TruckLatest:
    return TruckLatest(
        truck_id, None, None, None, None, None, None, TruckState.IDLE, 0.0, None, _LONG_AGO, None
    )


_LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _present(tx: Tx, known: dict[int, TruckLatest], truck_id: int) -> TruckLatest:
    return known.get(truck_id) or replace(_unheard(truck_id), state_at=tx.now)


def _last_fix(latest: TruckLatest) -> Fix | None:
    if latest.lat is None or latest.lon is None or latest.positioned_at is None:
        return None
    return Fix(latest.positioned_at, latest.lat, latest.lon)


def _heard(latest: TruckLatest, report: Report, at: datetime, flags: Flag) -> TruckLatest:
    received = max(report.received_at, latest.received_at or report.received_at)
    if flags & ~USABLE:
        return replace(latest, received_at=received)
    return replace(
        latest,
        lat=report.lat,
        lon=report.lon,
        heading_deg=latest.heading_deg if report.heading_deg is None else report.heading_deg,
        speed_kmh=report.speed_kmh,
        positioned_at=at,
        received_at=received,
    )


def _found(tx: Tx, latest: TruckLatest) -> dict[str, Any]:
    if latest.state is TruckState.OFFLINE:
        latest = replace(
            latest,
            state=latest.resume_state or TruckState.IDLE,
            resume_state=None,
            state_at=tx.now,
        )
        tx.emit(TruckFound(subject_id=latest.truck_id))
    return _columns(latest)


def _columns(latest: TruckLatest) -> dict[str, Any]:
    return {
        "truck_id": latest.truck_id,
        "lat": latest.lat,
        "lon": latest.lon,
        "heading_deg": latest.heading_deg,
        "speed_kmh": latest.speed_kmh,
        "positioned_ms": None if latest.positioned_at is None else to_ms(latest.positioned_at),
        "received_ms": None if latest.received_at is None else to_ms(latest.received_at),
        "state": str(latest.state),
        "load_m3": latest.load_m3,
        "job_id": latest.job_id,
        "state_ms": to_ms(latest.state_at),
        "resume_state": None if latest.resume_state is None else str(latest.resume_state),
    }


def _row(report: Report, at: datetime, flags: Flag) -> dict[str, Any]:
    return {
        "truck_id": report.truck_id,
        "at_ms": to_ms(at),
        "received_ms": to_ms(report.received_at),
        "lat": report.lat,
        "lon": report.lon,
        "speed_kmh": report.speed_kmh,
        "heading_deg": report.heading_deg,
        "flags": int(flags),
    }
