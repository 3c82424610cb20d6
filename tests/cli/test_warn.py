"""``qingshu warn``: a world written, played, scored; errors by code."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from qingshu.cli.warn import command
from qingshu.kernel.errors import InvalidInput
from qingshu.warn.backtest.errors import FileUnreadable

ALARM_COLUMNS = [
    "tank", "raised_at", "cleared_at", "kind", "grade", "p24", "tto_p10_h", "tto_p50_h",
    "tto_p90_h", "reason",
]  # fmt: skip


def call(*args: str) -> str:
    done = CliRunner().invoke(command, list(args), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    call("world", "test", "--seed", "4", "--tanks", "12", "--days", "60", "--out", str(folder))
    return folder


def test_doors_when_a_world_is_played_and_scored_then_the_figures_are_whole(
    world: Path, tmp_path: Path
) -> None:
    """The whole way with the first rule."""
    run = json.loads(
        call(
            "backtest",
            "--tanks",
            str(world / "T.csv"),
            "--readings",
            str(world / "R.parquet"),
            "--rain",
            str(world / "F.csv"),
            "--warmup",
            "20d",
            "--engine",
            "first",
            "--out",
            str(tmp_path),
            "--json",
        )
    )
    assert run["tanks"] == 12
    assert run["readings"] > 80_000
    assert pl.read_csv(tmp_path / "alarms.csv").columns == ALARM_COLUMNS
    assert {"tank", "received_at", "p24"} <= set(
        pl.read_parquet(tmp_path / "predictions.parquet").columns
    )
    found = json.loads(
        call("score", "--truth", str(world / "E.csv"), "--causes", str(world / "C.csv"),
             "--rain", str(world / "F.csv"), "--out", str(tmp_path))
    )  # fmt: skip
    assert {"detected_2h", "detected_4h", "lead_h_median", "false_per_tank_year_95"} <= set(found)
    assert 1.2 < found["tank_years"] < 1.4
    assert (tmp_path / "score.json").is_file()


def test_backtest_when_the_learned_engine_plays_then_chances_and_hours_are_ordered(
    world: Path, tmp_path: Path
) -> None:
    """Probabilities grow with the horizon, quantiles with their level."""
    run = json.loads(
        call(
            "backtest",
            "--tanks",
            str(world / "T.csv"),
            "--readings",
            str(world / "R.parquet"),
            "--warmup",
            "20d",
            "--engine",
            "foresight",
            "--budget",
            "0.5",
            "--out",
            str(tmp_path),
            "--json",
        )
    )
    assert run["engine"] == "foresight"
    said = pl.read_parquet(tmp_path / "predictions.parquet")
    assert said.height == run["scored_readings"] > 0
    assert said["p24"].is_between(0, 1).all()
    assert (said["p2"] <= said["p24"]).all()
    assert (said["p24"] <= said["p72"]).all()
    assert (said["tto_p10_h"] <= said["tto_p90_h"]).all()
    assert (said["received_at"] >= said["measured_at"]).all()


def test_score_when_the_folder_holds_no_run_then_it_says_so(world: Path, tmp_path: Path) -> None:
    """A wrong folder."""
    with pytest.raises(FileUnreadable):
        call("score", "--truth", str(world / "E.csv"), "--out", str(tmp_path))


def test_backtest_when_the_warm_up_is_no_time_then_it_says_so(world: Path, tmp_path: Path) -> None:
    """Sixty what?"""
    with pytest.raises(InvalidInput):
        call(
            "backtest", "--tanks", str(world / "T.csv"), "--readings", str(world / "R.parquet"),
            "--warmup", "sixty", "--out", str(tmp_path),
        )  # fmt: skip
