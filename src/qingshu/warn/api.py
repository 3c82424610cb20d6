"""Alarms over HTTP: list, acknowledge, shelve, take out of service."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import Connection

from qingshu.kernel.instants import iso
from qingshu.registry import store as registry
from qingshu.registry.model import Kind as Registered
from qingshu.runtime.accounts.roles import DESK, STAFF, Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.http import DbDep, Input, requires
from qingshu.warn import service
from qingshu.warn.engine.spent import alarm_budget
from qingshu.warn.model import Alarm
from qingshu.warn.params import WarnParams

router = APIRouter(prefix="/api/v1", tags=["warn"])

STAFF_ONLY = Depends(requires(*STAFF))
DeskUser = Annotated[User, Depends(requires(*DESK))]
ControlUser = Annotated[User, Depends(requires(Role.DISPATCHER, Role.GRID_LEAD))]


class Note(Input):
    """A remark beside an acknowledgement."""

    note: str = Field("", max_length=500)


class Shelving(Input):
    """How long to hide an alarm and why."""

    minutes: float = Field(gt=0)
    reason: str = Field(min_length=1, max_length=500)


class Why(Input):
    """A reason, always given."""

    reason: str = Field(min_length=1, max_length=500)


@router.get("/alarms", dependencies=[STAFF_ONLY])
def list_alarms(db: DbDep, state: Literal["standing", "all"] = "standing") -> dict[str, Any]:
    """Standing alarms most urgent first, or the newest 500 of all."""
    with db.read() as conn:
        found = (
            service.standing_alarms(conn) if state == "standing" else service.recent_alarms(conn)
        )
        return {"items": shown(conn, found)}


@router.get("/alarm-budget", dependencies=[STAFF_ONLY])
def get_alarm_budget(db: DbDep) -> dict[str, Any]:
    """False alarms a tank-year: accepted, and the running estimate without labels."""
    params = db.settings.room_params("warn", WarnParams)
    with db.read() as conn:
        found = alarm_budget(conn, params)
    return {
        "engine": found.engine, "accepted": found.accepted, "estimate": found.estimate,
        "low": found.low, "high": found.high, "tank_years": round(found.tank_years, 2),
    }  # fmt: skip


@router.get("/alarms/{alarm_id}", dependencies=[STAFF_ONLY])
def get_alarm(alarm_id: int, db: DbDep) -> dict[str, Any]:
    """One alarm."""
    with db.read() as conn:
        return shown(conn, [service.alarm(conn, alarm_id)])[0]


@router.post("/alarms/{alarm_id}/acknowledge")
def acknowledge(
    alarm_id: int, db: DbDep, user: DeskUser, body: Note | None = None
) -> dict[str, Any]:
    """Say that the alarm was seen."""
    with db.write(user.actor) as tx:
        note = body.note if body else ""
        return shown(tx.conn, [service.acknowledge(tx, alarm_id, note)])[0]


@router.post("/alarms/{alarm_id}/shelve")
def shelve(alarm_id: int, body: Shelving, db: DbDep, user: ControlUser) -> dict[str, Any]:
    """Hide it for a time."""
    with db.write(user.actor) as tx:
        return shown(tx.conn, [service.shelve(tx, alarm_id, body.minutes, body.reason)])[0]


@router.post("/alarms/{alarm_id}/unshelve")
def unshelve(alarm_id: int, db: DbDep, user: ControlUser) -> dict[str, Any]:
    """Show it again."""
    with db.write(user.actor) as tx:
        return shown(tx.conn, [service.unshelve(tx, alarm_id)])[0]


@router.post("/alarms/{alarm_id}/out-of-service")
def out_of_service(alarm_id: int, body: Why, db: DbDep, user: ControlUser) -> dict[str, Any]:
    """Hide this kind of alarm at this tank until it is put back."""
    with db.write(user.actor) as tx:
        return shown(tx.conn, [service.out_of_service(tx, alarm_id, body.reason)])[0]


@router.post("/alarms/{alarm_id}/return-to-service")
def return_to_service(alarm_id: int, db: DbDep, user: ControlUser) -> dict[str, Any]:
    """Watch it again."""
    with db.write(user.actor) as tx:
        return shown(tx.conn, [service.return_to_service(tx, alarm_id)])[0]


def shown(conn: Connection, alarms: list[Alarm]) -> list[dict[str, Any]]:
    """Alarms as JSON with the names of their places."""
    tanks = {t.id: t for t in registry.tanks(conn, [a.tank_id for a in alarms if a.tank_id])}
    offices = registry.names_of(conn, Registered.OFFICES)
    items = []
    for alarm in alarms:
        tank = tanks.get(alarm.tank_id or 0)
        office = offices.get(tank.office_id or 0, "") if tank else ""
        items.append(_json(alarm, tank.name if tank else "", office))
    return items


def _json(alarm: Alarm, tank_name: str, office_name: str) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "number": alarm.number,
        "kind": alarm.kind.value,
        "tank_id": alarm.tank_id,
        "tank_name": tank_name,
        "office_name": office_name,
        "grade": alarm.grade,
        "process": alarm.process.value,
        "suppression": alarm.suppression.value,
        "shelved_until": _iso(alarm.shelved_until),
        "raised_at": _iso(alarm.raised_at),
        "regraded_at": _iso(alarm.regraded_at),
        "returned_at": _iso(alarm.returned_at),
        "acknowledged_at": _iso(alarm.acknowledged_at),
        "acknowledged_by": alarm.acknowledged_by,
        "reason_zh": alarm.reason_zh,
        "reason_en": alarm.reason_en,
        "level_m": alarm.level_m,
        "freeboard_m": alarm.freeboard_m,
        "overflow_at": _iso(alarm.overflow_at),
        "overflow_from": _iso(alarm.overflow_from),
        "overflow_to": _iso(alarm.overflow_to),
        "sensor_ids": list(alarm.members),
    }


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else iso(instant)
