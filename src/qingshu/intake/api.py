"""HTTP routes of the inbox."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from qingshu.intake import service
from qingshu.intake.model import Category, Channel, Report, Said
from qingshu.intake.rows import as_rows
from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.geodesy import Point
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.db import Database
from qingshu.runtime.http import DbDep, Input, UserDep, VaultDep, requires
from qingshu.runtime.vault import Vault

router = APIRouter(prefix="/api/v1", tags=["intake"])

Desk = Annotated[User, Depends(requires(Role.DISPATCHER, Role.GRID_LEAD))]
Teller = Annotated[
    User, Depends(requires(Role.DISPATCHER, Role.GRID_LEAD, Role.PATROLLER, Role.DEVICE))
]


class ReportIn(Input):
    """What a call-taker or another system passes on."""

    channel: Channel
    text: str = ""
    channel_number: str = ""
    place: str = ""
    category: Category | None = None
    reporter_name: str = ""
    reporter_phone: str = ""
    tank_code: str = ""
    lat: float | None = None
    lon: float | None = None


class Located(Input):
    """The tank a person chose."""

    tank_id: int


class Words(Input):
    """An answer."""

    text: str


class Reason(Input):
    """Why."""

    reason: str


@router.post("/reports", status_code=201)
def receive(body: ReportIn, db: DbDep, vault: VaultDep, user: Teller) -> dict[str, Any]:
    """Take in one report; the same channel and number again answers the same report."""
    with db.write(user.actor) as tx:
        found = service.receive(tx, Said(**body.model_dump()))
    return _shown(db, vault, found)


@router.get("/reports")
def reports(
    db: DbDep,
    vault: VaultDep,
    _user: UserDep,
    *,
    only_open: Annotated[bool, Query(alias="open")] = False,
    limit: int = 500,
) -> dict[str, Any]:
    """The newest reports first."""
    with db.read() as conn:
        found = service.inbox(conn, only_open=only_open, limit=max(1, min(limit, 5000)))
        return {"items": as_rows(conn, vault, found)}


@router.get("/reports/{report_id}")
def report(report_id: int, db: DbDep, vault: VaultDep, _user: UserDep) -> dict[str, Any]:
    """One report."""
    with db.read() as conn:
        return as_rows(conn, vault, [service.get(conn, report_id)])[0]


@router.post("/reports/{report_id}/locate")
def locate(report_id: int, body: Located, db: DbDep, vault: VaultDep, user: Desk) -> dict[str, Any]:
    """Put a report at a tank."""
    with db.write(user.actor) as tx:
        found = service.locate(tx, report_id, body.tank_id)
    return _shown(db, vault, found)


@router.post("/reports/{report_id}/answer")
def answer(report_id: int, body: Words, db: DbDep, vault: VaultDep, user: Desk) -> dict[str, Any]:
    """Answer the person; the first answer stops the channel's clock."""
    with db.write(user.actor) as tx:
        found = service.answer(tx, report_id, body.text)
    return _shown(db, vault, found)


@router.post("/reports/{report_id}/return")
def send_back(
    report_id: int, body: Reason, db: DbDep, vault: VaultDep, user: Desk
) -> dict[str, Any]:
    """Not ours: back with the reason."""
    with db.write(user.actor) as tx:
        found = service.send_back(tx, report_id, body.reason)
    return _shown(db, vault, found)


@router.post("/reports/{report_id}/reopen")
def reopen(report_id: int, body: Reason, db: DbDep, vault: VaultDep, user: Desk) -> dict[str, Any]:
    """It was not over."""
    with db.write(user.actor) as tx:
        found = service.reopen(tx, report_id, body.reason)
    return _shown(db, vault, found)


@router.post("/reports/{report_id}/close")
def close(report_id: int, db: DbDep, vault: VaultDep, user: Desk) -> dict[str, Any]:
    """Nothing more is owed."""
    with db.write(user.actor) as tx:
        found = service.close(tx, report_id)
    return _shown(db, vault, found)


@router.post("/reports/{report_id}/reveal")
def reveal(report_id: int, body: Reason, db: DbDep, user: Desk) -> dict[str, str]:
    """Open the reporter's name and number; logged."""
    with db.write(user.actor) as tx:
        name, phone = service.reveal(tx, report_id, body.reason)
    return {"name": name, "phone": phone}


@router.get("/places")
def places(
    db: DbDep, _user: UserDep, *, q: str = "", lat: float | None = None, lon: float | None = None
) -> dict[str, Any]:
    """Places that words, or a position, may mean."""
    if (lat is None) != (lon is None):
        msg = "Expected lat and lon together, got one."
        raise InvalidInput(msg, lat=lat, lon=lon)
    spot = None if lat is None or lon is None else Point(lat, lon)
    with db.read() as conn:
        found = service.candidates(conn, db.settings, q, spot)
    return {"candidates": [asdict(candidate) for candidate in found]}


def _shown(db: Database, vault: Vault, found: Report) -> dict[str, Any]:
    with db.read() as conn:
        return as_rows(conn, vault, [found])[0]
