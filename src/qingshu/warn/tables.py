"""The warn room's tables: alarms, standing suppressions, saved tank state."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from qingshu.runtime.db import metadata

alarm = Table(
    "alarm",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    # Null for a gateway alarm, which speaks for many sensors.
    Column("tank_id", Integer, ForeignKey("tank.id")),
    Column("grade", Integer, nullable=False),
    Column("process", String(32), nullable=False, index=True),
    Column("suppression", String(16), nullable=False, server_default="none"),
    Column("shelved_until_ms", BigInteger),
    Column("raised_ms", BigInteger, nullable=False),
    Column("regraded_ms", BigInteger),
    Column("returned_ms", BigInteger),
    Column("acknowledged_ms", BigInteger),
    Column("acknowledged_by", String(64), nullable=False, server_default=""),
    Column("reason_zh", Text, nullable=False),
    Column("reason_en", Text, nullable=False),
    Column("level_m", Float),
    Column("freeboard_m", Float),
    Column("overflow_ms", BigInteger),
    Column("overflow_from_ms", BigInteger),
    Column("overflow_to_ms", BigInteger),
    Column("changed_ms", BigInteger, nullable=False),
    # Measured instant of the newest kernel transition that shaped this alarm.
    Column("told_ms", BigInteger, nullable=False, server_default="0"),
    Column("escalations", Integer, nullable=False, server_default="0"),
    Index("ix_alarm_tank_kind", "tank_id", "kind"),
)

# Sensors that one comms alarm speaks for.
alarm_member = Table(
    "alarm_member",
    metadata,
    Column("alarm_id", Integer, ForeignKey("alarm.id"), primary_key=True),
    Column("sensor_id", Integer, primary_key=True),
)

# Tank 0 stands for the station (gateway alarms).
hush = Table(
    "alarm_hush",
    metadata,
    Column("tank_id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    Column("mode", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("until_ms", BigInteger),
    Column("since_ms", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
)

# Shard number, or -1 for when each sensor was last heard.
shard_state = Table(
    "warn_shard",
    metadata,
    Column("shard", Integer, primary_key=True, autoincrement=False),
    Column("log_id", BigInteger, nullable=False),
    Column("engine", String(32), nullable=False),
    Column("shards", Integer, nullable=False),
    Column("saved_ms", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
