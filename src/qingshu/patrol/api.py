"""Rounds and findings over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, UploadFile
from pydantic import Field

from qingshu.kernel.errors import TooLarge
from qingshu.kernel.instants import iso
from qingshu.patrol import service
from qingshu.patrol.model import Finding, Round, Severity, What
from qingshu.registry import store as registry
from qingshu.runtime.accounts.roles import DESK, STAFF, Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.http import BlobsDep, DbDep, Input, requires

router = APIRouter(prefix="/api/v1", tags=["patrol"])

STAFF_ONLY = Depends(requires(*STAFF))
Walker = Annotated[User, Depends(requires(*DESK, Role.PATROLLER, Role.CREW))]


class NewRound(Input):
    """Tanks in walking order."""

    tank_ids: list[int] = Field(min_length=1, max_length=500)
    patroller: str = Field("", max_length=64)


class NewFinding(Input):
    """What was seen at a tank."""

    round_id: int | None = None
    tank_id: int
    what: What
    severity: Severity
    note: str = Field("", max_length=2000)


@router.get("/rounds", dependencies=[STAFF_ONLY])
def list_rounds(db: DbDep) -> dict[str, Any]:
    """The newest rounds."""
    with db.read() as conn:
        return {"items": [_round(value) for value in service.rounds(conn)]}


@router.get("/rounds/proposal", dependencies=[STAFF_ONLY])
def propose(
    db: DbDep, count: Annotated[int, Query(ge=1, le=200)] = 20, grid_id: int | None = None
) -> dict[str, Any]:
    """Tanks most worth a look, with reasons."""
    with db.read() as conn:
        found = service.propose_round(
            conn, db.settings, db.clock.now(), count=count, grid_id=grid_id
        )
        tanks = {t.id: t for t in registry.tanks(conn, [p.tank_id for p in found])}
    items = [
        {
            "tank_id": p.tank_id,
            "code": tanks[p.tank_id].code,
            "name": tanks[p.tank_id].name,
            "score": p.score,
            "reason_zh": p.reason_zh,
            "reason_en": p.reason_en,
        }
        for p in found
    ]
    return {"items": items}


@router.post("/rounds", status_code=201)
def plan_round(body: NewRound, db: DbDep, user: Walker) -> dict[str, Any]:
    """Lay out a round."""
    with db.write(user.actor) as tx:
        return _round(service.plan_round(tx, body.tank_ids, body.patroller or user.username))


@router.post("/rounds/{round_id}/start")
def start_round(round_id: int, db: DbDep, user: Walker) -> dict[str, Any]:
    """Set out."""
    with db.write(user.actor) as tx:
        return _round(service.start_round(tx, round_id))


@router.post("/rounds/{round_id}/finish")
def finish_round(round_id: int, db: DbDep, user: Walker) -> dict[str, Any]:
    """Come back."""
    with db.write(user.actor) as tx:
        return _round(service.finish_round(tx, round_id))


@router.get("/findings", dependencies=[STAFF_ONLY])
def list_findings(
    db: DbDep, tank_id: int | None = None, round_id: int | None = None
) -> dict[str, Any]:
    """The newest findings."""
    with db.read() as conn:
        return {"items": [_finding(f) for f in service.findings(conn, tank_id, round_id)]}


@router.post("/findings", status_code=201)
def record_finding(body: NewFinding, db: DbDep, user: Walker) -> dict[str, Any]:
    """Keep what was seen."""
    with db.write(user.actor) as tx:
        found = service.record_finding(
            tx, tank_id=body.tank_id, what=body.what, severity=body.severity, note=body.note,
            round_id=body.round_id,
        )  # fmt: skip
        return _finding(found)


@router.post("/findings/{finding_id}/photo")
def attach_photo(
    finding_id: int, file: UploadFile, db: DbDep, blobs: BlobsDep, user: Walker
) -> dict[str, Any]:
    """Put a photo to a finding."""
    limit = int(db.settings.web.max_body_mb * 1_000_000)
    content = file.file.read(limit + 1)
    if len(content) > limit:
        msg = f"Expected a photo of at most {limit} bytes, got more. Take a smaller one."
        raise TooLarge(msg, file="too large")
    with db.write(user.actor) as tx:
        return _finding(service.attach_photo(tx, finding_id, blobs.put(content)))


def _round(value: Round) -> dict[str, Any]:
    return {
        "id": value.id,
        "number": value.number,
        "state": value.state.value,
        "patroller": value.patroller,
        "tank_ids": list(value.tank_ids),
        "planned_at": _iso(value.planned_at),
        "started_at": _iso(value.started_at),
        "finished_at": _iso(value.finished_at),
    }


def _finding(value: Finding) -> dict[str, Any]:
    return {
        "id": value.id,
        "round_id": value.round_id,
        "tank_id": value.tank_id,
        "what": value.what.value,
        "severity": value.severity.value,
        "note": value.note,
        "photo_sha256": value.photo_sha256 or None,
        "found_at": _iso(value.found_at),
        "found_by": value.found_by,
    }


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else iso(instant)
