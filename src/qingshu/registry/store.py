"""SQL in and out of the registry. Reads take a connection; writes belong to the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar, cast

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    Row,
    Select,
    Table,
    exists,
    func,
    insert,
    select,
    update,
)

from qingshu.kernel.instants import from_ms, to_ms
from qingshu.registry import tables
from qingshu.registry.model import (
    Change,
    Community,
    Crew,
    Desludging,
    Grid,
    Kind,
    Office,
    Person,
    Plant,
    Sensor,
    Tank,
    Thing,
    Truck,
)
from qingshu.runtime.db import Tx

V = TypeVar("V", Tank, Office, Community, Grid, Person, Crew, Truck, Plant, Sensor)

_TABLES: Mapping[Kind, tuple[type[Any], Table]] = {
    Kind.TANKS: (Tank, tables.tank),
    Kind.OFFICES: (Office, tables.office),
    Kind.COMMUNITIES: (Community, tables.community),
    Kind.GRIDS: (Grid, tables.grid),
    Kind.PEOPLE: (Person, tables.person),
    Kind.CREWS: (Crew, tables.crew),
    Kind.TRUCKS: (Truck, tables.truck),
    Kind.PLANTS: (Plant, tables.plant),
    Kind.SENSORS: (Sensor, tables.sensor),
}
TANK_COLUMNS = (
    "id", "code", "name", "lat", "lon", "office_id", "community_id", "grid_id",
    "cover_m", "outlet_m", "has_sensor",
)  # fmt: skip
# SQLite takes at most 32,766 bound values in one statement.
_CHUNK = 5_000


def _one(conn: Connection, cls: type[V], statement: Select[Any]) -> V | None:
    row = conn.execute(statement).first()
    return None if row is None else _load(cls, row)


def _many(conn: Connection, cls: type[V], statement: Select[Any]) -> list[V]:
    return [_load(cls, row) for row in conn.execute(statement)]


def _load(cls: type[V], row: Row[Any]) -> V:
    return cls(**row._asdict())


def get(conn: Connection, kind: Kind, thing_id: int) -> Thing | None:
    """One thing of any kind by id."""
    cls, table = _TABLES[kind]
    return cast("Thing | None", _one(conn, cls, select(table).where(table.c.id == thing_id)))


def by_code(conn: Connection, kind: Kind, code: str) -> Thing | None:
    """One thing of any kind by code."""
    cls, table = _TABLES[kind]
    return cast("Thing | None", _one(conn, cls, select(table).where(table.c.code == code)))


def all_of(conn: Connection, kind: Kind) -> list[Thing]:
    """All things of a kind, by id."""
    cls, table = _TABLES[kind]
    return cast("list[Thing]", _many(conn, cls, select(table).order_by(table.c.id)))


def codes_of(conn: Connection, kind: Kind) -> dict[str, int]:
    """Code to id for a whole kind."""
    table = _TABLES[kind][1]
    return {code: int(key) for code, key in conn.execute(select(table.c.code, table.c.id))}


def names_of(conn: Connection, kind: Kind) -> dict[int, str]:
    """Id to name for offices, communities, grids, crews, plants or tanks."""
    table = _TABLES[kind][1]
    return {int(key): name for key, name in conn.execute(select(table.c.id, table.c.name))}


def tank(conn: Connection, tank_id: int) -> Tank | None:
    """One tank."""
    return _one(conn, Tank, select(tables.tank).where(tables.tank.c.id == tank_id))


def tank_by_code(conn: Connection, code: str) -> Tank | None:
    """One tank by the code on its lid."""
    return _one(conn, Tank, select(tables.tank).where(tables.tank.c.code == code))


def tanks(conn: Connection, ids: Iterable[int] | None = None) -> list[Tank]:
    """All tanks by id, or those of ``ids``."""
    statement = select(tables.tank).order_by(tables.tank.c.id)
    if ids is None:
        return _many(conn, Tank, statement)
    found: list[Tank] = []
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _CHUNK):
        part = statement.where(tables.tank.c.id.in_(wanted[start : start + _CHUNK]))
        found += _many(conn, Tank, part)
    return found


def tanks_of_grid(conn: Connection, grid_id: int) -> list[Tank]:
    """The tanks of one grid, by code."""
    chosen = select(tables.tank).where(tables.tank.c.grid_id == grid_id)
    return _many(conn, Tank, chosen.order_by(tables.tank.c.code))


def tank_columns(conn: Connection) -> list[list[Any]]:
    """Rows of :data:`TANK_COLUMNS` for the map, active tanks by id."""
    table, sensor = tables.tank, tables.sensor
    has_sensor = exists().where(sensor.c.tank_id == table.c.id, sensor.c.active)
    columns = [table.c[name] for name in TANK_COLUMNS[:-1]]
    rows = conn.execute(
        select(*columns, has_sensor.label("has_sensor")).where(table.c.active).order_by(table.c.id)
    )
    return [[*row[:-1], bool(row[-1])] for row in rows]


def sensors(conn: Connection) -> list[Sensor]:
    """All sensors by id."""
    return _many(conn, Sensor, select(tables.sensor).order_by(tables.sensor.c.id))


def sensor_by_code(conn: Connection, code: str) -> Sensor | None:
    """One sensor by its device code."""
    return _one(conn, Sensor, select(tables.sensor).where(tables.sensor.c.code == code))


def sensors_of_tank(conn: Connection, tank_id: int) -> list[Sensor]:
    """The sensors in one tank."""
    chosen = select(tables.sensor).where(tables.sensor.c.tank_id == tank_id)
    return _many(conn, Sensor, chosen.order_by(tables.sensor.c.id))


def trucks(conn: Connection, *, active_only: bool = True) -> list[Truck]:
    """Trucks by code."""
    statement = select(tables.truck).order_by(tables.truck.c.code)
    if active_only:
        statement = statement.where(tables.truck.c.active)
    return _many(conn, Truck, statement)


def truck(conn: Connection, truck_id: int) -> Truck | None:
    """One truck."""
    return _one(conn, Truck, select(tables.truck).where(tables.truck.c.id == truck_id))


def truck_by_code(conn: Connection, code: str) -> Truck | None:
    """One truck by code."""
    return _one(conn, Truck, select(tables.truck).where(tables.truck.c.code == code))


def truck_by_terminal(conn: Connection, terminal: str) -> Truck | None:
    """The truck whose vehicle terminal reports under this number."""
    if not terminal:
        return None
    return _one(conn, Truck, select(tables.truck).where(tables.truck.c.terminal == terminal))


def plants(conn: Connection) -> list[Plant]:
    """Plants by id."""
    return _many(conn, Plant, select(tables.plant).order_by(tables.plant.c.id))


def plant_by_code(conn: Connection, code: str) -> Plant | None:
    """One plant by code."""
    return _one(conn, Plant, select(tables.plant).where(tables.plant.c.code == code))


def offices(conn: Connection) -> list[Office]:
    """Offices by id."""
    return _many(conn, Office, select(tables.office).order_by(tables.office.c.id))


def communities(conn: Connection) -> list[Community]:
    """Communities by id."""
    return _many(conn, Community, select(tables.community).order_by(tables.community.c.id))


def grids(conn: Connection) -> list[Grid]:
    """Grids by id."""
    return _many(conn, Grid, select(tables.grid).order_by(tables.grid.c.id))


def crews(conn: Connection) -> list[Crew]:
    """Crews by id."""
    return _many(conn, Crew, select(tables.crew).order_by(tables.crew.c.id))


def people(conn: Connection) -> list[Person]:
    """People by id, still sealed."""
    return _many(conn, Person, select(tables.person).order_by(tables.person.c.id))


def person(conn: Connection, person_id: int) -> Person | None:
    """One person, still sealed."""
    return _one(conn, Person, select(tables.person).where(tables.person.c.id == person_id))


def person_by_code(conn: Connection, code: str) -> Person | None:
    """One person by code, still sealed."""
    return _one(conn, Person, select(tables.person).where(tables.person.c.code == code))


def field_names(kind: Kind) -> list[str]:
    """The fields of a kind, without its id."""
    return [f.name for f in fields(_TABLES[kind][0]) if f.name != "id"]


def blank(kind: Kind) -> dict[str, Any]:
    """What a new thing of this kind holds where nothing was given."""
    return {
        column.name: _default(column) for column in _TABLES[kind][1].columns if column.name != "id"
    }


def _default(column: Column[Any]) -> Any:
    if column.server_default is None:
        return None
    text = str(getattr(column.server_default, "arg", ""))
    if isinstance(column.type, Boolean):
        return text == "1"
    if isinstance(column.type, Float):
        return float(text)
    return int(text) if isinstance(column.type, Integer) else text


def records(conn: Connection, kind: Kind) -> dict[str, dict[str, Any]]:
    """Every stored thing of a kind as a plain record, by code."""
    rows = conn.execute(select(_TABLES[kind][1])).mappings()
    return {row["code"]: dict(row) for row in rows}


def version(conn: Connection) -> tuple[int, ...]:
    """Changes whenever tanks or places do; for caches built from the registry."""
    counted = (tables.tank, tables.community, tables.office)
    newest = select(func.coalesce(func.max(tables.registry_change.c.id), 0))
    parts = [newest, *(select(func.count()).select_from(table) for table in counted)]
    return tuple(int(conn.execute(part).scalar_one()) for part in parts)


def changes(conn: Connection, kind: Kind, thing_id: int, limit: int = 500) -> list[Change]:
    """Who changed what of one thing, newest first."""
    table = tables.registry_change
    rows = conn.execute(
        select(table)
        .where(table.c.kind == kind.value, table.c.subject_id == thing_id)
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return [
        Change(row.field, row.old, row.new, from_ms(row.at_ms), row.actor, row.seq) for row in rows
    ]


def changed_since(conn: Connection, kind: Kind, since_ms: int) -> set[int]:
    """Ids of things of which a known value changed since an instant; new things do not count."""
    table = tables.registry_change
    rows = conn.execute(
        select(table.c.subject_id)
        .where(table.c.kind == kind.value, table.c.at_ms >= since_ms, table.c.old.is_not(None))
        .distinct()
    )
    return {int(key) for (key,) in rows}


def former_names(conn: Connection) -> list[tuple[Kind, int, str]]:
    """Names that tanks, communities and offices once bore."""
    table = tables.registry_change
    kinds = (Kind.TANKS, Kind.COMMUNITIES, Kind.OFFICES)
    rows = conn.execute(
        select(table.c.kind, table.c.subject_id, table.c.old).where(
            table.c.field == "name", table.c.kind.in_([k.value for k in kinds])
        )
    )
    return [(Kind(row.kind), row.subject_id, row.old) for row in rows if row.old]


def add(tx: Tx, kind: Kind, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert new things; every row holds the same columns."""
    if rows:
        tx.conn.execute(insert(_TABLES[kind][1]), [dict(row) for row in rows])


def change(tx: Tx, kind: Kind, thing_id: int, values: Mapping[str, Any]) -> None:
    """Overwrite fields of one thing."""
    table = _TABLES[kind][1]
    tx.conn.execute(update(table).where(table.c.id == thing_id).values(**values))


def remember(
    tx: Tx, kind: Kind, seq: int, rows: Iterable[tuple[int, str, str | None, str | None]]
) -> None:
    """Keep history rows ``(id, field, old, new)`` that event ``seq`` stands for."""
    at_ms = to_ms(tx.now)
    values = [
        {
            "kind": kind.value, "subject_id": thing_id, "field": field, "old": old, "new": new,
            "at_ms": at_ms, "actor": tx.actor, "seq": seq,
        }
        for thing_id, field, old, new in rows
    ]  # fmt: skip
    if values:
        tx.conn.execute(insert(tables.registry_change), values)


def desludgings(conn: Connection, tank_id: int) -> list[Desludging]:
    """Recorded emptyings of one tank from other books, newest first."""
    table = tables.desludging
    rows = conn.execute(
        select(table).where(table.c.tank_id == tank_id).order_by(table.c.on_date.desc())
    )
    return [Desludging(row.tank_id, row.on_date, row.volume_m3) for row in rows]


def add_desludgings(tx: Tx, rows: Sequence[Desludging]) -> None:
    """Keep recorded emptyings; the same tank and day again overwrites the volume."""
    values = [
        {"tank_id": row.tank_id, "on_date": row.on, "volume_m3": row.volume_m3} for row in rows
    ]
    tx.upsert(tables.desludging, values, keys=["tank_id", "on_date"])
