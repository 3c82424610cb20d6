"""The schedule room's table: emptyings that our own crews did."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Float, ForeignKey, Integer, Table

from qingshu.runtime.db import metadata

desludged = Table(
    "schedule_desludged",
    metadata,
    Column("tank_id", Integer, ForeignKey("tank.id"), primary_key=True),
    Column("on_date", Date, primary_key=True),
    Column("volume_m3", Float),
    Column("job_id", Integer),
    Column("recorded_ms", BigInteger, nullable=False),
)
