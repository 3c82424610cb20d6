"""HTTP routes of incidents."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from qingshu.incident import service
from qingshu.incident.model import Track
from qingshu.intake import service as intake
from qingshu.runtime.accounts.roles import STAFF, Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.http import DbDep, Input, VaultDep, requires

router = APIRouter(prefix="/api/v1", tags=["incident"])

Staff = Annotated[User, Depends(requires(*STAFF))]
Desk = Annotated[User, Depends(requires(Role.DISPATCHER, Role.GRID_LEAD))]


class OpenBody(Input):
    """An incident that a person opens at a tank."""

    tank_id: int
    reason: str = Field(min_length=1, max_length=2000)


class CommandBody(Input):
    """One command to one track."""

    command: str = Field(max_length=32)
    note: str = Field("", max_length=2000)


class SplitBody(Input):
    """Reports that are about another problem, and perhaps at another tank."""

    report_ids: list[int] = Field(min_length=1, max_length=500)
    reason: str = Field(min_length=1, max_length=2000)
    tank_id: int | None = None


@router.get("/incidents")
def list_incidents(
    db: DbDep,
    _user: Staff,
    open: bool = True,  # noqa: A002 - the contract's word
    limit: int = 1000,
) -> dict[str, Any]:
    """Open incidents, worst grade first; with ``open=false`` all, newest first."""
    with db.read() as conn:
        rows = service.rows(conn, db.clock.now(), only_open=open, limit=max(1, min(limit, 5000)))
    return {"items": rows}


@router.get("/incidents/{incident_id}")
def show_incident(db: DbDep, vault: VaultDep, _user: Staff, incident_id: int) -> dict[str, Any]:
    """One incident with its tracks, clocks, voices and history."""
    with db.read() as conn:
        found = service.detail(conn, incident_id, db.clock.now())
        reports = intake.of_incident(conn, incident_id)
        return {**found, "reports": intake.as_rows(conn, vault, reports)}


@router.get("/reports/{report_id}/incidents")
def suggest_incidents(db: DbDep, _user: Staff, report_id: int) -> dict[str, Any]:
    """Open incidents that a report may be about, the likeliest first."""
    with db.read() as conn:
        return {"items": service.suggest(conn, db.settings, report_id)}


@router.post("/incidents", status_code=201)
def open_incident(db: DbDep, user: Desk, body: OpenBody) -> dict[str, Any]:
    """Open an incident at a tank by hand; the one already open there is given back."""
    with db.write(user.actor) as tx:
        incident_id = service.open_by_hand(tx, body.tank_id, body.reason)
        return service.row(tx.conn, incident_id, tx.now)


@router.post("/incidents/{incident_id}/tracks/{track}")
def command_track(
    db: DbDep, user: Desk, incident_id: int, track: Track, body: CommandBody
) -> dict[str, Any]:
    """Move one track by one command."""
    with db.write(user.actor) as tx:
        service.advance(tx, incident_id, track, body.command, body.note)
        return service.row(tx.conn, incident_id, tx.now)


@router.post("/incidents/{incident_id}/split", status_code=201)
def split_incident(db: DbDep, user: Desk, incident_id: int, body: SplitBody) -> dict[str, Any]:
    """Move reports to a new incident; the answer is the new one."""
    with db.write(user.actor) as tx:
        new_id = service.split(tx, incident_id, body.report_ids, body.reason, body.tank_id)
        return service.row(tx.conn, new_id, tx.now)
