"""Sealed history: Parquet files sorted by (tank, time), found through ``history_file``.

A file counts only when it is registered, so one that a crash left behind is ignored.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from qingshu.kernel.instants import from_ms
from qingshu.runtime.db import Tx
from qingshu.sense.model import Batch
from qingshu.sense.repeats import Key
from qingshu.sense.tables import history_file, reading, reading_zone

FOLDER = "history"


def oldest_rows(conn: Connection, before_ms: int, upto_id: int, limit: int) -> list[Row[Any]]:
    """Rows measured before an instant, of the part of the log that is checkpointed."""
    return list(
        conn.execute(
            select(reading)
            .where(reading.c.id <= upto_id, reading.c.measured_ms < before_ms)
            .order_by(reading.c.id)
            .limit(limit)
        )
    )


def write_file(directory: Path, rows: list[Row[Any]]) -> dict[str, Any]:
    """Write rows to a new file, durably; return the row that registers it."""
    import polars as pl

    schema = pl.Schema({
        "id": pl.Int64, "tank_id": pl.Int32, "sensor_id": pl.Int32, "quantity": pl.UInt8,
        "measured_ms": pl.Int64, "received_ms": pl.Int64, "value": pl.Float64,
        "quality": pl.UInt8,
    })  # fmt: skip
    frame = pl.DataFrame([tuple(row) for row in rows], schema=list(schema), orient="row")
    frame = frame.cast(schema).sort("tank_id", "measured_ms")
    low, high = int(frame["measured_ms"].min()), int(frame["measured_ms"].max())  # type: ignore[arg-type]
    relative = f"{from_ms(low):%Y-%m}/{low}-{rows[0].id}-{rows[-1].id}.parquet"
    path = directory / FOLDER / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    frame.write_parquet(draft, compression="zstd")
    with draft.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    draft.replace(path)
    _sync_folder(path.parent)
    return {"path": relative, "from_ms": low, "to_ms": high, "rows": len(rows), "sha256": digest}


def register(tx: Tx, file: dict[str, Any], before_ms: int, last_id: int) -> int:
    """Delete the sealed rows and register their file; return how many were deleted."""
    gone = tx.conn.execute(
        delete(reading).where(reading.c.id <= last_id, reading.c.measured_ms < before_ms)
    )
    tx.conn.execute(insert(history_file).values(**file))
    # The newest zone stays: it says up to where the log is covered by zones.
    tx.conn.execute(
        delete(reading_zone).where(
            reading_zone.c.to_id < last_id, reading_zone.c.max_ms < before_ms
        )
    )
    return int(gone.rowcount)


def files_between(conn: Connection, low_ms: int, high_ms: int) -> list[str]:
    """Registered files that may hold instants between the two."""
    rows = conn.execute(
        select(history_file.c.path)
        .where(history_file.c.to_ms >= low_ms, history_file.c.from_ms <= high_ms)
        .order_by(history_file.c.from_ms)
    )
    return [row.path for row in rows]


def sealed_keys(conn: Connection, directory: Path, doubtful: Batch) -> set[Key]:
    """(sensor, quantity, measured_ms) of sealed rows that may equal the doubtful ones."""
    low, high = int(doubtful.measured_ms.min()), int(doubtful.measured_ms.max())
    paths = files_between(conn, low, high)
    if not paths:
        return set()
    import polars as pl

    found: set[Key] = set()
    sensors = sorted(set(doubtful.sensor.tolist()))
    for path in paths:
        rows = (
            pl.scan_parquet(directory / FOLDER / path)
            .filter(pl.col("measured_ms").is_between(low, high), pl.col("sensor_id").is_in(sensors))
            .select("sensor_id", "quantity", "measured_ms")
            .collect()
        )
        found.update(rows.iter_rows())
    return found


def sealed_values(
    conn: Connection, directory: Path, tank_id: int, quantity: int, low_ms: int, high_ms: int
) -> list[tuple[int, float, int]]:
    """(measured_ms, value, quality) of one tank from the files."""
    paths = files_between(conn, low_ms, high_ms)
    if not paths:
        return []
    import polars as pl

    rows = (
        pl.scan_parquet([directory / FOLDER / path for path in paths])
        .filter(
            pl.col("tank_id") == tank_id,
            pl.col("measured_ms").is_between(low_ms, high_ms),
            pl.col("quantity") == quantity,
        )
        .select("measured_ms", "value", "quality")
        .sort("measured_ms")
        .collect()
    )
    return list(rows.iter_rows())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
