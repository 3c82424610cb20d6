"""Two trucks for the fleet's tests: 13800138001 and 13800138002."""

from __future__ import annotations

from sqlalchemy import insert

from qingshu.registry.tables import crew, truck
from qingshu.runtime.db import Database

TERMINALS = ("13800138001", "13800138002")


def add_trucks(db: Database, terminals: tuple[str, ...] = TERMINALS) -> None:
    """Truck n has the n-th terminal; all belong to one crew."""
    with db.write("system:test") as tx:
        tx.conn.execute(insert(crew).values(code="C-1", name="清疏一班"))
        rows = [
            {
                "code": f"T-{n:02d}", "plate": f"鲁A{n:05d}", "terminal": terminal,
                "capacity_m3": 8.0, "width_m": 2.4, "crew_id": 1, "active": True,
            }
            for n, terminal in enumerate(terminals, start=1)
        ]  # fmt: skip
        tx.conn.execute(insert(truck), rows)
