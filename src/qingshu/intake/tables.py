"""The inbox's table. Texts may hold people's words; names and numbers are sealed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.sql import text

from qingshu.runtime.db import metadata

report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("channel", String(16), nullable=False),
    Column("channel_number", String(64), nullable=False, server_default=""),
    Column("text", Text, nullable=False),
    Column("place", String(256), nullable=False, server_default=""),
    Column("category", String(32), nullable=False),
    Column("urgency", String(16), nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("tank_id", Integer, ForeignKey("tank.id"), index=True),
    Column("community_id", Integer, ForeignKey("community.id"), index=True),
    Column("office_id", Integer, ForeignKey("office.id"), index=True),
    Column("lat", Float),
    Column("lon", Float),
    Column("score", Float, nullable=False, server_default="0"),
    Column("because", Text, nullable=False, server_default=""),
    Column("because_en", Text, nullable=False, server_default=""),
    # No foreign key: incident is a later room.
    Column("incident_id", Integer, index=True),
    Column("incident_number", String(32), nullable=False, server_default=""),
    Column("name_sealed", Text, nullable=False, server_default=""),
    Column("phone_sealed", Text, nullable=False, server_default=""),
    Column("phone_print", String(64), nullable=False, server_default="", index=True),
    Column("repeat", Integer, nullable=False, server_default="0"),
    Column("received_ms", BigInteger, nullable=False, index=True),
    Column("due_ms", BigInteger),
    Column("answered_ms", BigInteger),
    Column("answer", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    # The same order of a channel twice is one report.
    Index(
        "uq_report_channel_number", "channel", "channel_number", unique=True,
        sqlite_where=text("channel_number <> ''"), postgresql_where=text("channel_number <> ''"),
    ),
)  # fmt: skip

# Words that people use for a place, learned when a person put a report somewhere.
place_alias = Table(
    "place_alias",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("words", String(64), nullable=False),
    # "tank" or "community".
    Column("kind", String(16), nullable=False),
    Column("place_id", Integer, nullable=False),
    Column("times", Integer, nullable=False, server_default="1"),
    Column("learned_ms", BigInteger, nullable=False),
    UniqueConstraint("words", "kind", "place_id"),
)
