"""HTTP routes of statistics and dossiers."""

from __future__ import annotations

from dataclasses import astuple, fields
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from qingshu.kernel.instants import iso, parse_instant
from qingshu.learn import service
from qingshu.learn.model import By, DossierCommand, Tally
from qingshu.learn.params import LearnParams
from qingshu.runtime.accounts.roles import DESK, Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.http import DbDep, Input, requires

router = APIRouter(prefix="/api/v1", tags=["learn"])

Desk = Annotated[User, Depends(requires(*DESK))]
Analyst = Annotated[
    User, Depends(requires(Role.ANALYST, Role.GRID_LEAD, Role.DIRECTOR, Role.DISPATCHER))
]
COLUMNS = [field.name for field in fields(Tally)]


class DossierBody(Input):
    """What was found or agreed."""

    cause: str = Field("", max_length=4000)
    measure: str = Field("", max_length=4000)
    note: str = Field("", max_length=4000)


@router.get("/statistics")
def show_statistics(
    db: DbDep,
    _user: Desk,
    by: By = By.OFFICE,
    from_: Annotated[str | None, Query(alias="from")] = None,
    to: str | None = None,
) -> dict[str, Any]:
    """Incidents opened in [from, to) by office, cause, channel or grid; last 30 days."""
    end = parse_instant(to) if to else db.clock.now()
    start = parse_instant(from_) if from_ else end - timedelta(days=30)
    params = db.settings.room_params("learn", LearnParams)
    with db.read() as conn:
        tallies, total = service.statistics(conn, start, end, by, params)
    return {
        "from": iso(start), "to": iso(end), "by": str(by), "columns": COLUMNS,
        "rows": [list(astuple(t)) for t in tallies],
        "totals": dict(zip(COLUMNS[1:], astuple(total)[1:], strict=True)),
    }  # fmt: skip


@router.get("/dossiers")
def list_dossiers(db: DbDep, _user: Desk) -> dict[str, Any]:
    """All dossiers, newest first."""
    with db.read() as conn:
        return {"items": service.rows(conn)}


@router.get("/dossiers/{dossier_id}")
def show_dossier(db: DbDep, _user: Desk, dossier_id: int) -> dict[str, Any]:
    """One dossier with its incidents."""
    with db.read() as conn:
        return service.detail(conn, dossier_id, db.clock.now())


@router.post("/dossiers/{dossier_id}/{command}")
def command_dossier(
    db: DbDep, user: Analyst, dossier_id: int, command: DossierCommand, body: DossierBody
) -> dict[str, Any]:
    """Move a dossier by one command."""
    with db.write(user.actor) as tx:
        service.advance(
            tx, dossier_id, command, cause=body.cause, measure=body.measure, note=body.note
        )
        return service.detail(tx.conn, dossier_id, tx.now)
