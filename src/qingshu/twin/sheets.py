"""The world as the files a station would bring: tables for `import`, lists for `roads import`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from qingshu.twin.ground import to_degrees
from qingshu.twin.world import World

# In the order they must be imported: each table only points at earlier ones.
ORDER = (
    "people",
    "grids",
    "offices",
    "communities",
    "crews",
    "trucks",
    "plants",
    "tanks",
    "sensors",
    "history",
)


def write_sheets(world: World, folder: Path, today: date) -> dict[str, Path]:
    """Write every table into ``folder``; the kind's name to its file."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "people": _people(world),
        "grids": _grids(world),
        "offices": _offices(world),
        "communities": _communities(world),
        "crews": _crews(world),
        "trucks": _trucks(world),
        "plants": _plants(world),
        "tanks": _tanks(world, today),
        "sensors": _sensors(world),
        "history": _history(world, today),
    }
    written = {}
    for kind in ORDER:
        written[kind] = folder / f"{kind}.csv"
        _write(written[kind], tables[kind])
    return written


def write_roads(world: World, folder: Path) -> tuple[Path, Path]:
    """Write ``nodes.csv`` (id, lon, lat) and ``edges.csv`` (tail, head, length_m …)."""
    folder.mkdir(parents=True, exist_ok=True)
    nodes, edges = folder / "nodes.csv", folder / "edges.csv"
    roads = world.streets
    _write(
        nodes,
        [
            ("id", "lon", "lat"),
            *((i, f"{lon:.6f}", f"{lat:.6f}") for i, (lat, lon) in enumerate(roads.degrees())),
        ],
    )
    _write(
        edges,
        [
            ("tail", "head", "length_m", "class", "name", "oneway", "max_width_m"),
            *zip(
                roads.tail.tolist(),
                roads.head.tolist(),
                roads.length_m.tolist(),
                roads.classes,
                roads.names,
                (int(v) for v in roads.oneway),
                roads.max_width_m.tolist(),
                strict=True,
            ),
        ],
    )
    return nodes, edges


def _write(path: Path, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _spot(x: float, y: float) -> tuple[str, str]:
    lat, lon = to_degrees(x, y)
    return f"{lat:.6f}", f"{lon:.6f}"


def _people(world: World) -> list[Sequence[object]]:
    return [
        ("code", "name", "phone", "duty"),
        *((p.code, p.name, p.phone, p.duty) for p in world.people),
    ]


def _grids(world: World) -> list[Sequence[object]]:
    return [
        ("code", "name", "lead"),
        *((g, f"第{int(g[-2:])}网格", f"W{g[-2:]}") for g in world.grids),
    ]


def _offices(world: World) -> list[Sequence[object]]:
    return [
        ("code", "name", "district", "grid", "lat", "lon"),
        *((o.code, o.name, f"{o.district}区", o.grid, o.lat, o.lon) for o in world.offices),
    ]


def _communities(world: World) -> list[Sequence[object]]:
    return [
        ("code", "name", "office", "lat", "lon"),
        *(
            (c.code, c.name, world.offices[c.office].code, *_spot(c.x, c.y))
            for c in world.communities
        ),
    ]


def _crews(world: World) -> list[Sequence[object]]:
    return [
        ("code", "name", "leader", "grid", "qualifications"),
        *(
            (t.crew_code, t.crew_name, t.leader, t.grid, "confined_space,gas_kit")
            for t in world.trucks
        ),
    ]


def _trucks(world: World) -> list[Sequence[object]]:
    sizes = {5.0: "small", 8.0: "medium", 12.0: "large"}
    heads = (
        "code", "plate", "terminal", "capacity_m3", "width_m", "height_m", "hose_m",
        "truck_class", "gas_kit", "yard_lat", "yard_lon", "shift_start", "shift_end", "crew",
    )  # fmt: skip
    rows = [
        (
            t.code, t.plate, t.terminal, t.capacity_m3, t.width_m, 2.6 + t.capacity_m3 / 20,
            t.hose_m, sizes[t.capacity_m3], 1, *_spot(*world.yards[t.yard]), t.shift_start,
            t.shift_end, t.crew_code,
        )
        for t in world.trucks
    ]  # fmt: skip
    return [heads, *rows]


def _plants(world: World) -> list[Sequence[object]]:
    return [
        ("code", "name", "lat", "lon", "open_from", "open_to", "capacity_m3_day", "unload_min"),
        *(
            (p.code, p.name, *_spot(p.x, p.y), p.open_from, p.open_to, p.capacity_m3_day, 12)
            for p in world.plants
        ),
    ]


def _tanks(world: World, today: date) -> list[Sequence[object]]:
    heads = (
        "code", "name", "office", "community", "grid", "keeper", "address", "lat", "lon",
        "chambers", "area_m2", "depth_m", "outlet_m", "cover_m", "volume_m3", "households",
        "building_type", "lid_position", "access_width_m", "hose_distance_m", "low_lying",
        "gas_history", "last_desludged_on", "interval_days",
    )  # fmt: skip
    t = world.tanks
    rows: list[Sequence[object]] = [heads]
    for i in range(len(t.x)):
        office = world.offices[int(t.office[i])]
        rows.append(
            (
                t.codes[i], t.labels[i], office.code, world.communities[int(t.community[i])].code,
                office.grid, world.keeper_of[i], _address(world, i),
                *_spot(float(t.x[i]), float(t.y[i])),
                2 if t.volume_m3[i] <= 6 else 3, t.area_m2[i], t.cover_m[i], t.outlet_m[i],
                t.cover_m[i], t.volume_m3[i], t.households[i], t.types[i], t.lids[i],
                t.access_width_m[i], t.hose_distance_m[i], int(t.low_lying[i]), t.gas_notes[i],
                today - timedelta(days=int(t.desludged_days_ago[i])), t.interval_days[i],
            )
        )  # fmt: skip
    return rows


def _address(world: World, tank: int) -> str:
    office = world.offices[int(world.tanks.office[tank])]
    street = world.tanks.addresses[tank]
    label = world.tanks.labels[tank]
    return f"济南市{office.district}区{office.name}{street}{label}"


def _sensors(world: World) -> list[Sequence[object]]:
    s = world.sensors
    return [
        ("code", "tank", "measures", "offset_m", "model", "interval_s", "range_m"),
        *(
            (
                s.codes[i], world.tanks.codes[int(s.tank[i])],
                "distance" if s.distance[i] else "level", s.offset_m[i], s.models[i],
                s.interval_s[i], 8,
            )
            for i in range(len(s.codes))
        ),
    ]  # fmt: skip


def _history(world: World, today: date) -> list[Sequence[object]]:
    """The desludgings of the past year: the last one and those an interval apart before it."""
    rows: list[Sequence[object]] = [("code", "desludged_on", "volume_m3")]
    t = world.tanks
    for i in range(len(t.x)):
        ago = int(t.desludged_days_ago[i])
        while ago <= 365:
            rows.append((t.codes[i], today - timedelta(days=ago), round(0.8 * t.volume_m3[i], 1)))
            ago += int(t.interval_days[i])
    return rows
