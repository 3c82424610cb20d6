"""Due dates, the year plan and campaigns over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from qingshu.kernel.instants import local
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime.accounts.roles import DESK, STAFF
from qingshu.runtime.accounts.service import User
from qingshu.runtime.http import DbDep, Input, requires
from qingshu.schedule import service, worker

router = APIRouter(prefix="/api/v1", tags=["schedule"])

STAFF_ONLY = Depends(requires(*STAFF))
Planner = Annotated[User, Depends(requires(*DESK))]


class Replan(Input):
    """Which year to plan anew, and from which ISO week where not after the frozen ones."""

    year: int = Field(ge=2000, le=2100)
    from_week: int | None = Field(None, ge=1, le=53)


class Move(Input):
    """Visits of one week to put into another."""

    year: int = Field(ge=2000, le=2100)
    week: int = Field(ge=1, le=53)
    to_week: int = Field(ge=1, le=53)
    tank_ids: list[int] = Field(min_length=1, max_length=500)


class NewCampaign(Input):
    """A named set of tanks to be done before a date."""

    name: str = Field(min_length=1, max_length=64)
    until: date
    tank_ids: list[int] | None = Field(None, max_length=50_000)


@router.get("/schedule/due", dependencies=[STAFF_ONLY])
def list_due(
    db: DbDep, days: Annotated[int, Query(ge=0, le=3650)] = 30, grid_id: int | None = None
) -> dict[str, Any]:
    """Tanks due within so many days, overdue ones first."""
    today = local(db.clock.now(), db.settings.station.zone).date()
    with db.read() as conn:
        found = service.due(conn, db.settings, today, days=days, grid_id=grid_id)
        tanks = {t.id: t for t in registry.tanks(conn, [d.tank_id for d in found])}
        grids = registry.names_of(conn, Kind.GRIDS)
    items = [
        {
            "tank_id": d.tank_id,
            "code": tanks[d.tank_id].code,
            "name": tanks[d.tank_id].name,
            "grid_name": grids.get(tanks[d.tank_id].grid_id or 0, ""),
            "last_desludged_on": d.last_on.isoformat() if d.last_on else None,
            "due_on": d.due_on.isoformat(),
            "days_left": d.days_left,
        }
        for d in found
    ]
    return {"items": items}


@router.get("/schedule/year", dependencies=[STAFF_ONLY])
def show_year(
    db: DbDep, year: Annotated[int, Query(ge=2000, le=2100)], grid_id: int | None = None
) -> dict[str, Any]:
    """The plan in force by grid and week, with drift and catch-up."""
    today = local(db.clock.now(), db.settings.station.zone).date()
    with db.read() as conn:
        return service.grid_weeks(conn, year, today, grid_id)


@router.get("/schedule/year/week", dependencies=[STAFF_ONLY])
def show_week(
    db: DbDep, year: Annotated[int, Query(ge=2000, le=2100)], grid_id: int,
    week: Annotated[int, Query(ge=1, le=53)],
) -> dict[str, Any]:  # fmt: skip
    """One grid's week with its tanks and why each is in it."""
    with db.read() as conn:
        return service.week_of(conn, year, grid_id, week)


@router.post("/schedule/year/replan", status_code=202)
def replan(body: Replan, db: DbDep, user: Planner) -> dict[str, Any]:
    """Ask for a new version; a process of its own makes it."""
    with db.write(user.actor) as tx:
        plan = service.ask_plan(tx, body.year, body.from_week)
    worker.start(db.settings.directory, plan.id)
    return {"plan_id": plan.id, "version": plan.version, "from_week": plan.from_week}


@router.post("/schedule/year/move")
def move(body: Move, db: DbDep, user: Planner) -> dict[str, Any]:
    """Put visits of one week into another by hand."""
    with db.write(user.actor) as tx:
        return {"moved": service.move_visits(tx, body.year, body.tank_ids, body.week, body.to_week)}


@router.get("/campaigns", dependencies=[STAFF_ONLY])
def list_campaigns(db: DbDep) -> dict[str, Any]:
    """Campaigns with their progress by grid."""
    with db.read() as conn:
        return {"items": service.campaigns(conn)}


@router.post("/campaigns", status_code=201)
def make_campaign(body: NewCampaign, db: DbDep, user: Planner) -> dict[str, Any]:
    """Set tanks to be done before a date; without a list, those at risk."""
    with db.write(user.actor) as tx:
        made = service.make_campaign(tx, body.name, body.until, tank_ids=body.tank_ids)
        return service.campaigns(tx.conn, made.id)[0]
