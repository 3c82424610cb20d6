"""Reads recorded readings from csv, csv.gz, parquet or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import from_ms, iso, parse_instant, to_ms


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column means what, and how a value becomes metres."""

    device: str
    device_column: str
    time: str
    value: str
    offsets: str
    field: str
    where: str
    scale: float
    plus: float
    zone: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded reading."""

    device: str
    measured_ms: int
    field: str
    value: float

    @property
    def measured_at(self) -> str:
        """ISO 8601 in UTC."""
        return iso(from_ms(self.measured_ms))

    def body(self) -> dict[str, Any]:
        """The message without the device."""
        return {"measured_at": self.measured_at, self.field: self.value}


@dataclass(slots=True)
class Found:
    """The readings of a file and how many rows held none."""

    readings: list[Recorded] = field(default_factory=list)
    skipped: int = 0


def read_file(path: Path, layout: Layout) -> Found:
    """All readings of one file; rows without time or value are counted as skipped."""
    found = Found()
    for row in _rows(path, layout):
        device = str(row[layout.device_column]) if layout.device_column else layout.device
        for when, value in _values(row, layout):
            if when is None or value is None:
                found.skipped += 1
                continue
            metres = round(value * layout.scale + layout.plus, 6)
            found.readings.append(Recorded(device, when, layout.field, metres))
    return found


def _rows(path: Path, layout: Layout) -> Iterator[dict[str, Any]]:
    import polars as pl

    name = path.name.lower()
    if name.endswith((".csv", ".csv.gz")):
        table = pl.read_csv(path, infer_schema_length=None)
    elif name.endswith(".parquet"):
        table = pl.read_parquet(path)
    elif name.endswith((".jsonl", ".ndjson")):
        table = pl.read_ndjson(path)
    else:
        msg = f"Expected a .csv, .csv.gz, .parquet or .jsonl file, got {path.name}."
        raise InvalidInput(msg)
    needed = {layout.time, layout.value, layout.offsets, layout.device_column} - {""}
    missing = sorted(needed - set(table.columns))
    if missing:
        msg = f"Expected columns {missing} in {path.name}, it has {table.columns}."
        raise InvalidInput(msg, columns=missing)
    if layout.where:
        column, _, value = layout.where.partition("=")
        if column not in table.columns:
            msg = f"Expected --where COLUMN=VALUE with a column of {path.name}, got {column!r}."
            raise InvalidInput(msg, where=layout.where)
        table = table.filter(pl.col(column).cast(pl.String) == value)
    return table.iter_rows(named=True)


def _values(row: dict[str, Any], layout: Layout) -> Iterator[tuple[int | None, float | None]]:
    when = _instant(row[layout.time], layout.zone)
    if not layout.offsets:
        yield when, _number(row[layout.value])
        return
    offsets, values = _listed(row[layout.offsets]), _listed(row[layout.value])
    for offset, value in zip(offsets, values, strict=False):
        seconds = _number(offset)
        known = when is not None and seconds is not None
        yield (when + round(seconds * 1000) if known else None), _number(value)  # type: ignore[operator]


def _instant(raw: Any, zone: str) -> int | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, datetime):
        return to_ms(raw if raw.tzinfo else raw.replace(tzinfo=ZoneInfo(zone)))
    try:
        return to_ms(parse_instant(raw))
    except InvalidInput:
        naive = datetime.fromisoformat(str(raw))
        return to_ms(naive.replace(tzinfo=ZoneInfo(zone)))


def _number(raw: Any) -> float | None:
    try:
        value = float(raw)
    except (TypeError, ValueError):
        return None
    return value if value == value else None


def _listed(raw: Any) -> list[Any]:
    return list(json.loads(raw)) if isinstance(raw, str) else list(raw or [])
