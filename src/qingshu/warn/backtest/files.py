"""Reading the files of a backtest: every refusal has a code, nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from qingshu.warn.backtest.errors import (
    ColumnMissing,
    FileEmpty,
    FileUnreadable,
    TankRepeated,
    TankUnknown,
    TruthWrong,
)
from qingshu.warn.backtest.model import NEVER, Causes, Floats, Problem, Rain, Tanks, Truth

_FORMATS = ("%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%d%z")
_ZONE = r"(?:Z|[+-]\d{2}:?\d{2})$"
# Levels above a datum may be negative or hundreds of metres; the engines want a floor.
_FLOOR_BELOW_OUTLET_M = 1.5
_EARLIEST_MS, _LATEST_MS = 0, 4_102_444_800_000  # 1970 to 2100.


def read_table(path: Path) -> pl.DataFrame:
    """A csv or parquet file; raises :class:`FileUnreadable` or :class:`FileEmpty`."""
    try:
        if path.suffix.lower() == ".parquet":
            found = pl.read_parquet(path)
        else:
            found = pl.read_csv(path, infer_schema_length=10_000, ignore_errors=False)
    except pl.exceptions.NoDataError as error:
        msg = f"Expected rows in {path.name}, got an empty file."
        raise FileEmpty(msg, file=path.name) from error
    except (pl.exceptions.PolarsError, OSError, UnicodeError) as error:
        if path.suffix.lower() != ".parquet" and isinstance(error, pl.exceptions.ComputeError):
            return _as_text(path)
        msg = f"Expected {path.name} to be csv or parquet: {str(error)[:200]}"
        raise FileUnreadable(msg, file=path.name) from error
    return _named(found, path)


def _as_text(path: Path) -> pl.DataFrame:
    """A csv whose later rows contradict its first: every column as text."""
    try:
        return _named(pl.read_csv(path, infer_schema=False), path)
    except pl.exceptions.PolarsError as error:
        msg = f"Expected {path.name} to be csv: {str(error)[:200]}"
        raise FileUnreadable(msg, file=path.name) from error


def _named(found: pl.DataFrame, path: Path) -> pl.DataFrame:
    found = found.rename({name: name.strip().lstrip("\ufeff").lower() for name in found.columns})
    if found.height == 0:
        msg = f"Expected rows in {path.name}, got none."
        raise FileEmpty(msg, file=path.name)
    return found


def need_columns(found: pl.DataFrame, names: Sequence[str], what: str) -> None:
    """Refuse a table that lacks a column."""
    missing = [name for name in names if name not in found.columns]
    if missing:
        msg = (
            f"Expected columns {', '.join(names)} in {what}, got {', '.join(found.columns)}: "
            f"{', '.join(missing)} missing."
        )
        raise ColumnMissing(msg, **dict.fromkeys(missing, "missing"))


def instants(column: pl.Series) -> pl.Series:
    """ISO 8601 text, epoch seconds or datetimes as milliseconds; null where unreadable.

    Text without a zone is UTC; the caller reports it.

    >>> instants(pl.Series(["2026-01-01T00:00:00Z", "2026-01-01 08:00:00+08:00", "x"])).to_list()
    [1767225600000, 1767225600000, None]
    >>> instants(pl.Series([1767225600.5])).to_list()
    [1767225600500]
    """
    kind = column.dtype
    if isinstance(kind, pl.Datetime):
        if kind.time_zone is None:
            column = column.dt.replace_time_zone("UTC")
        ms = column.dt.epoch("ms")
    elif kind == pl.Date:
        ms = column.cast(pl.Datetime("ms")).dt.epoch("ms")
    elif kind.is_numeric():
        ms = _seconds(column)
    else:
        ms = _text_instants(column.cast(pl.String).str.strip_chars())
    return ms.set((ms < _EARLIEST_MS) | (ms > _LATEST_MS), None) if ms.len() else ms


def _seconds(column: pl.Series) -> pl.Series:
    seconds = column.cast(pl.Float64)
    seconds = seconds.set(~seconds.is_finite().fill_null(value=False), None)
    seconds = seconds.set(seconds.abs() > 1e12, None)
    return (seconds * 1000).round().cast(pl.Int64, strict=False)


def _text_instants(text: pl.Series) -> pl.Series:
    frame = text.to_frame("t").select(
        pl.when(pl.col("t").str.contains(_ZONE))
        .then(pl.col("t"))
        .otherwise(pl.col("t") + "+00:00")
        .str.replace(r"Z$", "+00:00")
        .str.replace(r"^(\d{4}-\d{2}-\d{2}) ", "${1}T")
    )
    parsed = frame.select(
        pl.coalesce(
            pl.col("t").str.to_datetime(form, strict=False, time_zone="UTC", time_unit="ms")
            for form in _FORMATS
        )
    ).to_series()
    seconds = _seconds(text.cast(pl.Float64, strict=False))
    return parsed.dt.epoch("ms").fill_null(seconds)


def zoneless(column: pl.Series) -> bool:
    """Whether these are texts of which the first usable one states no zone."""
    if isinstance(column.dtype, pl.Datetime):
        return column.dtype.time_zone is None
    if column.dtype != pl.String:
        return False
    first = column.drop_nulls().head(1).str.strip_chars()
    return bool(len(first)) and not first.str.contains(_ZONE)[0] and ":" in first[0]


def numbers(column: pl.Series) -> Floats:
    """Finite numbers, NaN for anything else.

    >>> numbers(pl.Series(["1.5", "x", None])).tolist()
    [1.5, nan, nan]
    """
    found = column.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    return np.where(np.isfinite(found), found, np.nan)


def read_tanks(path: Path) -> tuple[Tanks, list[Problem]]:
    """The list of tanks; a tank with an impossible geometry is left out and named."""
    found = read_table(path)
    need_columns(found, ("tank", "outlet_m", "cover_m"), path.name)
    names = found["tank"].cast(pl.String).str.strip_chars()
    if names.null_count() or (names == "").any():
        msg = f"Expected a name of every tank in {path.name}, got a blank one."
        raise ColumnMissing(msg, tank="blank")
    twice = names.filter(names.is_duplicated()).unique(maintain_order=True)
    if len(twice):
        msg = f"Expected each tank once in {path.name}, got {twice[0]!r} more than once."
        raise TankRepeated(msg, **{str(name): "repeated" for name in twice.head(20)})
    outlet, cover = numbers(found["outlet_m"]), numbers(found["cover_m"])
    problems = []
    usable = np.isfinite(outlet) & np.isfinite(cover) & (cover > outlet)
    for k in np.flatnonzero(~usable).tolist():
        code = "cover_below_outlet" if np.isfinite(outlet[k] + cover[k]) else "geometry_missing"
        message = f"Expected cover above outlet, got outlet {outlet[k]} and cover {cover[k]}."
        problems.append(Problem(code, names[k], 1, message + " The tank is left out."))
    if not usable.any():
        msg = f"Expected a usable tank in {path.name}, got none: {problems[0].message}"
        raise FileEmpty(msg, file=path.name, code=problems[0].code)
    model = found["sensor_model"] if "sensor_model" in found.columns else None
    floor = np.where(usable, outlet - _FLOOR_BELOW_OUTLET_M, 0.0)
    tanks = Tanks(
        names.to_list(), outlet - floor, cover - floor, floor,
        [""] * len(names) if model is None else model.cast(pl.String).fill_null("").to_list(),
        usable,
    )  # fmt: skip
    return tanks, problems


def read_rain(path: Path) -> tuple[Rain, list[Problem]]:
    """Rain; rows without an instant or with a negative depth are counted and left out."""
    found = read_table(path)
    need_columns(found, ("time", "mm"), path.name)
    at = instants(found["time"])
    depth = numbers(found["mm"])
    good = at.is_not_null().to_numpy() & (depth >= 0)
    problems = []
    if not good.all():
        message = "Expected a time and a depth of at least 0 mm; the rows are left out."
        problems.append(Problem("rain_row_bad", "", int((~good).sum()), message))
    ms, mm = at.fill_null(NEVER).to_numpy()[good], depth[good]
    order = np.argsort(ms, kind="stable")
    return Rain(ms[order], mm[order]), problems


def places(names: pl.Series, tanks: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Place of each name in the list, -1 where it is not there."""
    table = pl.DataFrame({"tank": tanks, "place": np.arange(len(tanks))})
    asked = names.cast(pl.String).str.strip_chars().to_frame("tank")
    found = asked.join(table, on="tank", how="left", maintain_order="left")["place"]
    return found.fill_null(-1).cast(pl.Int64).to_numpy()


def read_truth(path: Path, tanks: Sequence[str]) -> Truth:
    """Events; ``kind``, ``visible_at`` and ``oracle_at`` may be there."""
    found = read_table(path)
    need_columns(found, ("tank", "onset_at", "overflow_at", "cleared_at"), path.name)
    place = places(found["tank"], tanks)
    if (place < 0).all():
        msg = f"Expected events of tanks that were played, got {found['tank'][0]!r} and others."
        raise TankUnknown(msg, file=path.name)

    def ms(name: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        if name not in found.columns:
            return np.full(found.height, NEVER, np.int64)
        return instants(found[name]).fill_null(NEVER).cast(pl.Int64).to_numpy()

    onset, overflow, cleared = ms("onset_at"), ms("overflow_at"), ms("cleared_at")
    wrong = (onset < 0) | ((overflow >= 0) & (overflow < onset))
    wrong |= (cleared >= 0) & (cleared < np.maximum(onset, overflow))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        msg = f"Expected onset_at <= overflow_at <= cleared_at, got row {row + 2} otherwise."
        raise TruthWrong(msg, row=row + 2, tank=str(found["tank"][row]))
    kind = found["kind"].cast(pl.String).fill_null("").to_list() if "kind" in found.columns else []
    truth = Truth(
        place, onset, overflow, cleared, ms("visible_at"), ms("oracle_at"),
        kind or [""] * found.height,
    )  # fmt: skip
    return _known(truth)


def _known(truth: Truth) -> Truth:
    keep = np.flatnonzero(truth.tank >= 0)
    return Truth(
        truth.tank[keep], truth.onset_ms[keep], truth.overflow_ms[keep], truth.cleared_ms[keep],
        truth.seen_ms[keep], truth.oracle_ms[keep], [truth.kind[k] for k in keep.tolist()],
    )  # fmt: skip


def read_causes(path: Path, tanks: Sequence[str]) -> Causes:
    """Known causes of rises without an event: tank, cause, from_at, to_at."""
    found = read_table(path)
    need_columns(found, ("tank", "cause", "from_at", "to_at"), path.name)
    return Causes(
        places(found["tank"], tanks),
        instants(found["from_at"]).fill_null(NEVER).to_numpy(),
        instants(found["to_at"]).fill_null(NEVER).to_numpy(),
        found["cause"].cast(pl.String).fill_null("").to_list(),
    )
