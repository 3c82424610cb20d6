"""The registry's tables. Coordinates are WGS-84 degrees, heights metres above tank floor."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from qingshu.runtime.db import BigId, metadata


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _code() -> Column[str]:
    return Column("code", String(64), nullable=False, unique=True)


def _ref(name: str, target: str) -> Column[int]:
    return Column(name, Integer, ForeignKey(f"{target}.id"), index=True)


person = Table(
    "person",
    metadata,
    _id(),
    _code(),
    Column("name_sealed", Text, nullable=False),
    Column("phone_sealed", Text, nullable=False, server_default=""),
    Column("phone_print", String(64), nullable=False, server_default="", index=True),
    Column("duty", String(64), nullable=False, server_default=""),
    Column("qualifications", String(256), nullable=False, server_default=""),
    Column("active", Boolean, nullable=False, server_default="1"),
)

grid = Table(
    "grid",
    metadata,
    _id(),
    _code(),
    Column("name", String(64), nullable=False),
    _ref("lead_id", "person"),
)

office = Table(
    "office",
    metadata,
    _id(),
    _code(),
    Column("name", String(64), nullable=False),
    Column("district", String(64), nullable=False, server_default=""),
    _ref("grid_id", "grid"),
    Column("lat", Float),
    Column("lon", Float),
)

community = Table(
    "community",
    metadata,
    _id(),
    _code(),
    Column("name", String(128), nullable=False),
    _ref("office_id", "office"),
    Column("lat", Float),
    Column("lon", Float),
)

crew = Table(
    "crew",
    metadata,
    _id(),
    _code(),
    Column("name", String(64), nullable=False),
    _ref("leader_id", "person"),
    _ref("grid_id", "grid"),
    # Comma-separated: confined_space, gas_kit …
    Column("qualifications", String(256), nullable=False, server_default=""),
)

truck = Table(
    "truck",
    metadata,
    _id(),
    _code(),
    Column("plate", String(32), nullable=False, server_default=""),
    # JT/T 808 terminal phone number or OsmAnd id that this truck reports under.
    Column("terminal", String(32), nullable=False, server_default="", index=True),
    Column("capacity_m3", Float, nullable=False),
    Column("width_m", Float, nullable=False),
    Column("height_m", Float, nullable=False, server_default="3.0"),
    Column("hose_m", Float, nullable=False, server_default="30"),
    Column("truck_class", String(16), nullable=False, server_default="medium"),
    Column("gas_kit", Boolean, nullable=False, server_default="1"),
    Column("yard_lat", Float),
    Column("yard_lon", Float),
    # Local wall-clock times "HH:MM".
    Column("shift_start", String(5), nullable=False, server_default="08:00"),
    Column("shift_end", String(5), nullable=False, server_default="18:00"),
    _ref("crew_id", "crew"),
    Column("active", Boolean, nullable=False, server_default="1"),
)

plant = Table(
    "plant",
    metadata,
    _id(),
    _code(),
    Column("name", String(64), nullable=False),
    Column("lat", Float, nullable=False),
    Column("lon", Float, nullable=False),
    Column("open_from", String(5), nullable=False, server_default="00:00"),
    Column("open_to", String(5), nullable=False, server_default="24:00"),
    Column("capacity_m3_day", Float, nullable=False),
    Column("unload_min", Float, nullable=False, server_default="12"),
)

tank = Table(
    "tank",
    metadata,
    _id(),
    _code(),
    # The place as people say it: 裕园社区3号楼北.
    Column("name", String(128), nullable=False),
    _ref("office_id", "office"),
    _ref("community_id", "community"),
    _ref("grid_id", "grid"),
    _ref("keeper_id", "person"),
    Column("address", String(256), nullable=False, server_default=""),
    Column("lat", Float, nullable=False),
    Column("lon", Float, nullable=False),
    Column("shape", String(16), nullable=False, server_default="rectangular"),
    Column("chambers", Integer, nullable=False, server_default="3"),
    Column("area_m2", Float, nullable=False),
    Column("depth_m", Float, nullable=False),
    Column("outlet_m", Float, nullable=False),
    Column("cover_m", Float, nullable=False),
    Column("volume_m3", Float, nullable=False),
    Column("households", Integer, nullable=False, server_default="0"),
    Column("building_type", String(32), nullable=False, server_default="residential"),
    Column("lid_position", String(128), nullable=False, server_default=""),
    Column("access_width_m", Float, nullable=False, server_default="3.5"),
    Column("hose_distance_m", Float, nullable=False, server_default="10"),
    Column("low_lying", Boolean, nullable=False, server_default="0"),
    Column("gas_history", Text, nullable=False, server_default=""),
    Column("last_desludged_on", Date),
    Column("interval_days", Integer, nullable=False, server_default="180"),
    Column("active", Boolean, nullable=False, server_default="1"),
)

sensor = Table(
    "sensor",
    metadata,
    _id(),
    _code(),
    _ref("tank_id", "tank"),
    # "distance": level = offset_m - distance; "level": level = offset_m + value.
    Column("measures", String(16), nullable=False, server_default="level"),
    Column("offset_m", Float, nullable=False, server_default="0"),
    Column("model", String(64), nullable=False, server_default=""),
    Column("interval_s", Float, nullable=False, server_default="900"),
    Column("range_m", Float, nullable=False, server_default="8"),
    Column("active", Boolean, nullable=False, server_default="1"),
)

registry_change = Table(
    "registry_change",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("subject_id", Integer, nullable=False),
    Column("field", String(64), nullable=False),
    Column("old", Text),
    Column("new", Text),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("seq", BigInteger, nullable=False),
    UniqueConstraint("kind", "subject_id", "field", "seq"),
)

# Emptyings known from before; jobs of our own live in fieldwork.
desludging = Table(
    "desludging",
    metadata,
    Column("tank_id", Integer, ForeignKey("tank.id"), primary_key=True),
    Column("on_date", Date, primary_key=True),
    Column("volume_m3", Float),
)
