"""Reads offices from CSV: ``code,name,load,lat,lon`` and, where known, ``adjacent``, ``grid``."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence

import numpy as np

from qingshu.schedule.grids.model import Office, OfficesNotUsable, Town

_LOADS = ("load", "tanks", "hours", "负荷", "池数")
_SPLIT = re.compile(r"[;|、；\s]+")
MOST = 2_000
_HEAVIEST = 1e9


def read_offices(body: bytes) -> Town:
    """The town in a CSV file.

    Raises
    ------
    OfficesNotUsable
        Not CSV, a column missing, a bad number, a code twice, an unknown neighbour.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("gb18030", errors="replace")
    try:
        rows = list(csv.DictReader(io.StringIO(text.replace("\0", ""), newline="")))
    except csv.Error as error:
        msg = f"Expected a CSV file of offices, got: {error}."
        raise OfficesNotUsable(msg, file="not CSV") from error
    if not 1 <= len(rows) <= MOST:
        msg = f"Expected 1 to {MOST} offices below a line of heads, got {len(rows)}."
        raise OfficesNotUsable(msg, file="rows")
    load = next((name for name in _LOADS if name in rows[0]), None)
    missing = [name for name in ("code", "lat", "lon") if name not in rows[0]]
    if load is None or missing:
        names = ", ".join([*missing, *([] if load else ["load"])])
        msg = f"Expected columns code, load, lat and lon, found no {names}."
        raise OfficesNotUsable(msg, file="columns")
    middle = math.radians(_number(rows[0], "lat", 2))
    offices = [_office(row, load, number, middle) for number, row in enumerate(rows, start=2)]
    place = {office.code: index for index, office in enumerate(offices)}
    if len(place) != len(offices):
        twice = sorted({o.code for o in offices if [p.code for p in offices].count(o.code) > 1})
        msg = f"Expected each code once, got {', '.join(twice[:5])} again."
        raise OfficesNotUsable(msg, code="twice")
    if any((row.get("adjacent") or "").strip() for row in rows):
        return Town(tuple(offices), _told(rows, place), "column")
    return Town(tuple(offices), by_centroids(offices), "centroids")


def _office(row: Mapping[str, str], load: str, number: int, middle: float) -> Office:
    code = (row.get("code") or "").strip()
    if not code:
        msg = f"Expected a code in row {number}, got none."
        raise OfficesNotUsable(msg, code="empty")
    lat, lon = _number(row, "lat", number), _number(row, "lon", number)
    value = _number(row, load, number)
    if not 0 <= value <= _HEAVIEST or abs(lat) > 90 or abs(lon) > 180:
        msg = (
            f"Expected a load of at least 0 and degrees in row {number}, got {value}, {lat}, {lon}."
        )
        raise OfficesNotUsable(msg, row=number)
    return Office(
        code, (row.get("name") or code).strip(), value, lon * 111.32 * math.cos(middle),
        lat * 110.57, (row.get("grid") or "").strip(),
    )  # fmt: skip


def _number(row: Mapping[str, str], name: str, number: int) -> float:
    try:
        value = float((row.get(name) or "").strip())
    except (ValueError, AttributeError):
        value = math.nan
    if not math.isfinite(value):
        msg = f"Expected a number for {name} in row {number}, got {row.get(name)!r}."
        raise OfficesNotUsable(msg, row=number)
    return value


def _told(
    rows: Sequence[Mapping[str, str]], place: Mapping[str, int]
) -> tuple[tuple[int, int], ...]:
    pairs: set[tuple[int, int]] = set()
    for index, row in enumerate(rows):
        for code in filter(None, _SPLIT.split((row.get("adjacent") or "").strip())):
            if code not in place:
                msg = f"Expected neighbours that are offices in row {index + 2}, got {code!r}."
                raise OfficesNotUsable(msg, adjacent=code)
            if place[code] != index:
                pairs.add((min(index, place[code]), max(index, place[code])))
    return tuple(sorted(pairs))


def by_centroids(offices: Sequence[Office]) -> tuple[tuple[int, int], ...]:
    """Who touches whom, from places alone.

    Two offices touch unless a third stands between them: one that sees the two under an
    angle of more than 120 degrees. A town is never cut by it, since offices nearest to
    each other always touch.
    """
    at = np.array([[office.x_km, office.y_km] for office in offices])
    squared = ((at[:, None] - at[None, :]) ** 2).sum(axis=2)
    pairs = []
    for i in range(len(offices)):
        for j in range(i + 1, len(offices)):
            between = np.sqrt(squared[i] * squared[j])
            inside = squared[i] + squared[j] + between < squared[i, j] - 1e-12
            inside[[i, j]] = False
            if not inside.any():
                pairs.append((i, j))
    return tuple(pairs)
