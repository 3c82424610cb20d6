"""The schedule room's tables: emptyings our crews did, troubles, year plans, campaigns."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from qingshu.runtime.db import BigId, metadata

desludged = Table(
    "schedule_desludged",
    metadata,
    Column("tank_id", Integer, ForeignKey("tank.id"), primary_key=True),
    Column("on_date", Date, primary_key=True),
    Column("volume_m3", Float),
    Column("job_id", Integer),
    Column("recorded_ms", BigInteger, nullable=False),
)

# A report, incident or dossier about a tank, as a later room told it.
trouble = Table(
    "schedule_trouble",
    metadata,
    Column("tank_id", Integer, ForeignKey("tank.id"), primary_key=True),
    Column("source", String(16), primary_key=True),
    Column("source_id", Integer, primary_key=True),
    Column("on_date", Date, nullable=False),
)

year_plan = Table(
    "year_plan",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("year", Integer, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    # asked, ready or failed.
    Column("state", String(8), nullable=False),
    # The first ISO week that was planned anew; earlier ones were frozen.
    Column("from_week", Integer, nullable=False),
    Column("asked_ms", BigInteger, nullable=False),
    Column("ready_ms", BigInteger),
    Column("actor", String(64), nullable=False),
    # Bound, cost, gap, capacity by grid and week …, or why it failed; JSON.
    Column("figures", Text, nullable=False, server_default="{}"),
)

year_visit = Table(
    "year_visit",
    metadata,
    Column("plan_id", BigInteger, ForeignKey("year_plan.id"), primary_key=True),
    Column("tank_id", Integer, ForeignKey("tank.id"), primary_key=True),
    # ISO week of the plan's year, from 1.
    Column("week", Integer, primary_key=True),
    # 0 for tanks of no grid.
    Column("grid_id", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("hours", Float, nullable=False),
    Column("volume_m3", Float, nullable=False),
    Column("reason", String(16), nullable=False),
    Index("ix_year_visit_plan_id_grid_id_week", "plan_id", "grid_id", "week"),
)

campaign = Table(
    "campaign",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False),
    Column("from_date", Date, nullable=False),
    Column("until_date", Date, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
)

campaign_tank = Table(
    "campaign_tank",
    metadata,
    Column("campaign_id", BigInteger, ForeignKey("campaign.id"), primary_key=True),
    Column("tank_id", Integer, ForeignKey("tank.id"), primary_key=True),
    Column("reason", String(16), nullable=False),
)
