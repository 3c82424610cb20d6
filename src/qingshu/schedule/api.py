"""Due dates over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from qingshu.kernel.instants import local
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime.accounts.roles import STAFF
from qingshu.runtime.http import DbDep, requires
from qingshu.schedule import service

router = APIRouter(prefix="/api/v1", tags=["schedule"])

STAFF_ONLY = Depends(requires(*STAFF))


@router.get("/schedule/due", dependencies=[STAFF_ONLY])
def list_due(
    db: DbDep, days: Annotated[int, Query(ge=0, le=3650)] = 30, grid_id: int | None = None
) -> dict[str, Any]:
    """Tanks due within so many days, overdue ones first."""
    today = local(db.clock.now(), db.settings.station.zone).date()
    with db.read() as conn:
        found = service.due(conn, db.settings, today, days=days, grid_id=grid_id)
        tanks = {t.id: t for t in registry.tanks(conn, [d.tank_id for d in found])}
        grids = registry.names_of(conn, Kind.GRIDS)
    items = [
        {
            "tank_id": d.tank_id,
            "code": tanks[d.tank_id].code,
            "name": tanks[d.tank_id].name,
            "grid_name": grids.get(tanks[d.tank_id].grid_id or 0, ""),
            "last_desludged_on": d.last_on.isoformat() if d.last_on else None,
            "due_on": d.due_on.isoformat(),
            "days_left": d.days_left,
        }
        for d in found
    ]
    return {"items": items}
