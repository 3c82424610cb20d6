"""Pure decisions of the registry: what a whole record may look like, what it implies."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from qingshu.registry.model import Kind
from qingshu.registry.params import RegistryParams

Record = Mapping[str, Any]
# Field, fixed code, sentence.
Finding = tuple[str, str, str]

_CLOCK = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")


def complete_tank(values: Record, *, outlet_share: float = 0.85) -> dict[str, Any]:
    """A tank with what can be reckoned from the rest filled in.

    Area comes from length and width, from the diameter, or from the volume; the volume
    from area and outlet; the cover, when not measured, is the depth.

    >>> tank = complete_tank({"length_m": 4.0, "width_m": 2.0, "depth_m": 2.2, "outlet_m": 1.8})
    >>> tank["area_m2"], tank["volume_m3"], tank["cover_m"]
    (8.0, 14.4, 2.2)
    """
    tank = dict(values)
    length, width = tank.pop("length_m", None), tank.pop("width_m", None)
    diameter = tank.pop("diameter_m", None)
    depth = tank.get("depth_m")
    if tank.get("cover_m") is None and depth is not None:
        tank["cover_m"] = depth
    if tank.get("outlet_m") is None and depth is not None:
        tank["outlet_m"] = round(depth * outlet_share, 3)
    height, volume = tank.get("outlet_m"), tank.get("volume_m3")
    if tank.get("area_m2") is None:
        if length and width:
            tank["area_m2"] = round(length * width, 3)
        elif diameter:
            tank["area_m2"] = round(math.pi * diameter**2 / 4, 3)
        elif volume and height:
            tank["area_m2"] = round(volume / height, 3)
    if volume is None and tank.get("area_m2") and height:
        tank["volume_m3"] = round(tank["area_m2"] * height, 3)
    return tank


def check(kind: Kind, record: Record, params: RegistryParams) -> list[Finding]:
    """Everything about a whole record that its sender should mend."""
    findings = list(_coordinates(record, "lat", "lon"))
    findings += _CHECKS.get(kind, _nothing)(record, params)
    return findings


def _nothing(_record: Record, _params: RegistryParams) -> Iterator[Finding]:
    return iter(())


def _within(
    record: Record, field: str, low: float, high: float, unit: str, *, open_low: bool = False
) -> Iterator[Finding]:
    value = record.get(field)
    if value is None:
        return
    if not low <= value <= high or (open_low and value == low):
        bracket = "(" if open_low else "["
        yield (
            field, "out_of_range",
            f"Expected {field} in {bracket}{low:g}, {high:g}] {unit}, got {value:g}.",
        )  # fmt: skip


def _coordinates(record: Record, lat_field: str, lon_field: str) -> Iterator[Finding]:
    lat, lon = record.get(lat_field), record.get(lon_field)
    if lat is None and lon is None:
        return
    if lat is None or lon is None:
        missing = lat_field if lat is None else lon_field
        yield missing, "missing_value", "Expected latitude and longitude together, got one."
    elif abs(lat) > 90 and abs(lon) <= 90:
        yield (
            lat_field, "coordinates_swapped",
            f"Expected latitude in [-90, 90], got {lat:g} with longitude {lon:g}: swapped?",
        )  # fmt: skip
    elif abs(lat) > 90 or abs(lon) > 180 or (lat == 0 and lon == 0):
        yield (
            lat_field, "coordinate_out_of_range",
            f"Expected a place on the ground in degrees, got {lat:g}, {lon:g}.",
        )  # fmt: skip


def _tank(record: Record, params: RegistryParams) -> Iterator[Finding]:
    yield from _within(record, "depth_m", params.tank_depth_min_m, params.tank_depth_max_m, "m")
    yield from _within(record, "area_m2", 0, params.tank_volume_max_m3, "m2", open_low=True)
    yield from _within(record, "volume_m3", 0, params.tank_volume_max_m3, "m3", open_low=True)
    yield from _within(record, "chambers", 1, 12, "chambers")
    yield from _within(record, "interval_days", 1, params.interval_max_days, "days")
    yield from _within(record, "access_width_m", 0, 50, "m")
    yield from _within(record, "hose_distance_m", 0, 500, "m")
    yield from _heights(record, params)
    yield from _volume(record, params)


def _heights(record: Record, params: RegistryParams) -> Iterator[Finding]:
    depth, outlet, cover = (record.get(n) for n in ("depth_m", "outlet_m", "cover_m"))
    if outlet is not None and outlet <= 0:
        yield "outlet_m", "out_of_range", f"Expected outlet_m above 0, got {outlet:g}."
    if outlet is not None and depth is not None and outlet > depth:
        yield (
            "outlet_m", "outlet_above_depth",
            f"Expected the outlet within the tank's depth {depth:g} m, got {outlet:g}.",
        )  # fmt: skip
    if cover is not None and outlet is not None and cover <= outlet:
        yield (
            "cover_m", "cover_below_outlet",
            f"Expected the cover above the outlet {outlet:g} m, got {cover:g}.",
        )  # fmt: skip
    if cover is None or depth is None:
        return
    # The cover may sit on the tank's top or higher, at the end of a shaft.
    if not depth - 1e-9 <= cover <= depth + params.shaft_max_m:
        yield (
            "cover_m", "cover_off_depth",
            f"Expected {depth:g} (depth) to {depth + params.shaft_max_m:g} m, got {cover:g}.",
        )  # fmt: skip


def _volume(record: Record, params: RegistryParams) -> Iterator[Finding]:
    area, depth, volume = (record.get(n) for n in ("area_m2", "depth_m", "volume_m3"))
    if not (area and depth and volume) or min(area, depth, volume) <= 0:
        return
    ratio = volume / (area * depth)
    if not params.volume_ratio_min <= ratio <= params.volume_ratio_max:
        yield (
            "volume_m3", "volume_implausible",
            f"Expected about area x depth = {area * depth:.1f} m3, got {volume:g}: wrong unit?",
        )  # fmt: skip


def _truck(record: Record, params: RegistryParams) -> Iterator[Finding]:
    yield from _within(record, "capacity_m3", 0, params.truck_capacity_max_m3, "m3", open_low=True)
    yield from _within(record, "width_m", 0.8, 3.5, "m")
    yield from _within(record, "height_m", 1.0, 5.0, "m")
    yield from _within(record, "hose_m", 0, 300, "m")
    yield from _coordinates(record, "yard_lat", "yard_lon")
    yield from _clocks(record, "shift_start", "shift_end")


def _plant(record: Record, _params: RegistryParams) -> Iterator[Finding]:
    yield from _within(record, "capacity_m3_day", 0, 1e6, "m3 a day", open_low=True)
    yield from _within(record, "unload_min", 0, 240, "min", open_low=True)
    yield from _clocks(record, "open_from", "open_to")


def _sensor(record: Record, _params: RegistryParams) -> Iterator[Finding]:
    yield from _within(record, "interval_s", 1, 86_400 * 7, "s")
    yield from _within(record, "range_m", 0, 100, "m", open_low=True)
    yield from _within(record, "offset_m", -50, 50, "m")


def _clocks(record: Record, *names: str) -> Iterator[Finding]:
    for name in names:
        value = record.get(name)
        if value is not None and not _CLOCK.match(value):
            yield name, "not_a_time", f"Expected {name} as HH:MM, got {value!r}."


def check_desludged(day: date, today: date) -> Finding | None:
    """A desludging lies in the past and after tanks were built.

    >>> check_desludged(date(2027, 1, 1), date(2026, 11, 24))[1]
    'in_the_future'
    """
    if day > today:
        return "desludged_on", "in_the_future", f"Expected a day up to {today}, got {day}."
    if day.year < 1950:
        return "desludged_on", "out_of_range", f"Expected a day after 1950, got {day}."
    return None


_CHECKS: Mapping[Kind, Callable[[Record, RegistryParams], Iterator[Finding]]] = {
    Kind.TANKS: _tank,
    Kind.TRUCKS: _truck,
    Kind.PLANTS: _plant,
    Kind.SENSORS: _sensor,
}
