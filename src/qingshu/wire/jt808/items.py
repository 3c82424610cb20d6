"""The additional items of a location: typed where the standard defines them, else raw.

An item of a known id with an unexpected length stays :class:`RawItem`; vendors reuse
ids. Bytes at the end that do not form an item are handed back, never dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from qingshu.wire.jt808.errors import NotEncodable
from qingshu.wire.jt808.fields import number, scaled


class Item(msgspec.Struct, frozen=True, tag_field="item"):
    """Base of the additional items."""


class RawItem(Item, frozen=True, tag="raw"):
    """An item that the standard does not define, as it came (load cells, vendor data)."""

    item_id: int
    data: bytes


class Mileage(Item, frozen=True, tag="mileage"):
    """01: odometer, km in steps of 0.1."""

    mileage_km: float


class Fuel(Item, frozen=True, tag="fuel"):
    """02: fuel in the tank, litres in steps of 0.1."""

    fuel_l: float


class RecorderSpeed(Item, frozen=True, tag="recorder_speed"):
    """03: speed of the driving recorder, km/h in steps of 0.1."""

    speed_kmh: float


class AlarmToConfirm(Item, frozen=True, tag="alarm_to_confirm"):
    """04: id of an alarm event that a person must confirm."""

    event_id: int


class Overspeed(Item, frozen=True, tag="overspeed"):
    """11: where it is too fast; ``area_id`` is None where ``area_type`` is 0 (anywhere)."""

    area_type: int
    area_id: int | None


class AreaCrossing(Item, frozen=True, tag="area_crossing"):
    """12: into (0) or out of (1) an area or route."""

    area_type: int
    area_id: int
    direction: int


class RouteTime(Item, frozen=True, tag="route_time"):
    """13: time on a route section, seconds; too short (0) or too long (1)."""

    route_id: int
    drive_s: int
    result: int


class VideoAlarm(Item, frozen=True, tag="video_alarm"):
    """14: alarm bits of the video standard JT/T 1078."""

    bits: int


class VehicleSignals(Item, frozen=True, tag="vehicle_signals"):
    """25: lamps, doors, retarder and the like, as bits."""

    bits: int


class InputOutput(Item, frozen=True, tag="input_output"):
    """2A: bit 0 deep sleep, bit 1 sleep."""

    bits: int


class Analogue(Item, frozen=True, tag="analogue"):
    """2B: two analogue inputs in raw counts."""

    ad0: int
    ad1: int


class SignalStrength(Item, frozen=True, tag="signal_strength"):
    """30: strength of the mobile network, raw."""

    strength: int


class Satellites(Item, frozen=True, tag="satellites"):
    """31: satellites used for the fix."""

    count: int


_Reader = Callable[[bytes], Item]
_Writer = Callable[[Any], bytes]


def _u(data: bytes) -> int:
    return int.from_bytes(data)


def _overspeed(data: bytes) -> Item:
    if (len(data) == 1) != (data[0] == 0):
        return RawItem(0x11, data)
    return Overspeed(data[0], _u(data[1:]) if len(data) == 5 else None)


def _overspeed_bytes(item: Overspeed) -> bytes:
    if (item.area_id is None) != (item.area_type == 0):
        msg = f"Expected an area id exactly where the area type is not 0, got {item}."
        raise NotEncodable(msg, area_type=item.area_type)
    out = number(item.area_type, 1, "area_type")
    return out if item.area_id is None else out + number(item.area_id, 4, "area_id")


# id: (allowed lengths, how to read, type, how to write)
_KINDS: dict[int, tuple[frozenset[int], _Reader, type[Item], _Writer]] = {
    0x01: (frozenset({4}), lambda d: Mileage(_u(d) / 10), Mileage,
           lambda i: scaled(i.mileage_km, 10, "mileage_km", 4)),
    0x02: (frozenset({2}), lambda d: Fuel(_u(d) / 10), Fuel,
           lambda i: scaled(i.fuel_l, 10, "fuel_l")),
    0x03: (frozenset({2}), lambda d: RecorderSpeed(_u(d) / 10), RecorderSpeed,
           lambda i: scaled(i.speed_kmh, 10, "speed_kmh")),
    0x04: (frozenset({2}), lambda d: AlarmToConfirm(_u(d)), AlarmToConfirm,
           lambda i: number(i.event_id, 2, "event_id")),
    0x11: (frozenset({1, 5}), _overspeed, Overspeed, _overspeed_bytes),
    0x12: (frozenset({6}), lambda d: AreaCrossing(d[0], _u(d[1:5]), d[5]), AreaCrossing,
           lambda i: number(i.area_type, 1, "area_type") + number(i.area_id, 4, "area_id")
           + number(i.direction, 1, "direction")),
    0x13: (frozenset({7}), lambda d: RouteTime(_u(d[:4]), _u(d[4:6]), d[6]), RouteTime,
           lambda i: number(i.route_id, 4, "route_id") + number(i.drive_s, 2, "drive_s")
           + number(i.result, 1, "result")),
    0x14: (frozenset({4}), lambda d: VideoAlarm(_u(d)), VideoAlarm,
           lambda i: number(i.bits, 4, "bits")),
    0x25: (frozenset({4}), lambda d: VehicleSignals(_u(d)), VehicleSignals,
           lambda i: number(i.bits, 4, "bits")),
    0x2A: (frozenset({2}), lambda d: InputOutput(_u(d)), InputOutput,
           lambda i: number(i.bits, 2, "bits")),
    0x2B: (frozenset({4}), lambda d: Analogue(_u(d[2:]), _u(d[:2])), Analogue,
           lambda i: number(i.ad1, 2, "ad1") + number(i.ad0, 2, "ad0")),
    0x30: (frozenset({1}), lambda d: SignalStrength(d[0]), SignalStrength,
           lambda i: number(i.strength, 1, "strength")),
    0x31: (frozenset({1}), lambda d: Satellites(d[0]), Satellites,
           lambda i: number(i.count, 1, "count")),
}  # fmt: skip
_IDS = {kind: (item_id, write) for item_id, (_, _, kind, write) in _KINDS.items()}


def parse_items(data: bytes) -> tuple[tuple[Item, ...], bytes]:
    """Items in the order they came, and the tail that forms none.

    >>> parse_items(bytes.fromhex("310109ff"))
    ((Satellites(count=9),), b'\\xff')
    """
    found: list[Item] = []
    at, end = 0, len(data)
    while at + 2 <= end:
        item_id, size = data[at], data[at + 1]
        if at + 2 + size > end:
            break
        value = data[at + 2 : at + 2 + size]
        kind = _KINDS.get(item_id)
        if kind is None or size not in kind[0]:
            found.append(RawItem(item_id, value))
        else:
            found.append(kind[1](value))
        at += 2 + size
    return tuple(found), data[at:]


def build_items(items: tuple[Item, ...]) -> bytes:
    """The inverse of :func:`parse_items`, without a tail."""
    out = []
    for item in items:
        if isinstance(item, RawItem):
            item_id, value = item.item_id, item.data
        else:
            item_id, write = _IDS[type(item)]
            value = write(item)
        out.append(number(item_id, 1, "item_id") + number(len(value), 1, "item_length") + value)
    return b"".join(out)
