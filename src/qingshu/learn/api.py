"""HTTP routes of statistics and dossiers."""

from __future__ import annotations

from dataclasses import astuple, fields
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from qingshu.kernel.instants import iso, parse_instant
from qingshu.learn import commitments, service
from qingshu.learn.model import By, CommitmentCommand, DossierCommand, Tally
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


class CommitmentBody(Input):
    """A promise as the minutes say it; ``made_on`` is the day of the meeting."""

    text: str = Field(min_length=1, max_length=2000)
    owner: str = Field(min_length=1, max_length=128)
    due_on: date
    made_on: date | None = None
    dossier_id: int | None = None


class PromiseBody(Input):
    """What shows that it was done, or why it is refused or withdrawn."""

    proof: str = Field("", max_length=2000)
    note: str = Field("", max_length=2000)


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


@router.get("/commitments")
def list_commitments(
    db: DbDep, _user: Desk, *, only_open: Annotated[bool, Query(alias="open")] = False
) -> dict[str, Any]:
    """Commitments, the earliest due first."""
    with db.read() as conn:
        return {"items": commitments.rows(conn, db.settings, db.clock.now(), only_open=only_open)}


@router.post("/commitments", status_code=201)
def make_commitment(db: DbDep, user: Analyst, body: CommitmentBody) -> dict[str, Any]:
    """Write down a promise; its reminders run from now on."""
    with db.write(user.actor) as tx:
        made = commitments.make(
            tx, body.text, body.owner, body.due_on, made_on=body.made_on,
            dossier_id=body.dossier_id,
        )  # fmt: skip
        return commitments.row(made, commitments.today(tx.settings, tx.now))


@router.post("/commitments/{commitment_id}/{command}")
def command_commitment(
    db: DbDep, user: Analyst, commitment_id: int, command: CommitmentCommand, body: PromiseBody
) -> dict[str, Any]:
    """Move a commitment by one command; ``report`` needs a proof."""
    with db.write(user.actor) as tx:
        moved = commitments.advance(tx, commitment_id, command, proof=body.proof, note=body.note)
        return commitments.row(moved, commitments.today(tx.settings, tx.now))
