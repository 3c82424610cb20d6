"""The table of dispatches. Times are epoch milliseconds."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Integer, String, Table, Text

from qingshu.runtime.db import metadata

dispatch = Table(
    "dispatch",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("incident_id", Integer, ForeignKey("incident.id"), nullable=False, index=True),
    Column("truck_id", Integer, ForeignKey("truck.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False, index=True),
    Column("confirmed_ms", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("eta_s", Float, nullable=False),
    Column("drive_s", Float, nullable=False),
    Column("distance_m", Float),
    Column("reason_zh", Text, nullable=False),
    Column("reason_en", Text, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("ended_ms", BigInteger),
    Column("end_reason", Text, nullable=False, server_default=""),
)
