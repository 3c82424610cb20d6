"""HTTP doors of the readings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from qingshu.kernel.errors import InvalidInput, NotFound
from qingshu.kernel.instants import from_ms, iso, parse_instant
from qingshu.registry import store as registry
from qingshu.runtime import deadletters
from qingshu.runtime.accounts.roles import DESK, STAFF, Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.http import DbDep, Input, requires
from qingshu.sense import service
from qingshu.sense.model import Quantity

router = APIRouter(prefix="/api/v1", tags=["sense"])

Staff = Annotated[User, Depends(requires(*STAFF, Role.SUPERVISOR))]
Desk = Annotated[User, Depends(requires(*DESK))]
Device = Annotated[User, Depends(requires(Role.DEVICE))]
DEFAULT_SPAN = timedelta(hours=24)


class ReadingsIn(Input):
    """Readings of one or more devices; fields as in ``docs/reference/readings.md``."""

    readings: list[dict[str, Any]] = Field(min_length=1, max_length=2000)


class RainIn(Input):
    """Rain of the hours that ended at ``time``."""

    time: str
    mm: float
    hours: int = 1


@router.post("/readings")
def post_readings(body: ReadingsIn, db: DbDep, user: Device) -> dict[str, Any]:
    """Keep readings durably; answers what was accepted, repeated and refused."""
    with db.write(f"device:{user.username}") as tx:
        receipt = service.accept(tx, body.readings)
    return {
        "accepted": receipt.accepted,
        "duplicates": receipt.duplicates,
        "refused": [
            {"index": r.position, "code": r.code, "message": r.message} for r in receipt.refused
        ],
    }


@router.get("/tanks/{tank_id}/readings")
def get_readings(
    tank_id: int,
    db: DbDep,
    _user: Staff,
    start: Annotated[str | None, Query(alias="from")] = None,
    end: Annotated[str | None, Query(alias="to")] = None,
    quantity: str = "level",
) -> dict[str, Any]:
    """One tank's readings; the last 24 hours unless told."""
    until = db.clock.now() if end is None else parse_instant(end)
    since = until - DEFAULT_SPAN if start is None else parse_instant(start)
    wanted = _quantity(quantity)
    with db.read() as conn:
        if registry.tank(conn, tank_id) is None:
            msg = f"Expected a tank with id {tank_id}, found none."
            raise NotFound(msg, tank_id=tank_id)
        rows = service.readings_of_tank(conn, db.settings, tank_id, since, until, wanted)
    name = "level_m" if wanted is Quantity.LEVEL else quantity
    return {
        "columns": ["measured_at", name, "quality"],
        "rows": [[iso(from_ms(ms)), round(value, 4), flags] for ms, value, flags in rows],
    }


def _quantity(name: str) -> Quantity:
    try:
        return Quantity[name.upper()]
    except KeyError as error:
        words = ", ".join(quantity.name.lower() for quantity in Quantity)
        msg = f"Expected quantity to be one of {words}, got {name!r}."
        raise InvalidInput(msg, quantity=name) from error


@router.get("/tank-states")
def get_tank_states(db: DbDep, _user: Staff) -> dict[str, Any]:
    """The latest level of every tank that ever reported."""
    with db.read() as conn:
        return {"columns": list(service.LIVE_COLUMNS), "rows": service.state_rows(conn)}


@router.get("/dead-letters")
def get_dead_letters(
    db: DbDep, _user: Desk, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> dict[str, Any]:
    """The newest refused messages and how many there are by door and code."""
    with db.read() as conn:
        letters = deadletters.recent(conn, limit)
        counts = deadletters.counts(conn)
    return {"counts": counts, "items": [_letter(letter) for letter in letters]}


def _letter(letter: deadletters.DeadLetter) -> dict[str, Any]:
    return {
        "id": letter.id, "at": iso(letter.at), "door": letter.door, "source": letter.source,
        "code": letter.code, "message": letter.message, "size": letter.size,
        "body": letter.body[:2000].decode(errors="replace"),
    }  # fmt: skip


@router.post("/rain")
def post_rain(
    body: RainIn, db: DbDep, user: Annotated[User, Depends(requires(Role.DEVICE, *DESK))]
) -> dict[str, datetime | str]:
    """Record the rain of the hours that ended at ``time``."""
    end = parse_instant(body.time)
    with db.write(f"device:{user.username}") as tx:
        service.record_rain(tx, end, body.mm, body.hours)
    return {"time": iso(end)}
