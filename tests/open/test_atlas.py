"""The atlas: every tank once, sheets that fit, numbers that do not lie on each other."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.kernel.errors import NotFound, Unavailable
from qingshu.open.printing import sheetmap, typeset
from qingshu.open.printing.atlas import atlas_pdf
from qingshu.registry import service as registry_service
from qingshu.registry import store as registry
from qingshu.registry.model import Kind, Tank
from qingshu.runtime.db import Database
from tests.conftest import need
from tests.worlds.town_small import LAT, LON, Town, build_town_small


@pytest.fixture
def town(db: Database) -> Town:
    """Four tanks in one grid."""
    try:
        typeset.family()
    except Unavailable:
        need(False, "a Chinese font")
    return build_town_small(db)


def _text(pdf: bytes) -> list[str]:
    from pypdf import PdfReader

    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_atlas_when_one_grid_then_cover_index_map_and_table(db: Database, town: Town) -> None:
    """One sheet: four pages; the changed tank is named, the unchanged are not."""
    with db.write("account:lead") as tx:
        registry_service.update(tx, Kind.TANKS, town.tanks[1], {"volume_m3": 9.0})
    pages = _text(atlas_pdf(db, grid="G1"))
    assert len(pages) == 4
    table = pages[3].replace(" ", "").replace("\n", "")
    assert "裕园社区" in table
    assert "营市社区" in table
    assert "槐11-0002" in table
    assert "槐11-0001" not in table


def test_atlas_when_no_such_grid_then_not_found(db: Database, town: Town) -> None:
    """A wrong code prints nothing."""
    with pytest.raises(NotFound):
        atlas_pdf(db, grid="G9")


def _spread(db: Database, places: list[tuple[int, int]]) -> list[Tank]:
    with db.read() as conn:
        first = registry.tanks(conn)[0]
    return [
        replace(first, id=n, lat=LAT + a * 1e-4, lon=LON + b * 1e-4)
        for n, (a, b) in enumerate(places)
    ]


def test_cut_when_many_tanks_then_every_one_once_and_inside_its_frame(
    db: Database, town: Town
) -> None:
    """Sheets hold at most the limit, all tanks, and each lies within its margins."""
    tanks = _spread(db, [(n * 7 % 101, n * 13 % 97) for n in range(500)])
    sheets = list(sheetmap.cut(tanks))
    assert sorted(t.id for s in sheets for t in s) == list(range(500))
    for sheet in sheets:
        assert len(sheet) <= sheetmap.SHEET_TANKS
        frame = sheetmap.frame_of(sheet)
        for tank in sheet:
            x, y = frame.at(tank.lat, tank.lon)
            assert sheetmap.MARGIN_MM - 0.2 <= x <= sheetmap.MAP_W - sheetmap.MARGIN_MM + 0.2
            assert sheetmap.MARGIN_MM - 0.2 <= y <= sheetmap.MAP_H - sheetmap.MARGIN_MM + 0.2


@given(st.lists(st.tuples(st.floats(0, 182), st.floats(0, 244)), max_size=40))
def test_place_numbers_when_any_points_then_one_place_each(
    points: list[tuple[float, float]],
) -> None:
    """Every tank gets its number, however crowded."""
    assert len(sheetmap.place_numbers(points)) == len(points)


def test_frame_when_corner_then_degrees_of_the_page(db: Database, town: Town) -> None:
    """The frame's corner and its projection are each other's inverse."""
    frame = sheetmap.frame_of(_spread(db, [(0, 0), (50, 50)]))
    assert frame.corner(sheetmap.MAP_W / 2, sheetmap.MAP_H / 2)[0].endswith("N")
    x, y = frame.at(frame.lat, frame.lon)
    assert (x, y) == (sheetmap.MAP_W / 2, sheetmap.MAP_H / 2)


def test_atlas_when_two_grids_then_workers_set_them_in_order(db: Database, town: Town) -> None:
    """Every grid is set by a worker; the parts come back in the order of their codes."""
    with db.write("account:lead") as tx:
        row = {**registry.blank(Kind.GRIDS), "code": "G2", "name": "第二网格"}
        registry.add(tx, Kind.GRIDS, [row])
        other = registry.codes_of(tx.conn, Kind.GRIDS)["G2"]
        registry_service.update(tx, Kind.TANKS, town.tanks[3], {"grid_id": other})
    pages = _text(atlas_pdf(db, workers=2))
    assert len(pages) == 6
    heads = [page.replace(" ", "") for page in pages]
    assert "第一网格" in heads[2]
    assert "第二网格" in heads[4]
