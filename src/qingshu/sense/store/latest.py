"""Latest states: per tank with every commit, per sensor at checkpoints; inbox and rain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, delete, func, insert, select

from qingshu.runtime.db import Tx, insert_for
from qingshu.sense.memory import Memory
from qingshu.sense.model import QUANTITIES, Batch, Quality, Quantity
from qingshu.sense.store.bulk import insert_columns
from qingshu.sense.tables import (
    inbox,
    rain,
    reading_zone,
    sense_checkpoint,
    sense_counter,
    sensor_latest,
    tank_latest,
)

_TANK = ("tank_id", "sensor_id", "level_m", "measured_ms", "received_ms", "quality")
_SENSOR = (
    "sensor_id", "contact_ms", "battery_pct", "temperature_c", "level_m", "level_ms",
    "same_since_ms", "same_count", "marks",
)  # fmt: skip


def upsert_tanks(conn: Connection, batch: Batch) -> None:
    """Put the newest on-time level of every tank of the batch."""
    rows = np.flatnonzero(
        (batch.quantity == Quantity.LEVEL) & ((batch.quality & np.uint8(Quality.LATE)) == 0)
    )
    if not len(rows):
        return
    order = rows[np.lexsort((batch.measured_ms[rows], batch.tank[rows]))]
    last = np.ones(len(order), np.bool_)
    last[:-1] = batch.tank[order[1:]] != batch.tank[order[:-1]]
    kept = batch.pick(order[last])
    columns = (
        kept.tank, kept.sensor, kept.value, kept.measured_ms, kept.received_ms, kept.quality,
    )  # fmt: skip
    insert_columns(
        conn, tank_latest, _TANK, [c.tolist() for c in columns], key="tank_id",
        guard="measured_ms",
    )  # fmt: skip


def tank_rows(conn: Connection) -> list[Row[Any]]:
    """The latest level of every tank that ever reported."""
    return list(conn.execute(select(tank_latest).order_by(tank_latest.c.tank_id)))


def sensor_rows(conn: Connection) -> list[Row[Any]]:
    """What is known of every sensor that ever reported."""
    return list(conn.execute(select(sensor_latest).order_by(sensor_latest.c.sensor_id)))


def save_memory(tx: Tx, memory: Memory, log_id: int, counts: Mapping[str, int]) -> None:
    """Write what changed since the last checkpoint and close the open zone."""
    ids = np.flatnonzero(memory.dirty)
    marks = memory.marks[ids].astype("<i8")
    columns: list[list[Any]] = [ids.tolist(), memory.contact_ms[ids].tolist()]
    columns += [
        [None if value != value else value for value in held[ids].tolist()]
        for held in (memory.battery, memory.temperature, memory.level)
    ]
    columns += [
        times[ids].tolist() for times in (memory.level_ms, memory.same_since_ms, memory.same_count)
    ]
    columns.append([row.tobytes() for row in marks])
    if len(ids):
        insert_columns(tx.conn, sensor_latest, _SENSOR, columns, key="sensor_id")
    zone = memory.open_zone
    if zone is not None:
        tx.conn.execute(
            insert(reading_zone).values(
                to_id=zone.to_id, from_id=zone.from_id, min_ms=zone.min_ms, max_ms=zone.max_ms
            )
        )
    tx.upsert(sense_checkpoint, [{"id": 1, "log_id": log_id}], keys=["id"])
    for name, count in counts.items():
        statement = insert_for(tx.conn, sense_counter).values(name=name, count=count)
        total = sense_counter.c.count + statement.excluded.count
        tx.conn.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_={"count": total})
        )


def load_memory(conn: Connection) -> tuple[Memory, int]:
    """The memory of the last checkpoint and the log id it covers."""
    memory = Memory()
    rows = sensor_rows(conn)
    if rows:
        memory.make_room(max(row.sensor_id for row in rows))
    for row in rows:
        n = row.sensor_id
        memory.contact_ms[n] = row.contact_ms
        for held, value in (
            (memory.battery, row.battery_pct), (memory.temperature, row.temperature_c),
            (memory.level, row.level_m),
        ):  # fmt: skip
            held[n] = np.nan if value is None else value
        memory.level_ms[n] = row.level_ms
        memory.same_since_ms[n], memory.same_count[n] = row.same_since_ms, row.same_count
        memory.marks[n] = np.frombuffer(row.marks, "<i8", QUANTITIES)
    return memory, checkpoint_id(conn)


def checkpoint_id(conn: Connection) -> int:
    """The log id that the last checkpoint covers."""
    return int(conn.execute(select(sense_checkpoint.c.log_id)).scalar() or 0)


def counters(conn: Connection) -> dict[str, int]:
    """Late and repeated readings since the beginning, up to the last checkpoint."""
    return {name: int(n) for name, n in conn.execute(select(sense_counter))}


def put_inbox(tx: Tx, rows: list[dict[str, Any]]) -> None:
    """Keep messages for the ingest process."""
    if rows:
        tx.conn.execute(insert(inbox), rows)


def inbox_rows(conn: Connection, limit: int) -> list[Row[Any]]:
    """The oldest messages of the inbox."""
    return list(conn.execute(select(inbox).order_by(inbox.c.id).limit(limit)))


def clear_inbox(tx: Tx, upto: int) -> None:
    """Forget inbox messages that are now in the log."""
    tx.conn.execute(delete(inbox).where(inbox.c.id <= upto))


def inbox_count(conn: Connection) -> int:
    """How many messages wait in the inbox."""
    return int(conn.execute(select(func.count()).select_from(inbox)).scalar() or 0)


def put_rain(tx: Tx, rows: list[dict[str, Any]]) -> None:
    """Set the rain of hours."""
    tx.upsert(rain, rows, keys=["at_ms"])


def rain_rows(conn: Connection, low_ms: int, high_ms: int) -> list[Row[Any]]:
    """Rain of the hours that end within the two instants."""
    return list(
        conn.execute(
            select(rain).where(rain.c.at_ms.between(low_ms, high_ms)).order_by(rain.c.at_ms)
        )
    )
