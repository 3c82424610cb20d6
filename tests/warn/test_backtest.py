"""The backtest doors: strictly online, honest scoring, every bad input by its code."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from qingshu.kernel.errors import InvalidInput, QingshuError
from qingshu.warn.backtest import engines, files, play
from qingshu.warn.backtest.errors import (
    ColumnMissing,
    EngineUnknown,
    FileEmpty,
    FileUnreadable,
    TankRepeated,
    TankUnknown,
    TruthWrong,
    WarmupTooLong,
)
from qingshu.warn.backtest.model import HOUR_MS, NEVER, Series
from qingshu.warn.backtest.readings import read_readings

START_S = 1_767_225_600
TANKS = "tank,outlet_m,cover_m\nA,1.0,1.5\nB,2.0,2.6\n"


def save(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def rows(tank: str, levels: list[float], base: float = 1.0, step_s: int = 600) -> str:
    return "".join(
        f"{tank},{START_S + k * step_s},{base + level:.3f}\n" for k, level in enumerate(levels)
    )


def blocked(days: int = 4) -> list[float]:
    """Quiet days, then a rise of 30 cm in ten hours that stays for a while."""
    quiet = [0.02 + 0.004 * (k % 7) for k in range(days * 144)]
    return quiet + [0.03 + 0.005 * k for k in range(60)] + [0.33] * 30 + [0.02] * 60


@pytest.fixture
def tanks(tmp_path: Path) -> files.Tanks:
    return files.read_tanks(save(tmp_path, "T.csv", TANKS))[0]


def test_tank_list_when_cover_is_below_outlet_then_the_tank_is_left_out_and_named(
    tmp_path: Path,
) -> None:
    """One impossible tank does not stop the others."""
    found, problems = files.read_tanks(save(tmp_path, "T.csv", TANKS + "C,1.5,1.2\nD,,1\n"))
    assert found.usable.tolist() == [True, True, False, False]
    assert [(p.code, p.tank) for p in problems] == [
        ("cover_below_outlet", "C"),
        ("geometry_missing", "D"),
    ]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", FileEmpty),
        ("tank,outlet_m,cover_m\n", FileEmpty),
        ("tank,outlet\nA,1\n", ColumnMissing),
        (TANKS + "A,1,2\n", TankRepeated),
        ("tank,outlet_m,cover_m\nA,2,1\n", FileEmpty),
        ("tank,outlet_m,cover_m\n,1,2\n", ColumnMissing),
    ],
)
def test_tank_list_when_unusable_then_a_typed_error(
    tmp_path: Path, text: str, error: type[QingshuError]
) -> None:
    """Empty, headless, repeated, all impossible."""
    with pytest.raises(error):
        files.read_tanks(save(tmp_path, "T.csv", text))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", FileEmpty),
        ("tank,measured_at,level_m\n", FileEmpty),
        ("tank,level_m\nA,1\n", ColumnMissing),
        ("tank,measured_at,level_m\nX,1767225600,1.0\n", TankUnknown),
        ("tank,measured_at,level_m\nA,yesterday,1.0\n", FileEmpty),
        ("tank,measured_at,level_m\nA,1767225600,NaN\n", FileEmpty),
        ("tank,measured_at,level_m\nA,1767225600,102.0\n", FileEmpty),
    ],
)
def test_readings_when_none_is_usable_then_a_typed_error(
    tmp_path: Path, tanks: files.Tanks, text: str, error: type[QingshuError]
) -> None:
    """Never a crash."""
    with pytest.raises(error):
        read_readings(save(tmp_path, "R.csv", text), tanks)


def test_readings_when_some_rows_are_bad_then_each_is_counted_by_its_code(
    tmp_path: Path, tanks: files.Tanks
) -> None:
    """NaN, unreadable time, unknown tank, a repeat, shuffled order, a constant tank."""
    text = "tank,measured_at,level_m\n" + rows("A", [0.1, 0.2, 0.3])
    text += f"A,{START_S + 600},1.9\nA,{START_S + 60},1.1\nA,noon,1\nA,{START_S},nan\n"
    text += f"Z,{START_S},1\n" + rows("B", [0.0] * 20, 2.0)
    series, problems = read_readings(save(tmp_path, "R.csv", text), tanks)
    codes = {(p.code, p.tank): p.count for p in problems}
    assert codes == {
        ("level_not_a_number", "A"): 1,
        ("tank_not_listed", "Z"): 1,
        ("time_unreadable", "A"): 1,
        ("reading_repeated", "A"): 1,
        ("reading_out_of_order", "A"): 1,
        ("level_constant", "B"): 20,
    }
    assert len(series) == 4 + 20
    assert (np.diff(series.received_ms) >= 0).all()


def test_readings_when_a_tank_is_in_centimetres_then_it_is_named_and_left_out(
    tmp_path: Path, tanks: files.Tanks
) -> None:
    """The unit is flagged, never guessed."""
    text = "tank,measured_at,level_m\n" + rows("A", [0.1, 0.2, 0.3])
    text += "".join(f"B,{START_S + k * 600},{210 + k}\n" for k in range(5))
    series, problems = read_readings(save(tmp_path, "R.csv", text), tanks)
    suspect = [p for p in problems if p.code == "level_unit_suspect"]
    assert [p.tank for p in suspect] == ["B"]
    assert "centimetres" in suspect[0].message
    assert set(series.tank.tolist()) == {0}


def test_readings_when_a_clock_is_eight_hours_ahead_then_it_is_named(
    tmp_path: Path, tanks: files.Tanks
) -> None:
    """Rows from the future change nothing and are counted."""
    head = "tank,measured_at,received_at,level_m\n"
    text = head + "".join(
        f"A,{START_S + k * 600 + 28_800},{START_S + k * 600},1.{k % 9}\n" for k in range(300)
    )
    series, problems = read_readings(save(tmp_path, "R.csv", text), tanks)
    assert "clock_suspect" in {p.code for p in problems}
    player = engines.make("first", 0.1)
    played = play.play(player.engine, tanks, series, None, play.Plan(warmup_ms=0))
    assert len(played.alarms) == 0
    assert [(p.code, p.count) for p in played.problems] == [("clock_off", 300)]


@pytest.mark.parametrize(
    "time", ["2026-01-01T00:00:00Z", "2026-01-01 08:00:00+08:00", "1767225600", "1767225600.0"]
)
def test_readings_when_times_differ_in_form_then_they_are_the_same_instant(
    tmp_path: Path, tanks: files.Tanks, time: str
) -> None:
    """ISO with a zone, epoch seconds."""
    path = save(tmp_path, "R.csv", f"tank,measured_at,level_m\nA,{time},1.0\n")
    series, problems = read_readings(path, tanks)
    assert series.measured_ms.tolist() == [START_S * 1000]
    assert problems == []


def test_readings_when_times_have_no_zone_then_it_is_said(
    tmp_path: Path, tanks: files.Tanks
) -> None:
    """Read as UTC, not silently."""
    path = save(tmp_path, "R.csv", "tank,measured_at,level_m\nA,2026-01-01 00:00:00,1.0\n")
    series, problems = read_readings(path, tanks)
    assert series.measured_ms.tolist() == [START_S * 1000]
    assert [p.code for p in problems] == ["time_without_zone"]


def test_readings_when_the_file_is_no_parquet_then_a_typed_error(
    tmp_path: Path, tanks: files.Tanks
) -> None:
    """A name ending in .parquet with text inside."""
    with pytest.raises(FileUnreadable):
        read_readings(save(tmp_path, "R.parquet", "tank,measured_at,level_m\n"), tanks)


def test_readings_when_sorted_by_tank_then_tanks_are_played_side_by_side(
    tmp_path: Path, tanks: files.Tanks
) -> None:
    """A file of one tank after the other is not a year of late readings."""
    text = "tank,measured_at,level_m\n" + rows("A", [0.1] * 9) + rows("B", [0.1] * 9, 2.0)
    series, problems = read_readings(save(tmp_path, "R.csv", text), tanks)
    assert series.tank.tolist() == [0, 1] * 9
    assert {p.code for p in problems} <= {"level_constant"}


def played(series: Series, tanks: files.Tanks) -> play.Played:
    player = engines.make("first", 0.1)
    return play.play(player.engine, tanks, series, None, play.Plan(warmup_ms=24 * HOUR_MS))


def test_play_when_a_tank_fills_then_one_alarm_is_raised_and_cleared(
    tmp_path: Path, tanks: files.Tanks
) -> None:
    """Raised when the reading that decided arrived, with a reason and an interval."""
    path = save(tmp_path, "R.csv", "tank,measured_at,level_m\n" + rows("A", blocked()))
    series, _ = read_readings(path, tanks)
    alarms = played(series, tanks).alarms
    assert len(alarms) == 1
    assert alarms.raised_ms[0] in set(series.received_ms.tolist())
    assert alarms.cleared_ms[0] > alarms.raised_ms[0]
    assert alarms.tto_p10_h[0] <= alarms.tto_p50_h[0] <= alarms.tto_p90_h[0]
    assert alarms.reason[0]


def test_play_when_the_future_is_cut_off_then_the_past_stays_as_it_was(
    tmp_path: Path, tanks: files.Tanks
) -> None:
    """No later reading is visible: a prefix gives a prefix."""
    text = "tank,measured_at,level_m\n" + rows("A", blocked()) + rows("B", blocked(3), 2.0)
    series, _ = read_readings(save(tmp_path, "R.csv", text), tanks)
    whole = played(series, tanks).alarms
    for share in (0.7, 0.8, 0.9):
        size = int(len(series) * share)
        cut = Series(*(getattr(series, name)[:size] for name in Series.__slots__))
        part = played(cut, tanks).alarms
        known = whole.raised_ms <= cut.received_ms[-1]
        assert part.raised_ms.tolist() == whole.raised_ms[known].tolist()
        later = (part.cleared_ms == NEVER) | (part.cleared_ms == whole.cleared_ms[known])
        assert later.all()


def test_play_when_the_warm_up_is_longer_than_the_record_then_it_says_so(
    tmp_path: Path, tanks: files.Tanks
) -> None:
    """Sixty days of warm-up need more than sixty days."""
    path = save(tmp_path, "R.csv", "tank,measured_at,level_m\n" + rows("A", [0.1, 0.2]))
    series, _ = read_readings(path, tanks)
    with pytest.raises(WarmupTooLong):
        play.play(engines.make("first", 0.1).engine, tanks, series, None, play.Plan())


def test_engine_when_unknown_or_the_budget_is_wrong_then_it_says_so() -> None:
    """No silent fallback."""
    with pytest.raises(EngineUnknown):
        engines.make("oracle", 0.1)
    with pytest.raises(InvalidInput):
        engines.make("first", 0.0)


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("A,,2026-01-02T00:00:00Z,", TruthWrong),
        ("A,2026-01-03T00:00:00Z,2026-01-02T00:00:00Z,", TruthWrong),
        ("A,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z,2026-01-01T12:00:00Z", TruthWrong),
        ("Z,2026-01-01T00:00:00Z,,", TankUnknown),
    ],
)
def test_truth_when_it_contradicts_itself_then_a_typed_error(
    tmp_path: Path, row: str, error: type[QingshuError]
) -> None:
    """Onset, overflow and clearing in that order, of tanks that were played."""
    path = save(tmp_path, "E.csv", f"tank,onset_at,overflow_at,cleared_at\n{row}\n")
    with pytest.raises(error):
        files.read_truth(path, ["A"])


def test_rain_when_rows_are_bad_then_they_are_counted(tmp_path: Path) -> None:
    """Negative depths and unreadable times."""
    path = save(tmp_path, "F.csv", f"time,mm\n{START_S},2\n{START_S + 600},-1\nnoon,3\n")
    rain, problems = files.read_rain(path)
    assert rain.mm.tolist() == [2.0]
    assert [(p.code, p.count) for p in problems] == [("rain_row_bad", 2)]


def test_readings_when_written_as_parquet_then_the_same_series(
    tmp_path: Path, tanks: files.Tanks
) -> None:
    """csv and parquet are one."""
    text = "tank,measured_at,level_m\n" + rows("A", blocked())
    path = save(tmp_path, "R.csv", text)
    table: Any = [row for row in csv.DictReader(text.splitlines())]
    pl.DataFrame(
        {
            "tank": [row["tank"] for row in table],
            "measured_at": [int(row["measured_at"]) for row in table],
            "level_m": [float(row["level_m"]) for row in table],
        }
    ).write_parquet(tmp_path / "R.parquet")
    one, two = read_readings(path, tanks)[0], read_readings(tmp_path / "R.parquet", tanks)[0]
    assert np.array_equal(one.measured_ms, two.measured_ms)
    assert np.allclose(one.level_m, two.level_m)
