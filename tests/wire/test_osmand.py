"""OsmAnd reports in every spelling that Traccar Client and others send."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.kernel.errors import WireError
from qingshu.wire.osmand import parse_json, parse_query

AT = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)


@pytest.mark.parametrize(
    "time",
    ["1795501920", "1795501920000", "2026-11-24T06:32:00Z", "2026-11-24T14:32:00%2B08:00",
     "2026-11-24+06:32:00"],
)  # fmt: skip
def test_parse_query_when_time_is_spelt_differently_then_same_instant(time: str) -> None:
    """Seconds, milliseconds, ISO 8601 with a zone, and plain UTC text."""
    report = parse_query(f"/?id=7&lat=36.65&lon=117.0&timestamp={time}&speed=10&bearing=90")
    assert report.at == AT
    assert (report.lat_deg, report.lon_deg, report.heading_deg) == (36.65, 117.0, 90.0)
    assert report.speed_kmh == pytest.approx(18.52)  # 10 knots


def test_parse_json_when_speed_is_in_metres_then_km_an_hour() -> None:
    """18.67 m/s = 67.212 km/h; battery 0.79 = 79 %; heading -1 means unknown."""
    body = {
        "device_id": "7",
        "location": {
            "timestamp": "2026-11-24T06:32:00.000Z",
            "coords": {"latitude": 36.65, "longitude": 117.0, "speed": 18.67, "heading": -1},
            "battery": {"level": 0.79},
        },
    }
    report = parse_json(msgspec.json.encode(body))
    assert report.at == AT
    assert report.speed_kmh == pytest.approx(67.212)
    assert report.heading_deg is None
    assert report.battery_pct == pytest.approx(79.0)


def test_parse_query_when_only_cells_then_no_place() -> None:
    """A report without coordinates is a sign of life."""
    report = parse_query("/?id=7&timestamp=1377177267&cell=257,02,16,2224")
    assert report.lat_deg is None
    assert report.device == "7"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("/?lat=1&lon=2", "no_device"),
        ("/?id=7&lat=91&lon=2", "bad_value"),
        ("/?id=7&lat=1", "bad_value"),
        ("/?id=7&lat=nan&lon=2", "bad_value"),
        ("/?id=7&lat=1&lon=2&timestamp=yesterday", "bad_value"),
        ("/?id=7&lat=1&lon=2&timestamp=1e300", "bad_value"),
    ],
)
def test_parse_query_when_wrong_then_coded(query: str, code: str) -> None:
    """Every fault of the sender has a code."""
    with pytest.raises(WireError) as caught:
        parse_query(query)
    assert caught.value.code == code


@given(st.binary(max_size=80))
def test_parse_json_when_random_then_only_wire_errors(body: bytes) -> None:
    """Rubbish raises nothing but WireError."""
    with suppress(WireError):
        parse_json(body)


@given(st.text(max_size=80), st.text(max_size=20))
def test_parse_query_when_random_then_only_wire_errors(text: str, time: str) -> None:
    """Rubbish in the query or the time raises nothing but WireError."""
    for query in (text, f"id=7&lat=1&lon=2&timestamp={time}"):
        with suppress(WireError):
            parse_query(query)
