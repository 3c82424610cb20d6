"""What other rooms and the doors ask of the readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection

from qingshu.kernel.instants import from_ms, iso, to_ms
from qingshu.registry import store as registry
from qingshu.runtime import deadletters
from qingshu.runtime.db import Tx
from qingshu.runtime.settings import Settings
from qingshu.sense.decode import decode_messages, join_rows
from qingshu.sense.devices import devices_of
from qingshu.sense.errors import ReadingRefused
from qingshu.sense.judge import judge
from qingshu.sense.memory import NEVER
from qingshu.sense.model import Quantity, Refusal
from qingshu.sense.params import SenseParams
from qingshu.sense.store import history, latest
from qingshu.sense.store import log as reading_log

LIVE_COLUMNS = ("tank_id", "level_m", "freeboard_m", "measured_at", "quality")
# Of one look of the live stream; the rest comes with the next look.
LIVE_ROWS = 5000


@dataclass(frozen=True, slots=True)
class TankState:
    """The latest level of one tank."""

    tank_id: int
    sensor_id: int
    level_m: float
    measured: datetime
    received: datetime
    quality: int


@dataclass(frozen=True, slots=True)
class SensorState:
    """What is known of one sensor; up to a checkpoint (10 s) old."""

    sensor_id: int
    contact: datetime
    battery_pct: float | None
    temperature_c: float | None
    level_m: float | None
    level_measured: datetime | None


@dataclass(frozen=True, slots=True)
class RainHour:
    """Rain of the hour that ended at ``at``, millimetres."""

    at: datetime
    mm: float


@dataclass(slots=True)
class Receipt:
    """What became of the readings of one request."""

    accepted: int = 0
    duplicates: int = 0
    refused: list[Refusal] = field(default_factory=list)


def accept(tx: Tx, readings: Sequence[Mapping[str, Any]]) -> Receipt:
    """Keep readings that came over HTTP; the ingest process moves them to the log.

    An accepted reading is durable when the transaction ends and counts exactly once.
    One that is already in the log is a duplicate. A reading with any value that must be
    refused is refused whole and kept as a dead letter.
    """
    codes = [str(reading.get("device", "")) for reading in readings]
    bodies = [
        msgspec.json.encode({k: v for k, v in reading.items() if k != "device"})
        for reading in readings
    ]
    topics = [f"qs/v1/{code}/reading" for code in codes]
    found = (registry.sensor_by_code(tx.conn, code) for code in sorted(set(codes)))
    devices = devices_of([sensor for sensor in found if sensor is not None])
    params = tx.settings.room_params("sense", SenseParams)
    decoded = decode_messages([t.encode() for t in topics], bodies, devices, params)
    receipt = Receipt(refused=decoded.refused)
    known: dict[int, bool] = {}
    if decoded.parts:
        rows = join_rows(decoded.parts)
        received = np.full(len(readings), to_ms(tx.now), np.int64)
        verdict = judge(rows, received, devices, tx.settings.ingest, params)
        receipt.refused += verdict.refused
        if len(verdict.batch):
            seen = reading_log.known(tx.conn, verdict.batch)
            seen |= history.sealed_keys(tx.conn, tx.settings.directory, verdict.batch)
            columns = (verdict.batch.sensor, verdict.batch.quantity, verdict.batch.measured_ms)
            keys = zip(*(column.tolist() for column in columns), strict=True)
            for at, key in zip(verdict.position.tolist(), keys, strict=True):
                known[at] = known.get(at, True) and key in seen
    _settle(tx, receipt, topics, bodies, known)
    return receipt


def _settle(
    tx: Tx, receipt: Receipt, topics: list[str], bodies: list[bytes], known: dict[int, bool]
) -> None:
    for refusal in receipt.refused:
        deadletters.bury(
            tx, door="http", source=topics[refusal.position], code=refusal.code,
            message=refusal.message, body=bodies[refusal.position],
        )  # fmt: skip
    refused = {refusal.position for refusal in receipt.refused}
    rows = []
    for at, (topic, body) in enumerate(zip(topics, bodies, strict=True)):
        if at in refused:
            continue
        if known.get(at, False):
            receipt.duplicates += 1
            continue
        rows.append({"received_ms": to_ms(tx.now), "topic": topic, "body": body})
    latest.put_inbox(tx, rows)
    receipt.accepted = len(rows)


def tank_states(conn: Connection) -> list[TankState]:
    """The latest level of every tank that ever reported, by tank id."""
    return [
        TankState(
            row.tank_id, row.sensor_id, row.level_m, from_ms(row.measured_ms),
            from_ms(row.received_ms), row.quality,
        )
        for row in latest.tank_rows(conn)
    ]  # fmt: skip


def sensor_states(conn: Connection) -> list[SensorState]:
    """Last contact, battery and temperature of every sensor that ever reported."""
    return [
        SensorState(
            row.sensor_id, from_ms(row.contact_ms), row.battery_pct, row.temperature_c,
            row.level_m, None if row.level_ms <= NEVER else from_ms(row.level_ms),
        )
        for row in latest.sensor_rows(conn)
    ]  # fmt: skip


def readings_of_tank(
    conn: Connection,
    settings: Settings,
    tank_id: int,
    start: datetime,
    end: datetime,
    quantity: Quantity = Quantity.LEVEL,
) -> list[tuple[int, float, int]]:
    """(measured_ms, value, quality) from log and sealed history, oldest first."""
    low, high = to_ms(start), to_ms(end)
    sealed = history.sealed_values(conn, settings.directory, tank_id, quantity, low, high)
    recent = reading_log.values_between(conn, tank_id, quantity, low, high)
    return sorted(sealed + recent) if sealed else recent


def last_reading_id(conn: Connection) -> int:
    """The newest id of the reading log."""
    return reading_log.last_id(conn)


def levels_after(conn: Connection, after: int) -> tuple[int, list[list[Any]]]:
    """The log's new end and rows of :data:`LIVE_COLUMNS` past ``after``."""
    end = reading_log.last_id(conn)
    if end <= after:
        return after, []
    rows = reading_log.rows_after(conn, after, Quantity.LEVEL, LIVE_ROWS)
    covers = {tank.id: tank.cover_m for tank in registry.tanks(conn, {r.tank_id for r in rows})}
    return (
        rows[-1].id if len(rows) == LIVE_ROWS else max(end, rows[-1].id if rows else 0),
        [
            [
                row.tank_id, round(row.value, 4), _freeboard(covers.get(row.tank_id), row.value),
                iso(from_ms(row.measured_ms)), row.quality,
            ]
            for row in rows
        ],
    )  # fmt: skip


def state_rows(conn: Connection) -> list[list[Any]]:
    """Rows of :data:`LIVE_COLUMNS` with the latest level of every tank."""
    covers = {tank.id: tank.cover_m for tank in registry.tanks(conn)}
    return [
        [
            state.tank_id, round(state.level_m, 4),
            _freeboard(covers.get(state.tank_id), state.level_m), iso(state.measured),
            state.quality,
        ]
        for state in tank_states(conn)
    ]  # fmt: skip


def _freeboard(cover_m: float | None, level_m: float) -> float | None:
    return None if cover_m is None else round(cover_m - level_m, 4)


def record_rain(tx: Tx, end: datetime, mm: float, hours: int = 1) -> None:
    """Rain that fell in the ``hours`` up to ``end``, spread evenly over them."""
    if not 0 <= mm <= 1000 or not 1 <= hours <= 168:
        msg = f"Expected mm in [0, 1000] and hours in [1, 168], got {mm} and {hours}."
        raise ReadingRefused(msg, mm=mm, hours=hours)
    last_ms = to_ms(end)
    rows = [{"at_ms": last_ms - n * 3_600_000, "mm": mm / hours} for n in range(hours)]
    latest.put_rain(tx, rows)


def rain_between(conn: Connection, start: datetime, end: datetime) -> list[RainHour]:
    """Rain of the hours that ended within the two instants, oldest first."""
    rows = latest.rain_rows(conn, to_ms(start), to_ms(end))
    return [RainHour(from_ms(row.at_ms), row.mm) for row in rows]


def counts(conn: Connection) -> dict[str, int]:
    """Late and repeated readings, and HTTP readings that still wait for ingest."""
    return (
        {"late": 0, "duplicates": 0} | latest.counters(conn) | {"inbox": latest.inbox_count(conn)}
    )
