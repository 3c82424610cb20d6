"""The tables of incidents. Times are epoch milliseconds, coordinates WGS-84 degrees."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from qingshu.runtime.db import metadata

incident = Table(
    "incident",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("status", String(16), nullable=False, index=True),
    Column("grade", Integer, nullable=False),
    Column("tank_id", Integer, ForeignKey("tank.id"), index=True),
    Column("community_id", Integer, ForeignKey("community.id"), index=True),
    Column("office_id", Integer, ForeignKey("office.id")),
    Column("lat", Float),
    Column("lon", Float),
    Column("cause_kind", String(16), nullable=False),
    Column("cause_id", Integer, nullable=False),
    Column("handle", String(16), nullable=False),
    Column("coordinate", String(16), nullable=False),
    Column("regularise", String(16), nullable=False),
    Column("opened_ms", BigInteger, nullable=False, index=True),
    Column("cleared_ms", BigInteger),
    Column("closed_ms", BigInteger, index=True),
    Column("close_reason", Text, nullable=False, server_default=""),
    Column("proved", Boolean, nullable=False, server_default="0"),
    Column("merged_into", Integer, ForeignKey("incident.id")),
    Column("recurrence_of", Integer, ForeignKey("incident.id")),
)

incident_member = Table(
    "incident_member",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("incident_id", Integer, ForeignKey("incident.id"), nullable=False, index=True),
    Column("source_kind", String(16), nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("joined_ms", BigInteger, nullable=False),
    Column("grade", Integer, nullable=False),
    # A keyed hash of the caller's number: equal callers are counted once.
    Column("caller", String(64), nullable=False, server_default=""),
    Column("channel", String(16), nullable=False, server_default=""),
    Column("category", String(32), nullable=False, server_default=""),
    UniqueConstraint("source_kind", "source_id"),
)

incident_step = Table(
    "incident_step",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("incident_id", Integer, ForeignKey("incident.id"), nullable=False, index=True),
    Column("track", String(16), nullable=False),
    Column("command", String(16), nullable=False),
    Column("from_state", String(16), nullable=False),
    Column("to_state", String(16), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("note", Text, nullable=False, server_default=""),
)

incident_clock = Table(
    "incident_clock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("incident_id", Integer, ForeignKey("incident.id"), nullable=False),
    Column("name", String(16), nullable=False),
    Column("due_ms", BigInteger, nullable=False),
    Column("met_ms", BigInteger),
    Column("waived", Boolean, nullable=False, server_default="0"),
    Column("level", Integer, nullable=False, server_default="0"),
    UniqueConstraint("incident_id", "name"),
)
