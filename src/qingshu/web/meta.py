"""What a client must know before anybody signs in, and the liveness probe."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import text

import qingshu
from qingshu.kernel.instants import iso
from qingshu.runtime.http import DbDep

router = APIRouter(tags=["meta"])


@router.get("/api/v1/meta")
def meta(db: DbDep) -> dict[str, Any]:
    """Station, version, the product's clock and whether this city is simulated."""
    station = db.settings.station
    return {
        "version": qingshu.__version__,
        "station": station.name,
        "simulated": station.simulated,
        "now": iso(db.clock.now()),
        "clock_speed": db.settings.clock.speed,
        "center": {"lat": station.lat, "lon": station.lon},
        "zone": station.zone,
    }


@router.get("/healthz")
def healthz(request: Request, db: DbDep) -> dict[str, Any]:
    """200 while the web process can read the database; ``trouble`` says what else is wrong."""
    with db.read() as conn:
        conn.execute(text("SELECT 1"))
    return {
        "ok": True, "version": qingshu.__version__, "trouble": request.app.state.board.codes(),
    }  # fmt: skip
