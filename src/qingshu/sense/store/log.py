"""The reading log: append, read on, and ask whether a reading is already there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, and_, func, or_, select

from qingshu.sense.memory import Zone
from qingshu.sense.model import Batch
from qingshu.sense.repeats import Key
from qingshu.sense.store.bulk import insert_columns
from qingshu.sense.tables import reading, reading_zone

_NAMES = (
    "tank_id", "sensor_id", "quantity", "measured_ms", "received_ms", "value", "quality",
)  # fmt: skip
_CHUNK = 50_000
# So few sensors are named in the question; for more the whole zone is read.
_NAMED = 300


def append(conn: Connection, batch: Batch) -> int:
    """Append a batch; return the id of its last row."""
    columns = (
        batch.tank, batch.sensor, batch.quantity, batch.measured_ms, batch.received_ms,
        batch.value, batch.quality,
    )  # fmt: skip
    insert_columns(conn, reading, _NAMES, [column.tolist() for column in columns])
    return last_id(conn)


def last_id(conn: Connection) -> int:
    """The newest row's id, 0 when the log is empty."""
    return int(conn.execute(select(func.max(reading.c.id))).scalar() or 0)


def last_received_ms(conn: Connection) -> int:
    """When the newest row came in, 0 when the log is empty."""
    newest = select(reading.c.received_ms).order_by(reading.c.id.desc()).limit(1)
    return int(conn.execute(newest).scalar() or 0)


def batches_after(conn: Connection, after: int, upto: int) -> Iterator[tuple[int, Batch]]:
    """Batches of the rows with ``after < id <= upto`` and the first id of each.

    Ids inside a batch run on without gaps.
    """
    while after < upto:
        rows = conn.execute(
            select(reading)
            .where(reading.c.id > after, reading.c.id <= upto)
            .order_by(reading.c.id)
            .limit(_CHUNK)
        ).all()
        if not rows:
            return
        ids = np.array([row.id for row in rows], np.int64)
        cuts = np.flatnonzero(np.diff(ids) != 1) + 1
        for part in np.split(np.arange(len(rows)), cuts):
            yield int(ids[part[0]]), _batch([rows[n] for n in part])
        after = int(ids[-1])


def _batch(rows: Sequence[Row[Any]]) -> Batch:
    columns = list(zip(*rows, strict=True))[1:]
    return Batch(
        np.array(columns[0], np.int64), np.array(columns[1], np.int64),
        np.array(columns[2], np.uint8), np.array(columns[3], np.int64),
        np.array(columns[4], np.int64), np.array(columns[5], np.float64),
        np.array(columns[6], np.uint8),
    )  # fmt: skip


def zones(conn: Connection, low_ms: int, high_ms: int) -> list[Zone]:
    """Closed zones that may hold instants between the two."""
    rows = conn.execute(
        select(reading_zone)
        .where(reading_zone.c.max_ms >= low_ms, reading_zone.c.min_ms <= high_ms)
        .order_by(reading_zone.c.to_id)
    )
    return [Zone(row.from_id, row.to_id, row.min_ms, row.max_ms) for row in rows]


def known(conn: Connection, doubtful: Batch) -> set[Key]:
    """(sensor, quantity, measured_ms) of log rows that may equal the doubtful ones."""
    times = np.unique(doubtful.measured_ms)
    low, high = int(times[0]), int(times[-1])
    sensors = np.unique(doubtful.sensor).tolist()
    wanted = select(reading.c.sensor_id, reading.c.quantity, reading.c.measured_ms).where(
        reading.c.measured_ms.between(low, high)
    )
    found: set[Key] = set()
    if conn.dialect.name == "sqlite":
        if len(sensors) <= _NAMED:
            wanted = wanted.where(reading.c.sensor_id.in_(sensors))
        for from_id, to_id in _spans(zones(conn, low, high), times):
            found |= _keys(conn, wanted.where(reading.c.id.between(from_id, to_id)))
        return found | _keys(conn, wanted.where(reading.c.id > closed_upto(conn)))
    for start in range(0, len(sensors), _NAMED):
        some = sensors[start : start + _NAMED]
        found |= _keys(conn, wanted.where(reading.c.sensor_id.in_(some)))
    return found


def _keys(conn: Connection, statement: Any) -> set[Key]:
    return {(int(s), int(q), int(m)) for s, q, m in conn.execute(statement)}


def _spans(found: Sequence[Zone], times: np.typing.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Id ranges of the zones that reach over one of ``times``, neighbours joined."""
    spans: list[tuple[int, int]] = []
    for zone in found:
        first = int(np.searchsorted(times, zone.min_ms))
        if first == len(times) or int(times[first]) > zone.max_ms:
            continue
        if spans and zone.from_id == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], zone.to_id)
        else:
            spans.append((zone.from_id, zone.to_id))
    return spans


def closed_upto(conn: Connection) -> int:
    """The last id that a zone covers."""
    return int(conn.execute(select(func.max(reading_zone.c.to_id))).scalar() or 0)


def values_between(
    conn: Connection, tank_id: int, quantity: int, low_ms: int, high_ms: int
) -> list[tuple[int, float, int]]:
    """(measured_ms, value, quality) of one tank from the log, oldest first."""
    statement = select(reading.c.measured_ms, reading.c.value, reading.c.quality).where(
        reading.c.tank_id == tank_id,
        reading.c.quantity == quantity,
        reading.c.measured_ms.between(low_ms, high_ms),
    )
    if conn.dialect.name == "sqlite":
        reach = zones(conn, low_ms, high_ms)
        statement = statement.where(
            or_(
                reading.c.id > closed_upto(conn),
                and_(reading.c.id >= reach[0].from_id, reading.c.id <= reach[-1].to_id)
                if reach
                else reading.c.id < 0,
            )
        )
    rows = conn.execute(statement.order_by(reading.c.measured_ms))
    return [(int(ms), float(value), int(quality)) for ms, value, quality in rows]


def rows_after(conn: Connection, after: int, quantity: int, limit: int) -> list[Row[Any]]:
    """Rows of one quantity past an id, oldest first."""
    return list(
        conn.execute(
            select(reading)
            .where(reading.c.id > after, reading.c.quantity == quantity)
            .order_by(reading.c.id)
            .limit(limit)
        )
    )
