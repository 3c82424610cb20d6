"""Dispatch over HTTP: who can go, send, call off, the way, the streets."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import Field

from qingshu.dispatch import service
from qingshu.runtime.accounts.roles import STAFF, Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.http import DbDep, Input, requires

router = APIRouter(prefix="/api/v1", tags=["dispatch"])

STAFF_ONLY = Depends(requires(*STAFF))
ControlUser = Annotated[User, Depends(requires(Role.DISPATCHER, Role.GRID_LEAD))]


class Sending(Input):
    """Which truck to send; ``additional`` beside one that is on its way."""

    truck_id: int
    additional: bool = False


class CallingOff(Input):
    """Why a truck is called off."""

    reason: str = Field(min_length=1, max_length=500)


@router.get("/incidents/{incident_id}/trucks", dependencies=[STAFF_ONLY])
def ranked_trucks(incident_id: int, db: DbDep) -> dict[str, Any]:
    """Every truck: ranked by when it can start, or left out with the reason."""
    engine = service.engine_for(db.settings)
    with db.read() as conn:
        return service.ranking_as_json(conn, engine, incident_id, db.clock.now(), db.settings)


@router.post("/incidents/{incident_id}/dispatch")
def send_truck(incident_id: int, body: Sending, db: DbDep, user: ControlUser) -> dict[str, Any]:
    """Send a truck to an incident."""
    engine = service.engine_for(db.settings)
    with db.write(user.actor) as tx:
        made = service.confirm(
            tx, incident_id, body.truck_id, engine=engine, additional=body.additional
        )
    return {"dispatch_id": made.id}


@router.post("/dispatches/{dispatch_id}/cancel")
def call_off(dispatch_id: int, body: CallingOff, db: DbDep, user: ControlUser) -> dict[str, Any]:
    """Call a truck off."""
    with db.write(user.actor) as tx:
        ended = service.cancel(tx, dispatch_id, body.reason)
    return {"dispatch_id": ended.id, "state": str(ended.state)}


@router.get("/incidents/{incident_id}/route", dependencies=[STAFF_ONLY])
def route(incident_id: int, truck_id: Annotated[int, Query()], db: DbDep) -> dict[str, Any]:
    """The way of one truck to an incident, as ``[lon, lat]``."""
    engine = service.engine_for(db.settings)
    with db.read() as conn:
        return service.route_to(conn, engine, incident_id, truck_id, db.clock.now(), db.settings)


@router.get("/roads", dependencies=[STAFF_ONLY])
def streets(db: DbDep, if_none_match: Annotated[str, Header()] = "") -> Response:
    """The streets as lines with classes and names, for the map; gzipped JSON."""
    tag, body = service.drawing(db.settings)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if tag in {t.strip().removeprefix("W/") for t in if_none_match.split(",")}:
        return Response(status_code=304, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(body, media_type="application/json", headers=headers)
