"""The fleet's tables: each truck's present, the log of positions, registered terminals."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from qingshu.runtime.db import BigId, metadata

truck_latest = Table(
    "truck_latest",
    metadata,
    Column("truck_id", Integer, ForeignKey("truck.id"), primary_key=True, autoincrement=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("heading_deg", Float),
    Column("speed_kmh", Float),
    Column("positioned_ms", BigInteger),
    Column("received_ms", BigInteger),
    Column("state", String(16), nullable=False),
    Column("load_m3", Float, nullable=False, server_default="0"),
    Column("job_id", Integer),
    Column("state_ms", BigInteger, nullable=False),
    # What an offline truck was doing when it fell silent.
    Column("resume_state", String(16)),
)

position = Table(
    "position",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("truck_id", Integer, ForeignKey("truck.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("lat", Float, nullable=False),
    Column("lon", Float, nullable=False),
    Column("speed_kmh", Float),
    Column("heading_deg", Float),
    Column("flags", Integer, nullable=False, server_default="0"),
    # Terminals send a position again until it is answered; the second one is dropped.
    UniqueConstraint("truck_id", "at_ms"),
)

terminal = Table(
    "terminal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("truck_id", Integer, ForeignKey("truck.id"), nullable=False, index=True),
    Column("auth_code", String(64), nullable=False),
    Column("maker", String(64), nullable=False, server_default=""),
    Column("model", String(64), nullable=False, server_default=""),
    Column("registered_ms", BigInteger, nullable=False),
    Column("authenticated_ms", BigInteger),
)
