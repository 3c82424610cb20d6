"""Running business numbers: one counter a prefix and local day, never reused."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Column, Integer, String, Table, select

from qingshu.kernel.ids import business_number
from qingshu.kernel.instants import local
from qingshu.runtime.db import Tx, metadata

counter = Table(
    "counter",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Integer, nullable=False),
)


def next_number(tx: Tx, prefix: str, day: date | None = None) -> str:
    """The next number of ``prefix`` on ``day``, by default the station's present day.

    Such as ``S20261124-017``.
    """
    day = day or local(tx.now, tx.settings.station.zone).date()
    name = f"{prefix}{day:%Y%m%d}"
    value = int(
        tx.conn.execute(select(counter.c.value).where(counter.c.name == name)).scalar() or 0
    )
    tx.upsert(counter, [{"name": name, "value": value + 1}], keys=["name"])
    return business_number(prefix, day, value + 1)
