"""A town of a few tanks with sensors, enough for alarms to have a place."""

from __future__ import annotations

import pytest

from qingshu.registry import tables as registry
from qingshu.runtime.db import Database


@pytest.fixture
def town(db: Database) -> Database:
    """Tanks 1 to 20 of one office, each with the sensor of the same id, every 10 minutes."""
    with db.engine.begin() as conn:
        conn.execute(registry.office.insert().values(id=1, code="O1", name="魏家庄街道"))
        conn.execute(
            registry.tank.insert(),
            [
                {
                    "id": k, "code": f"T{k}", "name": f"{k}号楼北", "office_id": 1,
                    "lat": 36.65, "lon": 117.0, "area_m2": 6.0, "depth_m": 2.0,
                    "outlet_m": 1.5, "cover_m": 2.0, "volume_m3": 9.0,
                }
                for k in range(1, 21)
            ],
        )  # fmt: skip
        conn.execute(
            registry.sensor.insert(),
            [{"id": k, "code": f"S{k}", "tank_id": k, "interval_s": 600.0} for k in range(1, 21)],
        )
    return db
