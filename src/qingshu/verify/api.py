"""HTTP routes of proof, call backs and closing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import Connection

from qingshu.incident import service as incidents
from qingshu.kernel.instants import from_ms, iso
from qingshu.runtime.accounts.roles import STAFF, Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.http import DbDep, Input, requires
from qingshu.runtime.settings import Settings
from qingshu.verify import service, store
from qingshu.verify.model import Outcome

router = APIRouter(prefix="/api/v1", tags=["verify"])

Staff = Annotated[User, Depends(requires(*STAFF))]
Desk = Annotated[User, Depends(requires(Role.DISPATCHER, Role.GRID_LEAD))]


class CallbackBody(Input):
    """One try to ask the residents."""

    outcome: Outcome
    solved: bool | None = None
    satisfaction: int | None = Field(None, ge=1, le=5)
    note: str = Field("", max_length=2000)


class ReasonBody(Input):
    """A named person's reason."""

    reason: str = Field(min_length=1, max_length=2000)


class CloseBody(Input):
    """Closing; a reason only where proof is missing."""

    reason: str = Field("", max_length=2000)


@router.get("/incidents/{incident_id}/proof")
def show_proof(db: DbDep, _user: Staff, incident_id: int) -> dict[str, Any]:
    """What is proved and what is missing, in words."""
    with db.read() as conn:
        return _proof(conn, db.settings, incident_id)


@router.post("/incidents/{incident_id}/callbacks", status_code=201)
def post_callback(db: DbDep, user: Desk, incident_id: int, body: CallbackBody) -> dict[str, Any]:
    """Record a call back; "not solved" starts handling again."""
    with db.write(user.actor) as tx:
        service.call_back(
            tx, incident_id, body.outcome, solved=body.solved,
            satisfaction=body.satisfaction, note=body.note,
        )  # fmt: skip
        return _proof(tx.conn, db.settings, incident_id)


@router.post("/incidents/{incident_id}/level-unmeasurable")
def post_unmeasurable(db: DbDep, user: Desk, incident_id: int, body: ReasonBody) -> dict[str, Any]:
    """State why the level cannot be measured."""
    with db.write(user.actor) as tx:
        service.state_unmeasurable(tx, incident_id, body.reason)
        return _proof(tx.conn, db.settings, incident_id)


@router.post("/incidents/{incident_id}/close")
def post_close(
    db: DbDep, user: Desk, incident_id: int, body: CloseBody | None = None
) -> dict[str, Any]:
    """Close on proof, or with a reason where it is missing."""
    with db.write(user.actor) as tx:
        service.close(tx, incident_id, body.reason if body else "")
        return incidents.row(tx.conn, incident_id, tx.now)


def _proof(conn: Connection, settings: Settings, incident_id: int) -> dict[str, Any]:
    items = service.proof(conn, settings, incident_id)
    return {
        "items": [{"name": i.name, "ok": i.ok, "zh": i.zh, "en": i.en} for i in items],
        "can_close": all(i.ok for i in items),
        "callbacks": [
            {
                "at": iso(from_ms(c.at_ms)), "actor": c.actor, "outcome": str(c.outcome),
                "solved": c.solved, "satisfaction": c.satisfaction, "note": c.note,
            }
            for c in store.callbacks(conn, [incident_id])
        ],
    }  # fmt: skip
