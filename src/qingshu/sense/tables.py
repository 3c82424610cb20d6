"""The reading log and what is known about its latest end."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
)

from qingshu.runtime.db import BigId, metadata

# Append only. On SQLite it has no second index: appending is then 15 times as fast, and
# the zones below tell which part of the log a question has to read.
reading = Table(
    "reading",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("tank_id", Integer, nullable=False),
    Column("sensor_id", Integer, nullable=False),
    Column("quantity", SmallInteger, nullable=False),
    Column("measured_ms", BigInteger, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("value", Float, nullable=False),
    Column("quality", SmallInteger, nullable=False),
    # A deleted newest row must never give its id to another row.
    sqlite_autoincrement=True,
)
# From which to which measured instant the rows of one stretch of the log reach.
reading_zone = Table(
    "reading_zone",
    metadata,
    Column("to_id", BigInteger, primary_key=True, autoincrement=False),
    Column("from_id", BigInteger, nullable=False),
    Column("min_ms", BigInteger, nullable=False),
    Column("max_ms", BigInteger, nullable=False),
)

tank_latest = Table(
    "tank_latest",
    metadata,
    Column("tank_id", Integer, primary_key=True, autoincrement=False),
    Column("sensor_id", Integer, nullable=False),
    Column("level_m", Float, nullable=False),
    Column("measured_ms", BigInteger, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("quality", SmallInteger, nullable=False),
)

# Written at checkpoints (every few seconds), not with every row.
sensor_latest = Table(
    "sensor_latest",
    metadata,
    Column("sensor_id", Integer, primary_key=True, autoincrement=False),
    Column("contact_ms", BigInteger, nullable=False),
    Column("battery_pct", Float),
    Column("temperature_c", Float),
    Column("level_m", Float),
    Column("level_ms", BigInteger, nullable=False),
    Column("same_since_ms", BigInteger, nullable=False),
    Column("same_count", Integer, nullable=False),
    # Newest measured instant of each quantity: little-endian int64 by Quantity.
    Column("marks", LargeBinary, nullable=False),
)

# One row: the log id that sensor_latest, reading_zone and the counters cover.
sense_checkpoint = Table(
    "sense_checkpoint",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("log_id", BigInteger, nullable=False),
)

sense_counter = Table(
    "sense_counter",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("count", BigInteger, nullable=False),
)

history_file = Table(
    "history_file",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("path", String(256), nullable=False, unique=True),
    Column("from_ms", BigInteger, nullable=False),
    Column("to_ms", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Index(None, "to_ms"),
)

# Readings that came over HTTP: durable at once, moved to the log by the ingest process.
inbox = Table(
    "reading_inbox",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("received_ms", BigInteger, nullable=False),
    Column("topic", String(128), nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

# Rain of the hour that ends at at_ms.
rain = Table(
    "rain",
    metadata,
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("mm", Float, nullable=False),
)
