"""``town_small``: 4 tanks on one street with a level sensor each (L1 to L4), 1 truck
with its crew, 1 plant, 1 grid.

Drawn on paper: community 裕园 has tanks A and B (80 m apart), community 营市 has C and D
about 900 m further east; the truck's yard is 500 m south of A, the plant 4 km west.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime.db import Database, Tx

LAT, LON = 36.6550, 116.9750


@dataclass(frozen=True, slots=True)
class Town:
    """Ids of what stands in the town."""

    tanks: tuple[int, int, int, int]
    communities: tuple[int, int]
    office: int
    grid: int
    truck: int
    crew: int
    plant: int


def build_town_small(db: Database) -> Town:
    """Lay out the town in an empty database."""
    with db.write("system:test") as tx:
        grid = _add(tx, Kind.GRIDS, code="G1", name="第一网格")
        office = _add(
            tx, Kind.OFFICES, code="O1", name="中大槐树街道", district="槐荫区",
            grid_id=grid, lat=LAT, lon=LON,
        )  # fmt: skip
        near = _add(
            tx, Kind.COMMUNITIES, code="C1", name="裕园社区", office_id=office, lat=LAT, lon=LON
        )
        far = _add(
            tx, Kind.COMMUNITIES, code="C2", name="营市社区", office_id=office,
            lat=LAT, lon=LON + 0.01,
        )  # fmt: skip
        crew = _add(
            tx, Kind.CREWS, code="B1", name="李建国班", grid_id=grid, qualifications="gas_kit"
        )
        truck = _add(
            tx, Kind.TRUCKS, code="槐2", plate="鲁A12345", terminal="013800000002",
            capacity_m3=6.0, width_m=2.0, crew_id=crew, yard_lat=LAT - 0.0045, yard_lon=LON,
            shift_start="00:00", shift_end="24:00",
        )  # fmt: skip
        plant = _add(
            tx, Kind.PLANTS, code="P1", name="西区处理厂", lat=LAT, lon=LON - 0.045,
            capacity_m3_day=300.0,
        )  # fmt: skip
        tanks = [
            _add(
                tx, Kind.TANKS, code=f"槐11-000{n}", name=name, office_id=office,
                community_id=community, grid_id=grid, address="纬十二路116号院",
                lat=LAT, lon=LON + east, area_m2=4.0, depth_m=2.0, outlet_m=1.4, cover_m=2.0,
                volume_m3=6.0, households=24, last_desludged_on=date(2026, 5, 1),
            )
            for n, name, community, east in (
                (1, "裕园社区3号楼北", near, 0.0),
                (2, "裕园社区5号楼东", near, 0.0009),
                (3, "营市社区1号楼", far, 0.0100),
                (4, "营市社区2号楼", far, 0.0105),
            )
        ]  # fmt: skip
        for n, tank in enumerate(tanks, 1):
            _add(tx, Kind.SENSORS, code=f"L{n}", tank_id=tank, interval_s=600.0)
    return Town(
        (tanks[0], tanks[1], tanks[2], tanks[3]), (near, far), office, grid, truck, crew, plant
    )


def _add(tx: Tx, kind: Kind, **values: Any) -> int:
    row: Mapping[str, Any] = {**registry.blank(kind), **values}
    registry.add(tx, kind, [row])
    return registry.codes_of(tx.conn, kind)[str(row["code"])]
