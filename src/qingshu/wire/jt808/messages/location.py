"""0x0200, where the truck is."""

from __future__ import annotations

from datetime import datetime
from enum import IntFlag

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.errors import NotEncodable
from qingshu.wire.jt808.fields import (
    LOCATION_HEAD,
    Reader,
    instant,
    instant_bytes,
    number,
    scaled,
)
from qingshu.wire.jt808.header import Layout
from qingshu.wire.jt808.items import Item, Mileage, build_items, parse_items

ACC_ON, FIXED, SOUTH, WEST = 1, 2, 4, 8


class Doubt(IntFlag):
    """What makes a position unfit to be believed as it stands."""

    NONE = 0
    NO_FIX = 1
    AT_NULL = 2
    OFF_EARTH = 4
    NO_TIME = 8


class Location(Body, frozen=True):
    """One position. South and west are negative; ``at`` is UTC, None where none was sent.

    ``lat_deg`` and ``lon_deg`` are what the terminal said, however absurd: look at
    :attr:`doubt` before using them. Steps: 1e-6 degree, 1 m, 0.1 km/h, 1 degree, 1 s.
    """

    lat_deg: float
    lon_deg: float
    at: datetime | None
    speed_kmh: float = 0.0
    heading_deg: int = 0
    altitude_m: int = 0
    alarm_bits: int = 0
    status_bits: int = FIXED
    items: tuple[Item, ...] = ()
    tail: bytes = b""

    @property
    def doubt(self) -> Doubt:
        """All doubts about this position.

        >>> Location(0.0, 0.0, None).doubt
        <Doubt.AT_NULL|NO_TIME: 10>
        """
        doubt = Doubt.NONE if self.status_bits & FIXED else Doubt.NO_FIX
        if self.lat_deg == 0.0 and self.lon_deg == 0.0:
            doubt |= Doubt.AT_NULL
        if abs(self.lat_deg) > 90.0 or abs(self.lon_deg) > 180.0:
            doubt |= Doubt.OFF_EARTH
        if self.at is None:
            doubt |= Doubt.NO_TIME
        return doubt

    @property
    def ignition_on(self) -> bool:
        """Status bit 0."""
        return bool(self.status_bits & ACC_ON)

    @property
    def mileage_km(self) -> float | None:
        """The odometer, where the terminal sent it."""
        return next((i.mileage_km for i in self.items if isinstance(i, Mileage)), None)


def read(reader: Reader, _layout: Layout) -> Location:
    """28 fixed bytes, then items."""
    alarm, status, lat, lon, altitude, speed, heading, time = LOCATION_HEAD.unpack(
        reader.take(LOCATION_HEAD.size)
    )
    items, tail = parse_items(reader.rest())
    return Location(
        lat_deg=(-lat if status & SOUTH else lat) / 1e6,
        lon_deg=(-lon if status & WEST else lon) / 1e6,
        at=instant(time),
        speed_kmh=speed / 10,
        heading_deg=heading,
        altitude_m=altitude,
        alarm_bits=alarm,
        status_bits=status,
        items=items,
        tail=tail,
    )


def write(body: Location, _layout: Layout) -> bytes:
    """The inverse of :func:`read`; sets the hemisphere bits that the signs ask for."""
    status = body.status_bits
    if (body.lat_deg > 0 and status & SOUTH) or (body.lon_deg > 0 and status & WEST):
        msg = "Expected negative degrees with the south or west bit, got positive ones."
        raise NotEncodable(msg, status_bits=status)
    status |= (SOUTH if body.lat_deg < 0 else 0) | (WEST if body.lon_deg < 0 else 0)
    return (
        number(body.alarm_bits, 4, "alarm_bits")
        + number(status, 4, "status_bits")
        + scaled(abs(body.lat_deg), 1_000_000, "lat_deg", 4)
        + scaled(abs(body.lon_deg), 1_000_000, "lon_deg", 4)
        + number(body.altitude_m, 2, "altitude_m")
        + scaled(body.speed_kmh, 10, "speed_kmh")
        + number(body.heading_deg, 2, "heading_deg")
        + instant_bytes(body.at)
        + build_items(body.items)
        + body.tail
    )


CODEC = Codec(0x0200, "location", Location, read, write)
