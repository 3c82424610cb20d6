"""HTTP routes of jobs, photos and receipts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Header, Response, UploadFile
from pydantic import AwareDatetime, Field
from sqlalchemy import Connection

from qingshu.fieldwork import service, store
from qingshu.fieldwork.errors import NotYourJob
from qingshu.fieldwork.model import GasReadings, GasTest, Job, JobCommand
from qingshu.fieldwork.params import FieldworkParams
from qingshu.fieldwork.rules import evidence
from qingshu.kernel.errors import NotFound
from qingshu.kernel.geodesy import Point
from qingshu.kernel.instants import parse_instant
from qingshu.patrol import service as patrol
from qingshu.registry import store as registry
from qingshu.runtime.accounts.roles import DESK, STAFF, Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.db import Database, Tx
from qingshu.runtime.http import BlobsDep, DbDep, Input, requires

router = APIRouter(prefix="/api/v1", tags=["fieldwork"])

Staff = Annotated[User, Depends(requires(*STAFF))]
Worker = Annotated[User, Depends(requires(Role.CREW, Role.DISPATCHER))]
Keeper = Annotated[User, Depends(requires(Role.PLANT_KEEPER, Role.CREW, Role.DISPATCHER))]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=100)]
MEGABYTE = 1_000_000


class CommandBody(Input):
    """Fields of every plain command; each command reads its own."""

    reason: str = Field("", max_length=2000)
    note: str = Field("", max_length=2000)
    volume_m3: float | None = None
    complete: bool = True
    at: AwareDatetime | None = Field(
        None, description="When it was done, where a phone kept it: at most 24 h back."
    )


class ReadingsBody(Input):
    """Gas readings; a missing one fails the test in words."""

    o2_pct: float | None = None
    h2s_mgm3: float | None = None
    ch4_lel: float | None = None
    co_mgm3: float | None = None


class GasBody(Input):
    """One gas test."""

    readings: ReadingsBody
    instrument: str = Field("", max_length=64)
    tested_by: str = Field("", max_length=64)
    attendant: str = Field("", max_length=64)
    rescue_kit: bool = False
    ventilation_min: float | None = None
    where: str = Field("", max_length=128)
    at: AwareDatetime | None = Field(
        None, description="When it was made, where a phone kept it: at most 24 h back."
    )


class StepBody(Input):
    """When a step was done, on the phone's clock."""

    at: AwareDatetime | None = None
    note: str = Field("", max_length=2000)


class ReceiptBody(Input):
    """A load at a plant."""

    plant_code: str
    truck_code: str
    job_id: int | None = None
    volume_m3: float
    accepted: bool = True
    reason: str = Field("", max_length=2000)
    at: AwareDatetime | None = Field(
        None, description="When it was, where a tablet kept it: at most 24 h back."
    )


@router.get("/jobs")
def list_jobs(
    db: DbDep,
    user: Staff,
    open: bool = True,  # noqa: A002 - the contract's word
    truck_code: str = "",
    incident_id: int | None = None,
    limit: int = 500,
) -> dict[str, Any]:
    """Jobs, of one incident where given; a crew sees those of its own truck."""
    with db.read() as conn:
        code = user.truck_code if _is_crew_only(user) else truck_code
        truck = registry.truck_by_code(conn, code) if code else None
        if truck is None and (code or _is_crew_only(user)):
            return {"items": []}
        rows = service.rows(
            conn, only_open=open, truck_id=truck.id if truck else None,
            incident_id=incident_id, limit=max(1, min(limit, 2000)),
        )  # fmt: skip
    return {"items": rows}


@router.get("/jobs/{job_id}")
def show_job(db: DbDep, user: Staff, job_id: int) -> dict[str, Any]:
    """One job with checklist, gas gate, photos and what can be pressed now."""
    with db.read() as conn:
        _require_own(conn, user, store.load(conn, job_id))
        return _detail(conn, db, user, job_id)


@router.post("/jobs/{job_id}/gas")
def post_gas(
    db: DbDep, user: Worker, job_id: int, body: GasBody, key: Key = None
) -> dict[str, Any]:
    """A gas test; a failed one is kept and answered with the lock in words."""
    test = GasTest(
        GasReadings(**body.readings.model_dump()), body.instrument, body.tested_by,
        body.attendant, body.rescue_kit, body.ventilation_min, body.where,
    )  # fmt: skip
    return _write(
        db, user, job_id, key, "gas", lambda tx: service.test_gas(tx, job_id, test, body.at)
    )


@router.post("/jobs/{job_id}/steps/{step_id}")
def post_step(
    db: DbDep, user: Worker, job_id: int, step_id: str, body: StepBody, key: Key = None
) -> dict[str, Any]:
    """Tick one step of the procedure."""
    return _write(
        db, user, job_id, key, f"step {step_id}",
        lambda tx: service.do_step(tx, job_id, step_id, at=body.at, note=body.note),
    )  # fmt: skip


@router.post("/jobs/{job_id}/photos")
def post_photo(
    db: DbDep,
    blobs: BlobsDep,
    user: Worker,
    job_id: int,
    file: Annotated[UploadFile, File()],
    kind: Annotated[str, Form()],
    taken_at: Annotated[str, Form()] = "",
    lat: Annotated[float | None, Form()] = None,
    lon: Annotated[float | None, Form()] = None,
    key: Key = None,
) -> dict[str, Any]:
    """A photo with its time and place."""
    limit = db.settings.room_params("fieldwork", FieldworkParams).photo_max_mb
    content = file.file.read(int(limit * MEGABYTE) + 1)
    taken = None if lat is None or lon is None else Point(lat, lon)

    def keep(tx: Tx) -> None:
        at: datetime = parse_instant(taken_at) if taken_at else tx.now
        service.add_photo(tx, job_id, blobs, content, kind=kind, taken_at=at, taken=taken)

    return _write(db, user, job_id, key, f"photo {kind}", keep)


@router.post("/jobs/{job_id}/{command}")
def post_command(
    db: DbDep,
    user: Worker,
    job_id: int,
    command: str,
    body: CommandBody | None = None,
    key: Key = None,
) -> dict[str, Any]:
    """One command of the crew: accept, depart, arrive, start-pumping …"""
    given = body or CommandBody()
    return _write(
        db, user, job_id, key, command,
        lambda tx: service.command(
            tx, job_id, command, reason=given.reason, note=given.note,
            volume_m3=given.volume_m3, complete=given.complete, at=given.at,
        )
        if command != JobCommand.CHECK
        else _check(tx, user, job_id),
    )  # fmt: skip


@router.get("/photos/{sha256}")
def show_photo(db: DbDep, blobs: BlobsDep, user: Staff, sha256: str) -> Response:
    """A stored photo; the type is the one its bytes showed."""
    with db.read() as conn:
        photo = store.photo_by_hash(conn, sha256)
        if photo is not None:
            _require_own(conn, user, store.load(conn, photo.job_id))
        elif not patrol.is_finding_photo(conn, sha256):
            msg = f"Expected the hash of a stored photo, got {sha256[:80]!r}."
            raise NotFound(msg)
    content = blobs.get(sha256)
    headers = {"Cache-Control": "private, immutable, max-age=31536000"}
    return Response(
        content, media_type=evidence.picture_type(content[:16]) or "application/octet-stream",
        headers={**headers, "X-Content-Type-Options": "nosniff"},
    )  # fmt: skip


@router.post("/receipts", status_code=201)
def post_receipt(db: DbDep, user: Keeper, body: ReceiptBody, key: Key = None) -> Any:
    """A load handed over at a plant, accepted or refused."""
    with db.write(user.actor) as tx:
        if _is_crew_only(user) and body.truck_code != user.truck_code:
            msg = f"Expected the truck {user.truck_code}, got {body.truck_code}."
            raise NotYourJob(msg)

        def record() -> dict[str, Any]:
            receipt = service.receive(tx, **body.model_dump())
            return service.receipt_rows(tx.conn, [receipt])[0]

        return service.once(tx, key, "receipt", record)


@router.get("/receipts")
def list_receipts(db: DbDep, user: Staff, limit: int = 200) -> dict[str, Any]:
    """Receipts, newest first; a crew sees its own truck's."""
    with db.read() as conn:
        truck = registry.truck_by_code(conn, user.truck_code) if _is_crew_only(user) else None
        found = store.receipts(
            conn, truck_id=truck.id if truck else None, limit=max(1, min(limit, 2000))
        )
        if truck is None and _is_crew_only(user):
            found = []
        return {"items": service.receipt_rows(conn, found)}


def _write(
    db: Database,
    user: User,
    job_id: int,
    key: str | None,
    request: str,
    work: Callable[[Tx], object],
) -> dict[str, Any]:
    with db.write(user.actor) as tx:
        _require_own(tx.conn, user, store.load(tx.conn, job_id))

        def answer() -> dict[str, Any]:
            work(tx)
            return _detail(tx.conn, db, user, job_id)

        body: dict[str, Any] = service.once(tx, key, f"job {job_id} {request}", answer)
        return body


def _check(tx: Tx, user: User, job_id: int) -> Job:
    if not user.has(Role.DISPATCHER, Role.GRID_LEAD):
        msg = "Expected the role dispatcher or grid_lead for a check."
        raise NotYourJob(msg)
    return service.check(tx, job_id)


def _detail(conn: Connection, db: Database, user: User, job_id: int) -> dict[str, Any]:
    return service.detail(
        conn, job_id, db.clock.now(),
        params=db.settings.room_params("fieldwork", FieldworkParams),
        directory=db.settings.directory, opens_phone=user.has(Role.CREW, Role.DISPATCHER),
    )  # fmt: skip


def _is_crew_only(user: User) -> bool:
    return Role.CREW in user.roles and not user.has(*DESK)


def _require_own(conn: Connection, user: User, job: Job) -> None:
    if not _is_crew_only(user):
        return
    truck = registry.truck_by_code(conn, user.truck_code) if user.truck_code else None
    if truck is None or truck.id != job.truck_id:
        msg = f"Expected a job of your own truck {user.truck_code or '(none)'}."
        raise NotYourJob(msg, job_id=job.id)
