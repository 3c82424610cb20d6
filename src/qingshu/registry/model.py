"""Frozen values of what exists. Field names are the column names of the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of thing the registry knows, by the name of their list."""

    TANKS = "tanks"
    OFFICES = "offices"
    COMMUNITIES = "communities"
    GRIDS = "grids"
    PEOPLE = "people"
    CREWS = "crews"
    TRUCKS = "trucks"
    PLANTS = "plants"
    SENSORS = "sensors"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a duty; name and phone stay sealed until a role opens them."""

    id: int
    code: str
    name_sealed: str
    phone_sealed: str
    phone_print: str
    duty: str
    qualifications: str
    active: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A service area with one lead."""

    id: int
    code: str
    name: str
    lead_id: int | None


@dataclass(frozen=True, slots=True)
class Office:
    """A sub-district office 街道办; coordinates WGS-84 degrees where known."""

    id: int
    code: str
    name: str
    district: str
    grid_id: int | None
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Community:
    """A community 社区 of one office; coordinates WGS-84 degrees where known."""

    id: int
    code: str
    name: str
    office_id: int | None
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Crew:
    """A crew 班组; ``qualifications`` is a comma-separated list."""

    id: int
    code: str
    name: str
    leader_id: int | None
    grid_id: int | None
    qualifications: str


@dataclass(frozen=True, slots=True)
class Truck:
    """A vacuum truck 吸污车. Shift times are local wall-clock ``HH:MM``."""

    id: int
    code: str
    plate: str
    terminal: str
    capacity_m3: float
    width_m: float
    height_m: float
    hose_m: float
    truck_class: str
    gas_kit: bool
    yard_lat: float | None
    yard_lon: float | None
    shift_start: str
    shift_end: str
    crew_id: int | None
    active: bool


@dataclass(frozen=True, slots=True)
class Plant:
    """A treatment plant 处理厂. Opening hours are local wall-clock ``HH:MM``."""

    id: int
    code: str
    name: str
    lat: float
    lon: float
    open_from: str
    open_to: str
    capacity_m3_day: float
    unload_min: float


@dataclass(frozen=True, slots=True)
class Tank:
    """A septic tank 化粪池. Heights are metres above the tank floor, WGS-84 degrees."""

    id: int
    code: str
    name: str
    office_id: int | None
    community_id: int | None
    grid_id: int | None
    keeper_id: int | None
    address: str
    lat: float
    lon: float
    shape: str
    chambers: int
    area_m2: float
    depth_m: float
    outlet_m: float
    cover_m: float
    volume_m3: float
    households: int
    building_type: str
    lid_position: str
    access_width_m: float
    hose_distance_m: float
    low_lying: bool
    gas_history: str
    last_desludged_on: date | None
    interval_days: int
    active: bool

    def freeboard_m(self, level_m: float) -> float:
        """Cover minus level; overflow is freeboard at or below 0."""
        return self.cover_m - level_m


@dataclass(frozen=True, slots=True)
class Sensor:
    """A level sensor: level = offset_m - distance, or offset_m + value.

    >>> Sensor(1, "S-1", 1, "distance", 2.5, "", 900.0, 8.0, True).level_m(1.0)
    1.5
    """

    id: int
    code: str
    tank_id: int | None
    measures: str
    offset_m: float
    model: str
    interval_s: float
    range_m: float
    active: bool

    def level_m(self, value_m: float) -> float:
        """Metres above the tank floor from what the sensor measured, in metres."""
        return self.offset_m - value_m if self.measures == "distance" else self.offset_m + value_m


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one thing that somebody changed; sealed fields keep only ``***``."""

    field: str
    old: str | None
    new: str | None
    at: datetime
    actor: str
    seq: int


Thing = Tank | Office | Community | Grid | Person | Crew | Truck | Plant | Sensor


@dataclass(frozen=True, slots=True)
class Problem:
    """One bad cell or row of a file: where, what, and what to do."""

    row: int
    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or would do in a dry run.

    ``imported`` counts rows that are saved now: 0 in a dry run and after any error
    unless bad rows were to be skipped.
    """

    kind: str
    read_as: str
    rows: int
    created: int
    updated: int
    unchanged: int
    imported: int
    dry_run: bool
    errors: tuple[Problem, ...]
    ignored_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Desludging:
    """One emptying that somebody recorded on paper or in another system."""

    tank_id: int
    on: date
    volume_m3: float | None
