"""The tables of field work. Times are epoch milliseconds, coordinates WGS-84 degrees."""

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


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _job() -> Column[int]:
    return Column("job_id", Integer, ForeignKey("job.id"), nullable=False, index=True)


job = Table(
    "job",
    metadata,
    _id(),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(16), nullable=False, index=True),
    Column("truck_id", Integer, ForeignKey("truck.id"), nullable=False, index=True),
    Column("incident_id", Integer, ForeignKey("incident.id"), index=True),
    Column("tank_id", Integer, ForeignKey("tank.id"), index=True),
    Column("dispatch_id", Integer, unique=True),
    Column("lat", Float),
    Column("lon", Float),
    Column("eta_s", Float),
    Column("offered_ms", BigInteger, nullable=False),
    Column("accepted_ms", BigInteger),
    Column("departed_ms", BigInteger),
    Column("arrived_ms", BigInteger),
    # "position" or "crew": whether the truck's positions or a person said so.
    Column("arrival_by", String(16), nullable=False, server_default=""),
    Column("pumping_ms", BigInteger),
    Column("pumped_ms", BigInteger),
    Column("finished_ms", BigInteger),
    Column("volume_m3", Float),
    Column("complete", Boolean, nullable=False, server_default="0"),
    Column("level_before_m", Float),
    Column("blocked_from", String(16), nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("sop_version", String(16), nullable=False),
)

job_gas_test = Table(
    "job_gas_test",
    metadata,
    _id(),
    _job(),
    Column("at_ms", BigInteger, nullable=False),
    Column("o2_pct", Float),
    Column("h2s_mgm3", Float),
    Column("ch4_lel", Float),
    Column("co_mgm3", Float),
    Column("instrument", String(64), nullable=False),
    Column("tested_by", String(64), nullable=False),
    Column("attendant", String(64), nullable=False),
    Column("rescue_kit", Boolean, nullable=False),
    Column("ventilation_min", Float),
    Column("place", String(128), nullable=False),
    Column("cleared", Boolean, nullable=False),
    Column("valid_until_ms", BigInteger, nullable=False),
    # JSON list of [zh, en].
    Column("failures", Text, nullable=False),
)

job_step = Table(
    "job_step",
    metadata,
    _id(),
    _job(),
    Column("step_id", String(32), nullable=False),
    Column("done_ms", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    UniqueConstraint("job_id", "step_id"),
)

job_photo = Table(
    "job_photo",
    metadata,
    _id(),
    _job(),
    Column("kind", String(32), nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("taken_ms", BigInteger, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    Column("distance_m", Float),
    Column("far", Boolean, nullable=False),
    Column("content_type", String(32), nullable=False),
    Column("size", Integer, nullable=False),
    UniqueConstraint("job_id", "kind", "sha256"),
)

receipt = Table(
    "receipt",
    metadata,
    _id(),
    Column("number", String(32), nullable=False, unique=True),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("plant_id", Integer, ForeignKey("plant.id"), nullable=False),
    Column("truck_id", Integer, ForeignKey("truck.id"), nullable=False, index=True),
    Column("job_id", Integer, ForeignKey("job.id"), index=True),
    Column("volume_m3", Float, nullable=False),
    # The book named no volume: the truck's capacity stands in for it.
    Column("volume_assumed", Boolean, nullable=False, server_default="0"),
    Column("accepted", Boolean, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
)

# What was answered to a phone's request: the same key gets the same answer, once.
job_answer = Table(
    "job_answer",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("request", String(256), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)
