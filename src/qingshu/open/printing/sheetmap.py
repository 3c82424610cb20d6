"""Cutting a grid into sheets, projecting it to page millimetres, placing numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from qingshu.registry.model import Tank

MAP_W, MAP_H = 182.0, 244.0
SHEET_TANKS = 84
# Coarser sheets are cut again unless so few tanks are left.
SCALE_MAX, FEW = 15_000, 15
# Streets are drawn thinner on coarser sheets; two names keep this distance, millimetres.
FULL_WIDTH_SCALE, NAME_DX, NAME_DY = 7500, 26.0, 6.0
# Scales of the sheets; the largest in which the sheet's tanks fit is taken.
SCALES = (2000, 2500, 3000, 4000, 5000, 7500, 10_000, 15_000, 20_000, 30_000)
MARGIN_MM = 12.0
METRES_PER_DEGREE = 111_195.0
ROAD_WIDTH_MM = {"motorway": 3.4, "trunk": 3.4, "primary": 3.0, "secondary": 2.4, "tertiary": 1.9}
SMALL_ROAD_MM = 1.2
_COLUMNS, _ROWS = 6, 7
_LABEL_W, _LABEL_H = 4.6, 2.6
_AROUND = (
    (1.4, -1.2), (-5.8, -1.2), (-2.2, -4.0), (-2.2, 1.5),
    (1.2, -3.4), (1.2, 1.0), (-5.4, -3.4), (-5.4, 1.0),
)  # fmt: skip


def cut(tanks: Sequence[Tank]) -> Iterator[list[Tank]]:
    """Tanks in sheets that hold few enough and are large enough in scale to be read.

    Too many are halved along the longer side; too far apart are parted in the middle of
    the ground, down to :data:`FEW` tanks, which then stand on a sheet of small scale.
    """
    crowded = len(tanks) > SHEET_TANKS
    if not crowded and (len(tanks) <= FEW or frame_of(tanks).scale <= SCALE_MAX):
        yield list(tanks)
        return
    west, east = min(t.lon for t in tanks), max(t.lon for t in tanks)
    south, north = min(t.lat for t in tanks), max(t.lat for t in tanks)
    across = (east - west) * math.cos(math.radians(south)) / MAP_W > (north - south) / MAP_H

    def along(tank: Tank) -> tuple[float, int]:
        return (tank.lon if across else -tank.lat, tank.id)

    ordered = sorted(tanks, key=along)
    half = len(ordered) // 2
    if not crowded:
        middle = (west + east) / 2 if across else -(south + north) / 2
        half = sum(along(t)[0] <= middle for t in ordered)
    yield from cut(ordered[:half])
    yield from cut(ordered[half:])


@dataclass(frozen=True, slots=True)
class Frame:
    """A sheet on the ground: its centre and its scale 1:``scale``."""

    lat: float
    lon: float
    scale: int

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        """Page millimetres of a point; true to scale within a sheet."""
        k = 1000.0 / self.scale
        east = (lon - self.lon) * METRES_PER_DEGREE * math.cos(math.radians(self.lat))
        north = (lat - self.lat) * METRES_PER_DEGREE
        return round(MAP_W / 2 + east * k, 1), round(MAP_H / 2 - north * k, 1)

    def corner(self, x: float, y: float) -> list[str]:
        """Latitude and longitude of a page point as degrees, minutes, seconds."""
        north = (MAP_H / 2 - y) * self.scale / 1000.0
        east = (x - MAP_W / 2) * self.scale / 1000.0
        lat = self.lat + north / METRES_PER_DEGREE
        lon = self.lon + east / METRES_PER_DEGREE / math.cos(math.radians(self.lat))
        return [f"{_dms(lat)}{'N' if lat >= 0 else 'S'}", f"{_dms(lon)}{'E' if lon >= 0 else 'W'}"]


def frame_of(tanks: Sequence[Tank]) -> Frame:
    """The frame that holds all tanks of a sheet."""
    south, north = min(t.lat for t in tanks), max(t.lat for t in tanks)
    west, east = min(t.lon for t in tanks), max(t.lon for t in tanks)
    lat = (south + north) / 2
    wide = (east - west) * METRES_PER_DEGREE * math.cos(math.radians(lat))
    high = (north - south) * METRES_PER_DEGREE
    need = max(wide * 1000 / (MAP_W - 2 * MARGIN_MM), high * 1000 / (MAP_H - 2 * MARGIN_MM))
    scale = next((s for s in SCALES if s >= need), math.ceil(need / 10_000) * 10_000)
    return Frame(lat, (west + east) / 2, scale)


def square(x: float, y: float) -> str:
    """The graticule square of a page point, A1 to F7.

    >>> square(10.0, 10.0), square(181.0, 243.0)
    ('A1', 'F7')
    """
    column = min(_COLUMNS - 1, max(0, int(x / MAP_W * _COLUMNS)))
    row = min(_ROWS - 1, max(0, int(y / MAP_H * _ROWS)))
    return f"{'ABCDEF'[column]}{row + 1}"


def roads_in(frame: Frame, drawn: dict[str, Any]) -> list[dict[str, Any]]:
    """Streets that touch the sheet, in page millimetres, main ones last."""
    reach_lat = MAP_H / 2 * frame.scale / 1000 / METRES_PER_DEGREE
    reach_lon = (
        MAP_W / 2 * frame.scale / 1000 / METRES_PER_DEGREE / math.cos(math.radians(frame.lat))
    )
    found = []
    for line, kind in zip(drawn["lines"], drawn["classes"], strict=True):
        lons, lats = [p[0] for p in line], [p[1] for p in line]
        if min(lons) > frame.lon + reach_lon or max(lons) < frame.lon - reach_lon:
            continue
        if min(lats) > frame.lat + reach_lat or max(lats) < frame.lat - reach_lat:
            continue
        main = str(kind) in ROAD_WIDTH_MM
        width = ROAD_WIDTH_MM.get(str(kind), SMALL_ROAD_MM)
        width = round(width * min(1.0, FULL_WIDTH_SCALE / frame.scale), 2)
        points = [frame.at(lat, lon) for lon, lat in line]
        found.append({"cls": "main" if main else "small", "w": width, "pts": points})
    return sorted(found, key=lambda r: r["w"])


def names_in(frame: Frame, drawn: dict[str, Any]) -> list[dict[str, Any]]:
    """Street names that lie well inside the sheet."""
    found: list[dict[str, Any]] = []
    labels = sorted(drawn.get("labels") or (), key=lambda label: -label.get("length_m", 0))
    for label in labels:
        lon, lat = label["at"]
        x, y = frame.at(lat, lon)
        inside = 20 < x < MAP_W - 20 and 8 < y < MAP_H - 8
        near = any(
            abs(x - n["at"][0][0]) < NAME_DX and abs(y - n["at"][0][1]) < NAME_DY for n in found
        )
        if inside and not near:
            found.append({"name": label["name"], "at": [[x, y]], "ang": 0, "vert": False})
    return found


def place_numbers(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Where each tank's number stands beside it: the free side with the least overlap."""
    boxes: list[tuple[float, float]] = []
    chosen = []
    for x, y in points:
        best = min(
            range(len(_AROUND)),
            key=lambda i: (_cost(x + _AROUND[i][0], y + _AROUND[i][1], points, boxes), i),
        )
        dx, dy = _AROUND[best]
        boxes.append((x + dx, y + dy))
        chosen.append((dx, dy))
    return chosen


def _cost(
    x: float, y: float, points: Sequence[tuple[float, float]], boxes: Sequence[tuple[float, float]]
) -> float:
    over = sum(
        max(0.0, _LABEL_W - abs(x - bx)) * max(0.0, _LABEL_H - abs(y - by)) for bx, by in boxes
    )
    dots = sum(x - 0.8 < px < x + _LABEL_W and y - 0.8 < py < y + _LABEL_H for px, py in points)
    outside = not (0 < x < MAP_W - _LABEL_W and 0 < y < MAP_H - _LABEL_H)
    return over + 4.0 * dots + 100.0 * outside


def _dms(value: float) -> str:
    tenths = round(abs(value) * 36_000)
    return f"{tenths // 36_000}°{tenths // 600 % 60:02}′{tenths % 600 / 10:04.1f}″"
