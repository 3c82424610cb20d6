"""Each truck's present between its row and its value."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from qingshu.fleet.events import TruckFound
from qingshu.fleet.model import TruckLatest, TruckState
from qingshu.fleet.params import FleetParams
from qingshu.kernel.instants import to_ms
from qingshu.runtime.db import Tx
from qingshu.runtime.settings import Settings

_LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def params_of(settings: Settings) -> FleetParams:
    """The workspace's fleet parameters."""
    return settings.room_params("fleet", FleetParams)


def unheard(truck_id: int) -> TruckLatest:
    """A truck that was never heard: idle, empty, nowhere."""
    return TruckLatest(
        truck_id, None, None, None, None, None, None, TruckState.IDLE, 0.0, None, _LONG_AGO, None
    )


def present_of(tx: Tx, known: dict[int, TruckLatest], truck_id: int) -> TruckLatest:
    """The truck's present, from ``known`` or as :func:`unheard`."""
    return known.get(truck_id) or replace(unheard(truck_id), state_at=tx.now)


def found(tx: Tx, latest: TruckLatest) -> dict[str, Any]:
    """The row of a truck that was just heard; a lost one is found again."""
    if latest.state is TruckState.OFFLINE:
        latest = replace(
            latest,
            state=latest.resume_state or TruckState.IDLE,
            resume_state=None,
            state_at=tx.now,
        )
        tx.emit(TruckFound(subject_id=latest.truck_id))
    return columns(latest)


def columns(latest: TruckLatest) -> dict[str, Any]:
    """The row of a present."""
    return {
        "truck_id": latest.truck_id,
        "lat": latest.lat,
        "lon": latest.lon,
        "heading_deg": latest.heading_deg,
        "speed_kmh": latest.speed_kmh,
        "positioned_ms": None if latest.positioned_at is None else to_ms(latest.positioned_at),
        "received_ms": None if latest.received_at is None else to_ms(latest.received_at),
        "state": str(latest.state),
        "load_m3": latest.load_m3,
        "job_id": latest.job_id,
        "state_ms": to_ms(latest.state_at),
        "resume_state": None if latest.resume_state is None else str(latest.resume_state),
    }
