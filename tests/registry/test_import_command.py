"""``qingshu import`` as a person at a terminal meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from qingshu.cli.import_ import command
from qingshu.runtime import schema
from qingshu.runtime.db import Database
from qingshu.runtime.settings import FILE_NAME, Settings


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """An empty workspace on disk."""
    (tmp_path / FILE_NAME).write_text("", encoding="utf-8")
    db = Database(Settings(directory=tmp_path))
    schema.upgrade(db)
    db.close()
    return tmp_path


def _run(workspace: Path, text: str, *more: str) -> tuple[int, str]:
    table = workspace / "table.csv"
    table.write_bytes(text.encode("gb18030"))
    result = CliRunner().invoke(command, [more[0], str(table), "--to", str(workspace), *more[1:]])
    return result.exit_code, result.output


def test_import_when_good_then_words_and_json(workspace: Path) -> None:
    """Dry run, then saved, then as stored."""
    text = "街道编码,街道名称,备注\nO1,泺源街道,x\n"
    assert "would be 1 new" in _run(workspace, text, "offices", "--dry-run")[1]
    code, output = _run(workspace, text, "offices", "--json")
    figures = json.loads(output)
    assert (code, figures["imported"], figures["ignored_columns"]) == (0, 1, ["备注"])
    assert "1 as stored" in _run(workspace, text, "offices")[1]


def test_import_when_bad_then_exit_code_rows_and_error_file(workspace: Path) -> None:
    """Exit code 1, the row and its code on screen, all of them in a csv."""
    errors = workspace / "errors.csv"
    text = "code,name,lat,lon\nO1,泺源街道,136,117\n"
    code, output = _run(workspace, text, "offices", "--errors", str(errors))
    assert code == 1
    assert "row 2 lat [coordinate_out_of_range]" in output
    assert "coordinate_out_of_range" in errors.read_text(encoding="utf-8")


def test_import_when_where_and_set_then_rows_chosen_and_filled(workspace: Path) -> None:
    """Part of a national list, with a value the list does not have."""
    text = "code,name,areaCode\n1,甲街道,370103\n2,乙街道,370104\n3,丙街道,370105\n"
    more = ("--where", "areaCode=370103,370104", "--json")
    assert json.loads(_run(workspace, text, "offices", *more)[1])["created"] == 2


def test_import_reports_then_figures(workspace: Path) -> None:
    """Exported orders through the same command."""
    text = "工单编号,内容\nA1,化粪池外溢\n"
    code, output = _run(workspace, text, "reports", "--json")
    assert (code, json.loads(output)["received"]) == (0, 1)


def test_import_when_receipts_then_words_codes_and_json(workspace: Path) -> None:
    """A plant's book: unknown trucks are listed, then added by capacity, then known."""
    plants = "code,name,lat,lon,capacity\nP1,西区处理厂,36.65,116.93,300\n"
    assert _run(workspace, plants, "plants")[0] == 0
    book = "车牌,处理厂,日期,时间\nA 1,P1,2015-03-30,10:53:03\nB 2,P1,2015-03-30,11:00:00\n"
    code, output = _run(workspace, book, "receipts")
    assert code == 1
    assert "unknown trucks: A 1, B 2" in output
    assert "row 2 truck [unknown_truck]" in output
    code, output = _run(workspace, book, "receipts", "--register", "4", "--zone", "UTC", "--json")
    figures = json.loads(output)
    assert (code, figures["imported"], figures["first_at"]) == (0, 2, "2015-03-30T10:53:03Z")
    assert "2 as stored" in _run(workspace, book, "receipts", "--zone", "UTC")[1]
