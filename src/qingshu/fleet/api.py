"""HTTP: the fleet for the control room, tracks, and the OsmAnd door for phones."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from qingshu.fleet import rules, service
from qingshu.fleet.errors import UnknownTerminal, UnknownTruck
from qingshu.fleet.model import FleetRow, Report
from qingshu.kernel.errors import QingshuError, TooLarge
from qingshu.kernel.instants import iso, parse_instant
from qingshu.registry import store as registry
from qingshu.runtime import deadletters
from qingshu.runtime.db import Database
from qingshu.runtime.http import DbDep, UserDep
from qingshu.wire import osmand

router = APIRouter(prefix="/api/v1", tags=["fleet"])
osmand_router = APIRouter(tags=["fleet"])

TRACK_COLUMNS = ["at", "lat", "lon", "speed_kmh", "heading_deg"]
TRACK_HOURS = 24.0
OSMAND_MOST_BYTES = 16 * 1024


@router.get("/fleet")
def get_fleet(db: DbDep, _user: UserDep) -> dict[str, Any]:
    """Every active truck with its present position, state and load."""
    with db.read() as conn:
        return {"items": [_item(row) for row in service.fleet(conn)]}


@router.get("/trucks/{truck_id}/track")
def get_track(
    truck_id: int,
    db: DbDep,
    _user: UserDep,
    start: Annotated[str | None, Query(alias="from")] = None,
    to: str | None = None,
) -> dict[str, Any]:
    """One truck's believable positions; the last 24 hours unless told otherwise."""
    end_at = db.clock.now() if to is None else parse_instant(to)
    start_at = end_at - timedelta(hours=TRACK_HOURS) if start is None else parse_instant(start)
    with db.read() as conn:
        if registry.truck(conn, truck_id) is None:
            msg = f"Expected the id of a truck, got {truck_id}."
            raise UnknownTruck(msg, truck_id=truck_id)
        positions = service.track(conn, truck_id, start_at, end_at)
    rows = [[iso(p.at), p.lat, p.lon, p.speed_kmh, p.heading_deg] for p in positions]
    return {"columns": TRACK_COLUMNS, "rows": rows}


@osmand_router.get("/osmand")
@osmand_router.post("/osmand")
async def take_osmand(request: Request, db: DbDep) -> Response:
    """Take one OsmAnd or Traccar Client report; 200 once it is durable.

    The device id must be the terminal number of an active truck. 400 tells the client
    that the report was refused and kept as a dead letter.
    """
    body = await _body(request)
    query = request.url.query
    await run_in_threadpool(_take, db, query, body, _peer(request))
    return Response(status_code=200)


def _take(db: Database, query: str, body: bytes, peer: str) -> None:
    try:
        report = _parse(query, body)
        _record(db, report)
    except QingshuError as error:
        if error.status < 500:
            _bury(db, peer, error, query.encode() + b"\n" + body)
        raise


def _parse(query: str, body: bytes) -> osmand.OsmandReport:
    if body.lstrip()[:1] == b"{":
        return osmand.parse_json(body)
    form = body.decode("utf-8", errors="replace").strip()
    return osmand.parse_query("&".join(part for part in (query, form) if part))


def _record(db: Database, report: osmand.OsmandReport) -> None:
    key = rules.terminal_key(report.device)
    with db.read() as conn:
        truck_id = service.terminal_trucks(conn).get(key)
    if truck_id is None:
        msg = f"Expected the terminal number of an active truck, got {report.device}."
        raise UnknownTerminal(msg, id=report.device)
    with db.write(f"device:{key}"[:64]) as tx:
        if report.lat_deg is None or report.lon_deg is None:
            # Only cells or access points: it is a sign of life, not a place.
            service.heard(tx, [truck_id])
            return
        taken = Report(
            truck_id=truck_id,
            at=report.at,
            received_at=tx.now,
            lat=report.lat_deg,
            lon=report.lon_deg,
            speed_kmh=report.speed_kmh,
            heading_deg=report.heading_deg,
        )
        service.record_positions(tx, [taken])


def _bury(db: Database, peer: str, error: QingshuError, body: bytes) -> None:
    with db.write("system:osmand") as tx:
        deadletters.bury(
            tx, door="osmand", source=peer, code=error.code, message=error.message, body=body
        )


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > OSMAND_MOST_BYTES:
            msg = f"Expected a report of at most {OSMAND_MOST_BYTES} bytes, got more."
            raise TooLarge(msg, size=len(body))
    return body


def _peer(request: Request) -> str:
    return f"{request.client.host}:{request.client.port}" if request.client else "unknown"


def _item(row: FleetRow) -> dict[str, Any]:
    latest = row.latest
    return {
        "truck_id": row.truck_id,
        "code": row.code,
        "plate": row.plate,
        "lat": latest.lat,
        "lon": latest.lon,
        "heading_deg": latest.heading_deg,
        "speed_kmh": latest.speed_kmh,
        "positioned_at": _iso(latest.positioned_at),
        "state": str(latest.state),
        "load_m3": latest.load_m3,
        "capacity_m3": row.capacity_m3,
        "crew_name": row.crew_name,
        "job_id": latest.job_id,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else iso(at)
