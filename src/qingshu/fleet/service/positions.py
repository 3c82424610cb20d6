"""Positions in: judged, kept once, and the truck moved to its newest good one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from qingshu.fleet import rules, store
from qingshu.fleet.model import USABLE, Fix, Flag, Recorded, Report, TruckLatest
from qingshu.fleet.service.presents import found, params_of, present_of
from qingshu.kernel.geodesy import Point
from qingshu.kernel.instants import to_ms
from qingshu.runtime.db import Tx


@dataclass(slots=True)
class _Walk:
    """One truck while a batch is worked through: its present and whether it was heard."""

    latest: TruckLatest
    is_new: bool


def record_positions(tx: Tx, reports: Sequence[Report]) -> Recorded:
    """Judge and keep positions; move each truck to its newest good one.

    Every report is kept once, doubted ones with their flags. A doubted or late position
    never moves the truck, but any report is a sign of life.
    """
    if not reports:
        return Recorded(0, 0, 0)
    params = params_of(tx.settings)
    station = Point(tx.settings.station.lat, tx.settings.station.lon)
    known = store.latest(tx.conn, {r.truck_id for r in reports})
    walks = {r.truck_id: _Walk(present_of(tx, known, r.truck_id), False) for r in reports}
    rows = []
    doubted = 0
    for report in sorted(reports, key=lambda r: (r.truck_id, r.at or r.received_at)):
        walk = walks[report.truck_id]
        at, flags = rules.judge(report, _last_fix(walk.latest), station, params)
        rows.append(_row(report, at, flags))
        doubted += bool(flags & ~(USABLE | Flag.LATE))
        walk.latest = _heard(walk.latest, report, at, flags)
    added = store.add_positions(tx, rows)
    store.save_latest(tx, [found(tx, walk.latest) for walk in walks.values()])
    return Recorded(added, len(rows) - added, doubted)


def record_past(tx: Tx, reports: Sequence[Report]) -> Recorded:
    """Keep positions from a book: part of the track, never where the truck is now.

    They are no sign of life either; each needs its ``at``.
    """
    params = params_of(tx.settings)
    station = Point(tx.settings.station.lat, tx.settings.station.lon)
    rows, doubted = [], 0
    for report in reports:
        flags = rules.judge_past(report, station, params)
        rows.append(_row(report, report.at or report.received_at, flags))
        doubted += bool(flags & ~Flag.LATE)
    added = store.add_positions(tx, rows)
    return Recorded(added, len(rows) - added, doubted)


def heard(tx: Tx, truck_ids: Sequence[int]) -> None:
    """A sign of life without a position, such as a heartbeat."""
    known = store.latest(tx.conn, set(truck_ids))
    rows = [
        found(tx, replace(present_of(tx, known, truck_id), received_at=tx.now))
        for truck_id in sorted(set(truck_ids))
    ]
    store.save_latest(tx, rows)


def _last_fix(latest: TruckLatest) -> Fix | None:
    if latest.lat is None or latest.lon is None or latest.positioned_at is None:
        return None
    return Fix(latest.positioned_at, latest.lat, latest.lon)


def _heard(latest: TruckLatest, report: Report, at: datetime, flags: Flag) -> TruckLatest:
    received = max(report.received_at, latest.received_at or report.received_at)
    if flags & ~USABLE:
        return replace(latest, received_at=received)
    return replace(
        latest,
        lat=report.lat,
        lon=report.lon,
        heading_deg=latest.heading_deg if report.heading_deg is None else report.heading_deg,
        speed_kmh=report.speed_kmh,
        positioned_at=at,
        received_at=received,
    )


def _row(report: Report, at: datetime, flags: Flag) -> dict[str, Any]:
    return {
        "truck_id": report.truck_id,
        "at_ms": to_ms(at),
        "received_ms": to_ms(report.received_at),
        "lat": report.lat,
        "lon": report.lon,
        "speed_kmh": report.speed_kmh,
        "heading_deg": report.heading_deg,
        "flags": int(flags),
    }
