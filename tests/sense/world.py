"""A tiny town of sensors and messages for the sense tests."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import insert, select

from qingshu.kernel.instants import to_ms
from qingshu.registry.tables import sensor, tank
from qingshu.runtime.db import Database
from qingshu.sense.pipeline import Pipeline
from qingshu.sense.tables import reading

Row = tuple[int, int, int, float, int]


def town(db: Database, tanks: int = 4) -> None:
    """Tanks T1.. with a level sensor L1.. each; L2 measures distance from 3.0 m."""
    with db.write("system:test") as tx:
        for n in range(1, tanks + 1):
            tx.conn.execute(
                insert(tank).values(
                    code=f"T{n}",
                    name=f"tank {n}",
                    lat=36.6,
                    lon=117.0,
                    area_m2=10.0,
                    depth_m=3.0,
                    outlet_m=2.0,
                    cover_m=2.8,
                    volume_m3=20.0,
                )
            )
            tx.conn.execute(
                insert(sensor).values(
                    code=f"L{n}",
                    tank_id=n,
                    measures="distance" if n == 2 else "level",
                    offset_m=3.0 if n == 2 else 0.0,
                    range_m=8.0,
                )
            )
        tx.conn.execute(insert(sensor).values(code="SPARE", tank_id=None))


def message(at_ms: int, **fields: Any) -> bytes:
    """One JSON message."""
    return json.dumps({"measured_at": at_ms, **fields}).encode()


def send(pipeline: Pipeline, *messages: tuple[str, bytes]) -> list[int]:
    """Submit (device, payload) messages and commit."""
    topics = [f"qs/v1/{device}/reading".encode() for device, _ in messages]
    pipeline.submit(topics, [body for _, body in messages], list(range(1, len(messages) + 1)))
    return pipeline.commit()


def stored(db: Database) -> list[Row]:
    """(sensor_id, quantity, measured_ms, value, quality) in log order."""
    r = reading.c
    with db.read() as conn:
        rows = conn.execute(
            select(r.sensor_id, r.quantity, r.measured_ms, r.value, r.quality).order_by(r.id)
        )
        return [(row[0], row[1], row[2], round(row[3], 4), row[4]) for row in rows]


def now_ms(db: Database) -> int:
    """The clock's present."""
    return to_ms(db.clock.now())
