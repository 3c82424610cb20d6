"""The city: repeatable, complete, drivable, and acceptable at the import door."""

from __future__ import annotations

from collections import deque
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from qingshu.cli.demo import _import
from qingshu.dispatch.roads.edge_list import read_edge_list
from qingshu.dispatch.roads.params import RoadParams
from qingshu.kernel.errors import InvalidInput
from qingshu.runtime.db import Database
from qingshu.twin.params import WorldParams
from qingshu.twin.sheets import ORDER, write_roads, write_sheets
from qingshu.twin.streets import Streets
from qingshu.twin.world import World, build, load_offices
from tests.conftest import START, need

SHARED = Path(__file__).resolve().parents[3] / "shared"


def test_world_when_built_twice_from_one_seed_then_its_files_are_the_same_bytes(
    small: World, tmp_path: Path
) -> None:
    """The demo city is repeatable down to the byte."""
    again = build(small.params)
    one = write_sheets(small, tmp_path / "one", date(2026, 11, 24))
    two = write_sheets(again, tmp_path / "two", date(2026, 11, 24))
    assert all(one[kind].read_bytes() == two[kind].read_bytes() for kind in ORDER)


def test_world_when_built_from_another_seed_then_it_is_another_city(small: World) -> None:
    """The seed is not decoration."""
    other = build(WorldParams(seed=8, tanks=300, sensors=90, trucks=10))
    assert not np.array_equal(small.tanks.x, other.tanks.x)


def test_offices_when_loaded_then_33_real_names_lie_in_28_grids() -> None:
    """17 offices of 市中 and 16 of 槐荫, as the newspaper says: 33 offices, 28 grids."""
    offices = load_offices()
    by_district = [sum(o.district == d for o in offices) for d in ("市中", "槐荫")]
    assert by_district == [17, 16]
    assert len({o.grid for o in offices}) == 28
    assert len({o.code for o in offices}) == len({o.name for o in offices}) == 33


def test_offices_when_compared_with_the_public_list_then_every_name_is_on_it() -> None:
    """Names are public administrative facts; none is misspelt."""
    path = SHARED / "data" / "boundaries_jinan" / "streets_370100.csv"
    need(path.exists(), "shared data")
    lines = [line.split(",") for line in path.read_text(encoding="utf-8-sig").splitlines()]
    public = {line[1] for line in lines if line[2] in ("370103", "370104")}
    assert {o.name for o in load_offices()} == public


def test_tanks_when_named_then_codes_and_names_are_unique_and_yuyuan_exists() -> None:
    """裕园社区 of 中大槐树 is where the story began."""
    world = build(WorldParams())
    assert len(set(world.tanks.codes)) == 2000
    assert len(set(world.tanks.labels)) == 2000
    assert len({c.name for c in world.communities}) == len(world.communities)
    yuyuan = next(c for c in world.communities if c.name == "裕园社区")
    assert world.offices[yuyuan.office].name == "中大槐树街道"
    assert any(label.startswith("裕园社区") for label in world.tanks.labels)


def test_tanks_when_measured_then_water_fits_under_the_cover(small: World) -> None:
    """0 < outlet < cover; freeboard 0.25 to 0.8 m; volume = area x outlet within rounding."""
    t = small.tanks
    freeboard = t.cover_m - t.outlet_m
    assert t.outlet_m.min() > 1.0
    assert freeboard.min() >= 0.24
    assert freeboard.max() <= 0.81
    assert np.allclose(t.area_m2 * t.outlet_m, t.volume_m3, rtol=0.02, atol=0.02)


def test_streets_when_driven_then_every_junction_is_reached_and_left(small: World) -> None:
    """One-way streets leave no trap: the graph is strongly connected."""
    roads = small.streets
    count = len(roads.x)
    assert _reached(roads, count, forward=True) == count
    assert _reached(roads, count, forward=False) == count


def _reached(roads: Streets, count: int, *, forward: bool) -> int:
    out: list[list[int]] = [[] for _ in range(count)]
    for tail, head, oneway in zip(
        roads.tail.tolist(), roads.head.tolist(), roads.oneway, strict=True
    ):
        a, b = (tail, head) if forward else (head, tail)
        out[a].append(b)
        if not oneway:
            out[b].append(a)
    seen, queue = {0}, deque([0])
    while queue:
        for node in out[queue.popleft()]:
            if node not in seen:
                seen.add(node)
                queue.append(node)
    return len(seen)


def test_sheets_when_imported_then_every_row_is_taken(
    small: World, db: Database, tmp_path: Path
) -> None:
    """The twin's tables pass the same import door as a station's own."""
    written = write_sheets(small, tmp_path / "sheets", START.date())
    for kind in ORDER:
        _import(db, kind, written[kind])


def test_roads_when_read_by_the_road_engine_then_no_edge_is_refused(
    small: World, tmp_path: Path
) -> None:
    """Classes, widths, names and one-ways are in the words of `roads import`."""
    builder = read_edge_list(*write_roads(small, tmp_path), RoadParams())
    graph = builder.build()
    assert len(graph.tail) == len(small.streets.tail)
    assert {"primary", "secondary", "residential"} <= set(graph.classes)


@pytest.mark.parametrize("tanks", [10, 60_000])
def test_params_when_out_of_range_then_refused(tanks: int) -> None:
    """50 to 50,000 tanks."""
    with pytest.raises(InvalidInput):
        WorldParams(tanks=tanks)
