"""Tables of both languages come in whole or not at all, and every bad row says why."""

from __future__ import annotations

import io
import json
import os
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from qingshu.kernel.geodesy import Frame, Point, distance_m, from_wgs84
from qingshu.registry import service, store
from qingshu.registry.errors import FileTooLarge, MissingColumn, UnreadableFile
from qingshu.registry.imports.parse import Choice
from qingshu.registry.imports.run import error_report, run_import
from qingshu.registry.model import ImportResult, Kind
from qingshu.runtime import deadletters, eventlog
from qingshu.runtime.db import Database
from qingshu.runtime.vault import vault_of
from tests.conftest import need
from tests.worlds.town_small import build_town_small

SHARED = Path(os.environ.get("QINGSHU_SHARED", Path(__file__).parents[3] / "shared"))
HEADS_ZH = "池号,位置,街道,社区,纬度,经度,长(m),宽(m),深度(cm),出水口高(毫米),户数,低洼"
ROW_ZH = "槐11-0427,裕园社区3号楼西,中大槐树街道,裕园社区,36.655,116.975,4,2,220,1800,36,是"


def _import(db: Database, kind: str, text: str | bytes, **how: object) -> ImportResult:
    body = text.encode() if isinstance(text, str) else text
    return run_import(db, kind, "table", body, actor="account:ada", **how)  # type: ignore[arg-type]


def _xlsx(*rows: tuple[object, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_import_when_chinese_heads_with_units_then_stored_in_metres(
    db: Database, encoding: str
) -> None:
    """Heads, units in heads, names instead of codes, and any usual encoding."""
    town = build_town_small(db)
    result = _import(db, "tanks", f"{HEADS_ZH}\r\n{ROW_ZH}\r\n".encode(encoding))
    assert (result.errors, result.created, result.imported) == ((), 1, 1)
    with db.read() as conn:
        tank = store.tank_by_code(conn, "槐11-0427")
    assert tank is not None
    assert (tank.depth_m, tank.outlet_m, tank.cover_m, tank.area_m2) == (2.2, 1.8, 2.2, 8.0)
    assert (tank.volume_m3, tank.households, tank.low_lying) == (14.4, 36, True)
    assert (tank.office_id, tank.community_id) == (town.office, town.communities[0])
    assert tank.grid_id == town.grid


def test_import_when_english_xlsx_under_a_title_then_head_row_is_found(db: Database) -> None:
    """A title row above the heads, numbers as numbers and a real date."""
    body = _xlsx(
        ("Tanks of 2026", None),
        ("code", "name", "lat", "lon", "area_m2", "depth_m", "last_desludged_on"),
        (1001.0, "North yard", 36.6, 117.0, 6, 2.0, date(2026, 3, 5)),
    )
    assert _import(db, "tanks", body).errors == ()
    with db.read() as conn:
        tank = store.tank_by_code(conn, "1001")
    assert tank is not None
    assert tank.last_desludged_on == date(2026, 3, 5)


def test_import_when_geojson_in_gcj02_then_point_is_wgs84(db: Database) -> None:
    """Coordinates of a Chinese map service come back within 0.1 m."""
    true = Point(36.6512, 116.9972)
    lat, lon = from_wgs84(true, Frame.GCJ02)
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {"code": "P1", "name": "West", "capacity_m3_day": 300},
    }
    body = json.dumps({"type": "FeatureCollection", "features": [feature]})
    assert _import(db, "plants", body, choice=Choice(frame=Frame.GCJ02)).errors == ()
    with db.read() as conn:
        plant = store.plant_by_code(conn, "P1")
    assert plant is not None
    assert distance_m(Point(plant.lat, plant.lon), true) < 0.1


def test_import_when_rows_are_bad_then_each_is_named_and_nothing_saved(db: Database) -> None:
    """Row numbers are those of the spreadsheet; the good row waits with the bad ones."""
    text = (
        "code,name,lat,lon,area_m2,depth_m,outlet_m,cover_m,volume_m3,office\n"
        "A,good,36.6,117.0,4,2,1.5,2,6,\n"
        "A,twice,36.6,117.0,4,2,1.5,2,6,\n"
        "B,low cover,36.6,117.0,4,2,1.5,1.2,6,\n"
        "C,big,36.6,117.0,4,2,1.5,2,600,\n"
        "D,swapped,117.0,36.6,4,2,1.5,2,6,\n"
        "E,deep,36.6,117.0,4,two,1.5,2,6,\n"
        "F,lost,36.6,117.0,4,2,1.5,2,6,不存在街道\n"
        "3.7E+11,rounded,36.6,117.0,4,2,1.5,2,6,\n"
        ",none,36.6,117.0,4,2,1.5,2,6,\n"
    )
    result = _import(db, "tanks", text)
    found = {(p.row, p.field, p.code) for p in result.errors}
    assert found >= {
        (3, "code", "duplicate_code"), (4, "cover_m", "cover_below_outlet"),
        (5, "volume_m3", "volume_implausible"), (6, "lat", "coordinates_swapped"),
        (7, "depth_m", "not_a_number"), (8, "office_id", "unknown_reference"),
        (9, "code", "code_rounded"), (10, "code", "missing_value"),
    }  # fmt: skip
    assert result.imported == 0
    with db.read() as conn:
        assert store.tanks(conn) == []
        assert eventlog.head(conn) == 0
    assert error_report(result.errors).count("\n") == len(result.errors) + 1


def test_import_when_bad_rows_are_skipped_then_the_good_are_saved(db: Database) -> None:
    """``skip_bad`` is said, never assumed."""
    text = "code,name,district\nO1,泺源街道,历下区\nO1,又一个,历下区\n"
    result = _import(db, "offices", text, skip_bad=True)
    assert (result.imported, len(result.errors)) == (1, 1)


def test_import_when_dry_run_then_no_trace(db: Database) -> None:
    """A dry run says what would happen; rows, history and log stay as they were."""
    result = _import(db, "offices", "code,name\nO1,泺源街道\n", dry_run=True)
    assert (result.created, result.imported, result.dry_run) == (1, 0, True)
    with db.read() as conn:
        assert store.offices(conn) == []
        assert eventlog.head(conn) == 0


def test_import_when_again_with_changes_then_history_names_the_field(db: Database) -> None:
    """The same code is an update; empty cells leave what is stored."""
    _import(db, "offices", "code,name,district\nO1,泺源街道,历下区\nO2,杆石桥街道,市中区\n")
    result = _import(db, "offices", "code,name,district\nO1,泺源街道,市中区\nO2,杆石桥街道,\n")
    assert (result.created, result.updated, result.unchanged) == (0, 1, 1)
    with db.read() as conn:
        office = next(o for o in store.offices(conn) if o.code == "O1")
        changes = store.changes(conn, Kind.OFFICES, office.id)
        kinds = [e.kind for e in eventlog.tail(conn, 0)]
    newest = changes[0]
    assert (newest.field, newest.old, newest.new) == ("district", "历下区", "市中区")
    assert newest.actor == "account:ada"
    assert [c.field for c in changes] == ["district", "*"]
    assert kinds == ["registry.imported", "registry.imported"]


def test_import_people_then_names_are_sealed_everywhere(db: Database) -> None:
    """Neither table, history nor log holds a name or number in the clear."""
    _import(db, "people", "工号,姓名,电话,岗位\n0217,李建国,138 0000 0217,班长\n")
    _import(db, "people", "工号,姓名,电话\n0217,李建国,13800000218\n")
    with db.read() as conn:
        person = store.person_by_code(conn, "0217")
        assert person is not None
        changes = store.changes(conn, Kind.PEOPLE, person.id)
        said = str([e.payload for e in eventlog.tail(conn, 0)]) + str(changes) + str(person)
    assert "李建国" not in said
    assert "13800000218" not in said
    vault = vault_of(db.settings.directory)
    assert service.contact(vault, person).phone == "13800000218"
    assert service.masked(vault, person).name == "李**"
    assert person.phone_print == vault.fingerprint("13800000218")


def test_import_history_then_newest_day_is_kept(db: Database) -> None:
    """Old dates are kept as records; the tank shows the newest."""
    town = build_town_small(db)
    text = "池号,清疏日期\n槐11-0001,2025年12月1日\n槐11-0001,2026/9/30\n槐11-0002,2020-01-01\n"
    assert _import(db, "history", text).imported == 3
    with db.read() as conn:
        first, second = (store.tank(conn, i) for i in town.tanks[:2])
        assert len(store.desludgings(conn, town.tanks[0])) == 2
    assert first is not None
    assert second is not None
    assert first.last_desludged_on == date(2026, 9, 30)
    assert second.last_desludged_on == date(2026, 5, 1)


def test_import_history_when_in_the_future_or_unknown_then_refused(db: Database) -> None:
    """Nothing is saved of a file with a day that has not come."""
    build_town_small(db)
    result = _import(db, "history", "池号,日期\n槐11-0001,2027-01-01\n没有,2026-01-01\n")
    assert [p.code for p in result.errors] == ["in_the_future", "unknown_tank"]
    assert result.imported == 0


@pytest.mark.parametrize(
    "body",
    [
        b"", b"   \n", b"\xd0\xcf\x11\xe0old xls", b"PK\x03\x04 cut off",
        b"{\"type\": \"Feature\"}", b"code,name\n\x00\x01\x02", b"\xff\xfe\xd8\xd8\x00",
        b'code,name\nA,"' + b"x" * 200_000,
    ],
)  # fmt: skip
def test_import_when_file_is_broken_then_typed_error(db: Database, body: bytes) -> None:
    """A broken file is refused as a whole with one sentence, counted and kept."""
    with pytest.raises(UnreadableFile):
        _import(db, "offices", body)
    with db.read() as conn:
        assert deadletters.counts(conn) == {"import:unreadable_file": 1}


def test_import_when_xlsx_is_cut_or_another_zip_then_typed_error(db: Database) -> None:
    """Every cut of a workbook is refused as unreadable, never as a crash."""
    body = _xlsx(("code", "name"), ("O1", "泺源街道"))
    for length in range(100, len(body) - 1, 397):
        with pytest.raises(UnreadableFile):
            _import(db, "offices", body[:length])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "no workbook")
    with pytest.raises(UnreadableFile):
        _import(db, "offices", out.getvalue())


def test_import_when_bomb_or_huge_then_too_large(db: Database) -> None:
    """What a workbook unpacks to is looked at before it is unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 210_000_000)
    assert len(out.getvalue()) < 1_000_000
    with pytest.raises(FileTooLarge):
        _import(db, "offices", out.getvalue())
    with pytest.raises(FileTooLarge):
        _import(db, "offices", b"code,name\n" + b"x" * 10_000_001)


def test_import_when_a_needed_column_is_absent_then_its_heads_are_named(db: Database) -> None:
    """The sentence tells which heads would have been understood."""
    with pytest.raises(MissingColumn, match="深度"):
        _import(db, "tanks", "池号,位置,纬度,经度\nA,某处,36.6,117\n")
    with pytest.raises(MissingColumn, match="编号"):
        _import(db, "tanks", "位置,深度\n某处,2\n")


def test_import_when_real_offices_then_all_communities_find_theirs(db: Database) -> None:
    """The 33 offices of 市中 and 槐荫 and their 421 communities, from the national list."""
    folder = SHARED / "data" / "boundaries_jinan"
    need(folder.exists(), "shared data")
    choice = Choice(where={"areaCode": frozenset({"370103", "370104"})})
    streets = (folder / "streets_370100.csv").read_bytes()
    villages = (folder / "villages_370100.csv").read_bytes()
    assert _import(db, "offices", streets, choice=choice).imported == 33
    result = _import(db, "communities", villages, choice=choice)
    assert (result.imported, result.errors) == (421, ())
