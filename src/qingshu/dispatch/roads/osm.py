"""Reads the drivable roads of an OpenStreetMap extract (``.osm.pbf``)."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import osmium

from qingshu.dispatch.roads.building import NO_LIMIT, GraphBuilder, Traits
from qingshu.dispatch.roads.errors import RoadFileBroken
from qingshu.dispatch.roads.model import BACKWARD, BOTH, FORWARD
from qingshu.dispatch.roads.params import CLASSES, RoadParams
from qingshu.kernel.geodesy import Point, distance_m

Tags = dict[str, str]
Ref = tuple[int, float, float]

_CLOSED = frozenset({"no", "private", "agricultural", "forestry", "emergency"})
_ACCESS = ("hgv", "motor_vehicle", "vehicle", "access")
_KMH_PER_MPH = 1.609344
_WALKING_PACE = {"walk": 6.0, "CN:urban": 50.0}


def read_osm(
    path: Path, params: RoadParams, progress: Callable[[int], None] | None = None
) -> GraphBuilder:
    """A graph in the making: ways cut at shared nodes.

    Turn restrictions are not read. Ways without a drivable ``highway`` class, with
    closed access, or with a broken shape are left out and counted.

    Raises
    ------
    RoadFileBroken
        The file is missing, cut short or not OpenStreetMap data.
    """
    ways: list[tuple[Traits, list[Ref]]] = []
    builder = GraphBuilder()
    try:
        reader = osmium.FileProcessor(str(path)).with_locations()
        for thing in reader:
            if not isinstance(thing, osmium.osm.Way):
                continue
            _take(thing, params, ways, builder.skipped)
            if progress is not None and len(ways) % 1000 == 0:
                progress(len(ways))
    except (RuntimeError, OSError, ValueError) as error:
        msg = f"Expected an OpenStreetMap extract (.osm.pbf), {path.name} gave: {error}."
        raise RoadFileBroken(msg, file=path.name) from error
    uses: Counter[int] = Counter()
    for _, refs in ways:
        uses.update(ref[0] for ref in refs)
        uses.update((refs[0][0], refs[-1][0]))
    for traits, refs in ways:
        _cut(builder, traits, refs, uses)
    return builder


def _take(
    way: Any, params: RoadParams, ways: list[tuple[Traits, list[Ref]]], skipped: Counter[str]
) -> None:
    tags = {tag.k: tag.v for tag in way.tags}
    if "highway" not in tags:
        return
    traits, reason = traits_of(tags, params)
    if traits is None:
        skipped[reason] += 1
        return
    refs = [(n.ref, n.location.lat, n.location.lon) for n in way.nodes if n.location.valid()]
    if len(refs) < len(way.nodes):
        skipped["way that leaves the extract: cut there"] += 1
    if len(refs) < 2:
        skipped["way with fewer than two places"] += 1
        return
    ways.append((traits, refs))


def _cut(builder: GraphBuilder, traits: Traits, refs: list[Ref], uses: Counter[int]) -> None:
    begin = 0
    for i in range(1, len(refs)):
        if uses[refs[i][0]] < 2:
            continue
        piece = refs[begin : i + 1]
        begin = i
        length_m = sum(
            distance_m(Point(a[1], a[2]), Point(b[1], b[2])) for a, b in itertools.pairwise(piece)
        )
        tail, head = builder.node(*piece[0]), builder.node(*piece[-1])
        if tail == head:
            builder.skipped["loop back to its own junction"] += 1
            continue
        builder.add(tail, head, length_m, traits, [(p[1], p[2]) for p in piece[1:-1]])


def traits_of(tags: Tags, params: RoadParams) -> tuple[Traits | None, str]:
    """What the tags of one way say, or why a truck cannot use it.

    >>> traits, _ = traits_of({"highway": "primary", "oneway": "yes"}, RoadParams())
    >>> traits.ways, traits.speed_kmh
    (1, 45.0)
    >>> traits_of({"highway": "footway"}, RoadParams())[1]
    'not a road for trucks: footway'
    """
    kind = tags["highway"]
    base = kind.removesuffix("_link")
    road_class = {"road": "unclassified", "busway": ""}.get(base, base)
    if road_class not in CLASSES or road_class == "unknown":
        return None, f"not a road for trucks: {kind}"
    if next((tags[key] for key in _ACCESS if key in tags), "yes") in _CLOSED:
        return None, "closed to trucks by its access tag"
    speed_kmh = params.speed_kmh(road_class)
    if kind != base:
        speed_kmh *= params.link_share
    limit = _speed(tags.get("maxspeed", ""))
    if limit is not None:
        speed_kmh = min(speed_kmh, max(limit * params.maxspeed_share, 5.0))
    traits = Traits(
        road_class=road_class,
        speed_kmh=speed_kmh,
        ways=_ways(tags, kind),
        name=tags.get("name:zh") or tags.get("name") or tags.get("ref", ""),
        max_width_m=_least(tags, ("maxwidth", "maxwidth:physical")),
        max_height_m=_least(tags, ("maxheight", "maxheight:physical")),
        max_weight_t=_least(tags, ("maxweight", "maxweightrating")),
    )
    return traits, ""


def _ways(tags: Tags, kind: str) -> int:
    oneway = tags.get("oneway", "")
    if oneway in {"-1", "reverse"}:
        return BACKWARD
    if oneway in {"yes", "1", "true"}:
        return FORWARD
    if oneway in {"no", "0", "false"}:
        return BOTH
    implied = tags.get("junction") in {"roundabout", "circular"} or kind == "motorway"
    return FORWARD if implied else BOTH


def _speed(text: str) -> float | None:
    if text in _WALKING_PACE:
        return _WALKING_PACE[text]
    found = re.match(r"^\s*(\d+(?:\.\d+)?)\s*(mph)?", text)
    if found is None:
        return None
    return float(found[1]) * (_KMH_PER_MPH if found[2] else 1.0)


def _least(tags: Tags, keys: Iterable[str]) -> float:
    limits = [_size(tags[key]) for key in keys if key in tags]
    return min((limit for limit in limits if limit is not None), default=NO_LIMIT)


def _size(text: str) -> float | None:
    """Metres or tonnes; feet and inches as ``12'6"``, kilograms with their unit.

    >>> _size("3.5"), _size("12'6\\""), _size("none"), _size("7500 kg")
    (3.5, 3.81, None, 7.5)
    """
    feet = re.match(r"^\s*(\d+)'\s*(?:(\d+)\"?)?", text)
    if feet is not None:
        return round(int(feet[1]) * 0.3048 + int(feet[2] or 0) * 0.0254, 3)
    found = re.match(r"^\s*(\d+(?:[.,]\d+)?)\s*(kg)?", text)
    if found is None:
        return None
    value = float(found[1].replace(",", "."))
    return value / 1000.0 if found[2] else value
