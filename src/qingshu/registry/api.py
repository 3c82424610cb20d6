"""HTTP routes of the registry and its imports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, UploadFile

from qingshu.kernel.geodesy import Frame
from qingshu.kernel.instants import iso
from qingshu.registry import service, store
from qingshu.registry.imports.parse import Choice
from qingshu.registry.imports.run import run_import
from qingshu.registry.model import Kind
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.http import DbDep, Input, UserDep, VaultDep, requires

router = APIRouter(prefix="/api/v1", tags=["registry"])

Keeper = Annotated[User, Depends(requires(Role.GRID_LEAD, Role.ADMIN))]
Opener = Annotated[User, Depends(requires(Role.DISPATCHER, Role.GRID_LEAD))]


class TankPatch(Input):
    """Fields of a tank to change; those left out stay."""

    name: str | None = None
    office_id: int | None = None
    community_id: int | None = None
    grid_id: int | None = None
    keeper_id: int | None = None
    address: str | None = None
    lat: float | None = None
    lon: float | None = None
    chambers: int | None = None
    area_m2: float | None = None
    depth_m: float | None = None
    outlet_m: float | None = None
    cover_m: float | None = None
    volume_m3: float | None = None
    households: int | None = None
    lid_position: str | None = None
    access_width_m: float | None = None
    hose_distance_m: float | None = None
    low_lying: bool | None = None
    gas_history: str | None = None
    last_desludged_on: date | None = None
    interval_days: int | None = None
    active: bool | None = None


class Reveal(Input):
    """Why a name and number are opened."""

    reason: str


@router.get("/tanks")
def tanks(db: DbDep, _user: UserDep) -> dict[str, Any]:
    """All active tanks in columns, for the map."""
    with db.read() as conn:
        return {"columns": store.TANK_COLUMNS, "rows": store.tank_columns(conn)}


@router.get("/tanks/{tank_id}")
def tank(tank_id: int, db: DbDep, vault: VaultDep, _user: UserDep) -> dict[str, Any]:
    """One tank with the names of its places, its keeper and its sensors."""
    with db.read() as conn:
        found = service.tank_of(conn, tank_id)
        body = asdict(found)
        places = ((Kind.OFFICES, "office"), (Kind.COMMUNITIES, "community"), (Kind.GRIDS, "grid"))
        for kind, name in places:
            key = body[f"{name}_id"]
            place = None if key is None else store.get(conn, kind, key)
            body[f"{name}_name"] = getattr(place, "name", "")
        body["keeper_name"] = service.person_name(conn, vault, found.keeper_id)
        body["sensors"] = [asdict(s) for s in store.sensors_of_tank(conn, tank_id)]
    return body


@router.patch("/tanks/{tank_id}")
def patch_tank(tank_id: int, patch: TankPatch, db: DbDep, user: Keeper) -> dict[str, Any]:
    """Change a tank; answers which fields really changed."""
    with db.write(user.actor) as tx:
        values = patch.model_dump(exclude_unset=True)
        return {"changed": service.update(tx, Kind.TANKS, tank_id, values)}


@router.get("/people")
def people(db: DbDep, vault: VaultDep, _user: UserDep) -> dict[str, Any]:
    """Everybody with a duty, names and numbers masked."""
    with db.read() as conn:
        found = store.people(conn)
    return {
        "items": [
            {**asdict(service.masked(vault, p)), "qualifications": p.qualifications,
             "active": p.active}
            for p in found
        ]
    }  # fmt: skip


@router.post("/people/{person_id}/reveal")
def reveal(person_id: int, body: Reveal, db: DbDep, user: Opener) -> dict[str, Any]:
    """Open one person's name and number; who did it and why is logged."""
    with db.write(user.actor) as tx:
        return asdict(service.reveal(tx, person_id, body.reason))


def _list_route(kind: Kind) -> Callable[..., dict[str, Any]]:
    def things(db: DbDep, _user: UserDep) -> dict[str, Any]:
        with db.read() as conn:
            return {"items": [asdict(thing) for thing in store.all_of(conn, kind)]}

    things.__name__ = f"list_{kind}"
    things.__doc__ = f"All {kind}, by id."
    return things


for _kind in Kind:
    if _kind not in (Kind.TANKS, Kind.PEOPLE):
        router.get(f"/{_kind}")(_list_route(_kind))


@router.get("/registry/{kind}/{thing_id}/history")
def history(kind: Kind, thing_id: int, db: DbDep, _user: UserDep) -> dict[str, Any]:
    """Who changed what of one thing, newest first."""
    with db.read() as conn:
        service.thing_of(conn, kind, thing_id)
        found = store.changes(conn, kind, thing_id)
    return {"items": [{**asdict(change), "at": iso(change.at)} for change in found]}


@router.post("/imports/{kind}")
def import_file(
    kind: str,
    file: UploadFile,
    db: DbDep,
    user: Keeper,
    *,
    dry_run: bool = False,
    skip_bad: bool = False,
    frame: Frame = Frame.WGS84,
) -> dict[str, Any]:
    """Take a table in; with any bad row nothing is saved unless ``skip_bad``."""
    result = run_import(
        db, kind, file.filename or "upload", file.file.read(), actor=user.actor,
        choice=Choice(frame=frame), dry_run=dry_run, skip_bad=skip_bad,
    )  # fmt: skip
    return asdict(result)
