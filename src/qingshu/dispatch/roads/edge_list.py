"""Reads node and edge lists: plain numbers, or columns with a head line.

Plain files are ``id,easting,northing`` in UTM metres (or ``id,lat,lon`` when the numbers
are degrees) and ``tail,head,length_m``. With a head line, nodes need ``id`` and either
``lat,lon`` or ``easting,northing``; edges need ``tail,head`` and may have ``length_m``,
``class``, ``speed_kmh``, ``oneway``, ``name``, ``max_width_m``, ``max_height_m``,
``max_weight_t``.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path

from qingshu.dispatch.roads.building import NO_LIMIT, GraphBuilder, Traits
from qingshu.dispatch.roads.errors import RoadFileBroken
from qingshu.dispatch.roads.model import BOTH, FORWARD
from qingshu.dispatch.roads.params import CLASSES, RoadParams
from qingshu.kernel.errors import QingshuError
from qingshu.kernel.geodesy import Point, distance_m, utm_to_wgs84

Row = dict[str, str]
_YES = frozenset({"1", "yes", "true", "是"})


def read_edge_list(nodes: Path, edges: Path, params: RoadParams, *, zone: int = 50) -> GraphBuilder:
    """A graph in the making from two files; ``zone`` is the UTM zone of metre coordinates.

    Raises
    ------
    RoadFileBroken
        A line lacks a field, is no number, names an unknown node or class; ``fields``
        name file and line.
    """
    builder = GraphBuilder()
    for line, row in _rows(nodes, ("id", "easting", "northing")):
        try:
            point = _place(row, zone)
        except (KeyError, ValueError, QingshuError, OverflowError) as error:
            raise _broken(nodes, line, "a node id and two coordinates", row) from error
        builder.node(row["id"], point.lat, point.lon)
    seen: set[tuple[int, int, float, str]] = set()
    for line, row in _rows(edges, ("tail", "head", "length_m")):
        try:
            tail, head = builder.nodes[row["tail"]], builder.nodes[row["head"]]
            traits = _traits(row, params)
            length_m = _length(row, builder.places[tail], builder.places[head])
        except (KeyError, ValueError) as error:
            raise _broken(edges, line, "two known node ids and numbers", row) from error
        if tail == head:
            builder.skipped["edge from a node to itself"] += 1
            continue
        key = (min(tail, head), max(tail, head), length_m, traits.name)
        if traits.ways == BOTH and key in seen:
            builder.skipped["edge listed again in the other direction"] += 1
            continue
        seen.add(key)
        builder.add(tail, head, length_m, traits)
    return builder


def _rows(path: Path, plain: tuple[str, ...]) -> Iterator[tuple[int, Row]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            heads: tuple[str, ...] | None = None
            for number, cells in enumerate(reader, start=1):
                if not cells:
                    continue
                if heads is None:
                    has_heads = not _is_number(cells[-1]) and cells[0] in {"id", "tail"}
                    heads = tuple(c.strip() for c in cells) if has_heads else plain
                    if has_heads:
                        continue
                yield number, dict(zip(heads, (c.strip() for c in cells), strict=False))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        msg = f"Expected a readable text file of commas, {path.name} gave: {error}."
        raise RoadFileBroken(msg, file=path.name) from error


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _place(row: Row, zone: int) -> Point:
    if "lat" in row:
        return Point(float(row["lat"]), float(row["lon"]))
    easting, northing = float(row["easting"]), float(row["northing"])
    if not (math.isfinite(easting) and math.isfinite(northing)):
        raise ValueError(easting)
    if abs(easting) <= 90.0 and abs(northing) <= 180.0:
        return Point(easting, northing)
    return utm_to_wgs84(easting, northing, zone)


def _length(row: Row, a: tuple[float, float], b: tuple[float, float]) -> float:
    if row.get("length_m"):
        length_m = float(row["length_m"])
        if not (math.isfinite(length_m) and length_m >= 0):
            raise ValueError(length_m)
        return length_m
    return distance_m(Point(*a), Point(*b))


def _traits(row: Row, params: RoadParams) -> Traits:
    road_class = row.get("class") or "unknown"
    if road_class not in CLASSES:
        raise ValueError(road_class)
    speed_kmh = float(row.get("speed_kmh") or params.speed_kmh(road_class))
    if not 0 < speed_kmh <= 130:
        raise ValueError(speed_kmh)
    return Traits(
        road_class=road_class,
        speed_kmh=speed_kmh,
        ways=FORWARD if row.get("oneway", "").lower() in _YES else BOTH,
        name=row.get("name", ""),
        max_width_m=float(row.get("max_width_m") or NO_LIMIT),
        max_height_m=float(row.get("max_height_m") or NO_LIMIT),
        max_weight_t=float(row.get("max_weight_t") or NO_LIMIT),
    )


def _broken(path: Path, line: int, expected: str, row: Row) -> RoadFileBroken:
    msg = f"Expected {expected} in {path.name} line {line}, got {','.join(row.values())!r}."
    return RoadFileBroken(msg, file=path.name, line=line)
