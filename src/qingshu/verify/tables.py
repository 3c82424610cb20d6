"""The tables of proof. Times are epoch milliseconds."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, Text

from qingshu.runtime.db import metadata

callback = Table(
    "callback",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("incident_id", Integer, ForeignKey("incident.id"), nullable=False, index=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("solved", Boolean),
    Column("satisfaction", Integer),
    Column("note", Text, nullable=False, server_default=""),
)

level_unmeasurable = Table(
    "level_unmeasurable",
    metadata,
    Column(
        "incident_id", Integer, ForeignKey("incident.id"), primary_key=True, autoincrement=False
    ),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("reason", Text, nullable=False),
)
