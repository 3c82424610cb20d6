"""What a run leaves behind, and reading it again to be scored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from qingshu.warn.backtest.errors import FileUnreadable
from qingshu.warn.backtest.files import instants, need_columns, numbers, places, read_table
from qingshu.warn.backtest.model import (
    HORIZONS_H,
    NEVER,
    Alarms,
    Ints,
    Played,
    Predictions,
    Problem,
    Watch,
)

ALARMS, PREDICTIONS = "alarms.csv", "predictions.parquet"
RUN, PROBLEMS, WATCHED = "run.json", "problems.csv", "watched.csv"
_TTO = ("tto_p10_h", "tto_p50_h", "tto_p90_h")
_CHANCES = tuple(f"p{hours}" for hours in HORIZONS_H)


def write(
    played: Played, names: list[str], problems: list[Problem], run: dict[str, Any], folder: Path
) -> None:
    """alarms.csv, predictions.parquet, watched.csv, problems.csv and run.json."""
    folder.mkdir(parents=True, exist_ok=True)
    tanks = pl.Series("tank", names, dtype=pl.String)
    _alarm_table(played.alarms, tanks).write_csv(
        folder / ALARMS, datetime_format="%Y-%m-%dT%H:%M:%S%.3fZ"
    )
    _prediction_table(played.predictions, tanks).write_parquet(folder / PREDICTIONS)
    pl.DataFrame(
        {
            "tank": tanks,
            "from_at": _at(played.watch.from_ms),
            "to_at": _at(played.watch.to_ms),
        }
    ).write_csv(folder / WATCHED, datetime_format="%Y-%m-%dT%H:%M:%S%.3fZ")
    pl.DataFrame(
        [(p.code, p.tank, p.count, p.message) for p in problems],
        schema={"code": pl.String, "tank": pl.String, "count": pl.Int64, "message": pl.String},
        orient="row",
    ).write_csv(folder / PROBLEMS)
    text = json.dumps(run, ensure_ascii=False, indent=1) + "\n"
    (folder / RUN).write_text(text, encoding="utf-8")


def _alarm_table(alarms: Alarms, tanks: pl.Series) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "tank": tanks.gather(alarms.tank),
            "raised_at": _at(alarms.raised_ms),
            "cleared_at": _at(alarms.cleared_ms),
            "kind": pl.Series(alarms.kind, dtype=pl.String),
            "grade": alarms.grade,
            "p24": _blank(alarms.p24, 4),
            **{name: _blank(getattr(alarms, name), 2) for name in _TTO},
            "reason": pl.Series(alarms.reason, dtype=pl.String),
        }
    )


def _prediction_table(found: Predictions, tanks: pl.Series) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "tank": tanks.gather(found.tank),
            "measured_at": _at(found.measured_ms),
            "received_at": _at(found.received_ms),
            "kind": pl.Series(["level"] * len(found), dtype=pl.String),
            "grade": found.grade,
            **{name: _blank(getattr(found, name), 6) for name in (*_CHANCES, *_TTO)},
            "score": _blank(found.score, 4),
        }
    )


def _at(ms: Ints) -> pl.Series:
    found = pl.Series(np.asarray(ms, np.int64))
    if len(found):
        found = found.set(found == NEVER, None)
    return found.cast(pl.Datetime("ms")).dt.replace_time_zone("UTC")


def _blank(values: Any, digits: int) -> pl.Series:
    return pl.Series(np.round(np.asarray(values, np.float64), digits)).fill_nan(None)


def read_run(folder: Path) -> tuple[dict[str, Any], list[str], Watch]:
    """What was run, on which tanks, and when each counts."""
    path = folder / RUN
    if not path.is_file():
        msg = f"Expected the output of `qingshu warn backtest` in {folder}, got no {RUN}."
        raise FileUnreadable(msg, out=str(folder))
    try:
        run: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        msg = f"Expected JSON in {RUN}, got something else."
        raise FileUnreadable(msg, file=RUN) from error
    table = read_table(folder / WATCHED)
    need_columns(table, ("tank", "from_at", "to_at"), WATCHED)
    return (
        run,
        table["tank"].cast(pl.String).to_list(),
        Watch(_ms(table, "from_at"), _ms(table, "to_at")),
    )


def read_alarms(folder: Path, names: list[str]) -> Alarms:
    """alarms.csv; a file without a row is a run without an alarm."""
    path = folder / ALARMS
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        msg = f"Expected {ALARMS} in {folder}: {str(error)[:200]}"
        raise FileUnreadable(msg, file=ALARMS) from error
    need_columns(table, ("tank", "raised_at", "cleared_at", "grade"), ALARMS)
    size = table.height
    grade = numbers(table["grade"]) if size else np.empty(0)

    def column(name: str) -> Any:
        return numbers(table[name]) if size and name in table.columns else np.full(size, np.nan)

    kind = table["kind"].fill_null("level").to_list() if "kind" in table.columns else []
    return Alarms(
        tank=places(table["tank"], names) if size else np.empty(0, np.int64),
        raised_ms=_ms(table, "raised_at"),
        cleared_ms=_ms(table, "cleared_at"),
        grade=np.nan_to_num(grade, nan=1.0).astype(np.int64),
        p24=column("p24"),
        tto_p10_h=column("tto_p10_h"),
        tto_p50_h=column("tto_p50_h"),
        tto_p90_h=column("tto_p90_h"),
        kind=kind or ["level"] * size,
        reason=[""] * size,
    )


def read_predictions(folder: Path, names: list[str]) -> Predictions | None:
    """predictions.parquet, None where the engine makes none."""
    path = folder / PREDICTIONS
    if not path.is_file():
        return None
    table = pl.read_parquet(path)
    if table.height == 0:
        return None
    need_columns(table, ("tank", "received_at", "p24"), PREDICTIONS)

    def column(name: str) -> Any:
        if name not in table.columns:
            return np.full(table.height, np.nan)
        return numbers(table[name])

    zeros = np.zeros(table.height, np.int64)
    return Predictions(
        places(table["tank"], names),
        _ms(table, "measured_at") if "measured_at" in table.columns else zeros,
        _ms(table, "received_at"),
        np.nan_to_num(column("grade")).astype(np.int64),
        *(column(name) for name in (*_CHANCES, *_TTO, "score")),
    )  # fmt: skip


def _ms(table: pl.DataFrame, name: str) -> Ints:
    if table.height == 0:
        return np.empty(0, np.int64)
    return instants(table[name]).fill_null(NEVER).cast(pl.Int64).to_numpy()
