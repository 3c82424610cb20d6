"""The OsmAnd protocol of Traccar Client: a query string or a JSON body a position."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from qingshu.kernel.errors import InvalidInput, WireError
from qingshu.kernel.instants import parse_instant
from qingshu.kernel.units import knots_to_kmh

MS_TO_KMH = 3.6


class NoDevice(WireError):
    """The report does not say whose it is."""

    code: ClassVar[str] = "no_device"
    status: ClassVar[int] = 400


class BadValue(WireError):
    """A field holds something else than its kind of value."""

    code: ClassVar[str] = "bad_value"
    status: ClassVar[int] = 400


class BadJson(WireError):
    """The body is not the JSON that Traccar Client sends."""

    code: ClassVar[str] = "bad_json"
    status: ClassVar[int] = 400


class OsmandReport(msgspec.Struct, frozen=True):
    """One report. WGS-84 degrees, None where only cells or access points were sent.

    ``at`` is UTC, None where the device sent no time; ``battery_pct`` in [0, 100].
    """

    device: str
    lat_deg: float | None
    lon_deg: float | None
    at: datetime | None
    speed_kmh: float | None = None
    heading_deg: float | None = None
    altitude_m: float | None = None
    accuracy_m: float | None = None
    hdop: float | None = None
    battery_pct: float | None = None


def parse_query(text: str) -> OsmandReport:
    """Read ``/?id=…&lat=…&lon=…`` or the form body with the same fields.

    Speed is in knots. Times: epoch seconds or milliseconds, ISO 8601, or
    ``yyyy-MM-dd HH:mm:ss`` in UTC.

    Raises
    ------
    WireError
        ``no_device`` or ``bad_value``.

    Examples
    --------
    >>> parse_query("/?id=7&timestamp=1377177267&location=60.0,30.0&speed=10").speed_kmh
    18.52
    """
    query = urlsplit(text).query if "?" in text else text
    fields: dict[str, str] = dict(parse_qsl(query.strip(), keep_blank_values=True))
    device = fields.get("id") or fields.get("deviceid") or ""
    lat, lon = fields.get("lat"), fields.get("lon")
    if "location" in fields:
        lat, _, lon = fields["location"].partition(",")
    speed_kn = _number(fields.get("speed"), "speed")
    return _report(
        device,
        _number(lat, "lat"),
        _number(lon, "lon"),
        fields.get("timestamp"),
        speed_kmh=None if speed_kn is None else knots_to_kmh(speed_kn),
        heading_deg=_number(fields.get("bearing") or fields.get("heading"), "bearing"),
        altitude_m=_number(fields.get("altitude"), "altitude"),
        accuracy_m=_number(fields.get("accuracy"), "accuracy"),
        hdop=_number(fields.get("hdop"), "hdop"),
        battery_pct=_number(fields.get("batt"), "batt"),
    )


def parse_json(body: bytes) -> OsmandReport:
    """Read the JSON form: speed in m/s, -1 where unknown; battery level 0 to 1.

    Raises
    ------
    WireError
        ``bad_json``, ``no_device`` or ``bad_value``.
    """
    try:
        root: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"Expected a JSON object, got: {error}."
        raise BadJson(msg) from error
    if not isinstance(root, dict) or not isinstance(root.get("location"), dict):
        msg = "Expected a JSON object with a location object."
        raise BadJson(msg)
    location = root["location"]
    coords = location.get("coords")
    coords = coords if isinstance(coords, dict) else {}
    battery = location.get("battery")
    level = _number(battery.get("level"), "level") if isinstance(battery, dict) else None
    speed_ms = _known(coords, "speed")
    return _report(
        str(root.get("device_id") or ""),
        _number(coords.get("latitude"), "latitude"),
        _number(coords.get("longitude"), "longitude"),
        location.get("timestamp"),
        speed_kmh=None if speed_ms is None else speed_ms * MS_TO_KMH,
        heading_deg=_known(coords, "heading"),
        altitude_m=_number(coords.get("altitude"), "altitude"),
        accuracy_m=_known(coords, "accuracy"),
        hdop=None,
        battery_pct=None if level is None or level < 0 else level * 100,
    )


def _report(
    device: str, lat: float | None, lon: float | None, time: Any, **rest: float | None
) -> OsmandReport:
    if not device.strip():
        msg = "Expected the device's id in the field id or device_id, got none."
        raise NoDevice(msg)
    if (lat is None) != (lon is None):
        msg = "Expected lat and lon together, got one of them."
        raise BadValue(msg)
    if lat is not None and lon is not None and not (abs(lat) <= 90 and abs(lon) <= 180):
        msg = f"Expected lat in [-90, 90] and lon in [-180, 180], got {lat}, {lon}."
        raise BadValue(msg, lat=lat, lon=lon)
    return OsmandReport(device.strip(), lat, lon, _instant(time), **rest)


def _known(fields: dict[str, Any], name: str) -> float | None:
    value = _number(fields.get(name), name)
    return None if value is None or value < 0 else value


def _number(value: Any, name: str) -> float | None:
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        msg = f"Expected {name} to be a number, got {str(value)[:80]!r}."
        raise BadValue(msg, **{name: str(value)[:80]})
    return number


def _instant(value: Any) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, (int, float)):
            return parse_instant(value)
        text = str(value).strip()
        try:
            naive = datetime.fromisoformat(text)
        except ValueError:
            return parse_instant(text)
        if text.isdecimal():
            # fromisoformat reads "20130822" as a day; here digits are an epoch.
            return parse_instant(text)
        return naive.replace(tzinfo=UTC) if naive.tzinfo is None else naive.astimezone(UTC)
    except (InvalidInput, OverflowError, ValueError) as error:
        msg = f"Expected epoch seconds, milliseconds or ISO 8601, got {str(value)[:80]!r}."
        raise BadValue(msg, timestamp=str(value)[:80]) from error
