"""The patrol room's tables."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text

from qingshu.runtime.db import metadata

patrol_round = Table(
    "patrol_round",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(16), nullable=False, index=True),
    Column("patroller", String(64), nullable=False),
    Column("planned_ms", BigInteger, nullable=False),
    Column("started_ms", BigInteger),
    Column("finished_ms", BigInteger),
)

round_stop = Table(
    "patrol_round_stop",
    metadata,
    Column("round_id", Integer, ForeignKey("patrol_round.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("tank_id", Integer, ForeignKey("tank.id"), nullable=False),
)

finding = Table(
    "finding",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("round_id", Integer, ForeignKey("patrol_round.id")),
    Column("tank_id", Integer, ForeignKey("tank.id"), nullable=False, index=True),
    Column("what", String(32), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("photo_sha256", String(64), nullable=False, server_default=""),
    Column("found_ms", BigInteger, nullable=False),
    Column("found_by", String(64), nullable=False),
)
