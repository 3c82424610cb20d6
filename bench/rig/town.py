"""A workspace full of tanks and sensors, and the readings they send."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from qingshu.registry.tables import sensor, tank
from qingshu.runtime import schema
from qingshu.runtime.db import Database
from qingshu.runtime.settings import Broker, Settings
from qingshu.wire.frame import encode_frame

INTERVAL_MS = 600_000


def build_town(folder: Path, broker_url: str, tanks: int, database_url: str = "") -> Database:
    """A new workspace with ``tanks`` tanks, one level sensor D00001.. each."""
    from qingshu.runtime.settings import Database as DatabaseSettings

    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        directory=folder,
        broker=Broker(embedded=False, url=broker_url),
        database=DatabaseSettings(url=database_url),
    )
    db = Database(settings)
    schema.upgrade(db)
    ids = range(1, tanks + 1)
    with db.write("system:bench") as tx:
        tx.conn.execute(
            insert(tank),
            [
                {"id": n, "code": f"T{n:05}", "name": f"tank {n}", "lat": 36.65, "lon": 116.97,
                 "area_m2": 10.0, "depth_m": 3.0, "outlet_m": 2.0, "cover_m": 2.8,
                 "volume_m3": 20.0}
                for n in ids
            ],
        )  # fmt: skip
        tx.conn.execute(
            insert(sensor),
            [{"id": n, "code": f"D{n:05}", "tank_id": n, "measures": "level"} for n in ids],
        )
    return db


def singles(count: int, tanks: int, now_ms: int, seed: int = 1) -> Iterator[tuple[bytes, bytes]]:
    """JSON messages, round robin over the tanks, levels that rise and wobble."""
    rng = np.random.default_rng(seed)
    rounds = -(-count // tanks)
    base = rng.uniform(0.4, 1.6, tanks)
    for n in range(count):
        turn, place = divmod(n, tanks)
        level = base[place] + 0.002 * turn + 0.003 * ((n * 7919) % 11 - 5) / 5
        body = {
            "measured_at": now_ms - (rounds - turn) * INTERVAL_MS,
            "level_m": round(level, 3),
            "battery_pct": 80 + n % 20,
        }
        yield f"qs/v1/D{place + 1:05}/reading".encode(), json.dumps(body).encode()


def frames(
    readings: int, tanks: int, now_ms: int, rows: int = 500, seed: int = 1
) -> Iterator[tuple[bytes, bytes]]:
    """Frames of ``rows`` devices each, the fleet of tanks again and again."""
    rng = np.random.default_rng(seed)
    base = rng.uniform(0.4, 1.6, tanks)
    turns = -(-readings // tanks)
    sent = 0
    for turn in range(turns):
        for first in range(0, tanks, rows):
            if sent >= readings:
                return
            who = np.arange(first, min(first + rows, tanks))
            at = np.full(len(who), now_ms - (turns - turn) * INTERVAL_MS, np.int64)
            level = base[who] + 0.001 * turn + rng.normal(0, 0.002, len(who))
            codes = [f"D{n + 1:05}" for n in who]
            body = encode_frame(codes, np.arange(len(who)), at, np.ones(len(who), np.uint8), level)
            sent += len(who)
            yield b"qs/v1/GW/frame", body
