"""Published frames: what decodes, what is refused, and the values their sources state."""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qingshu.cli.decode import Options, decode_all
from qingshu.wire.jt808.frame import Splitter, escape, unescape
from tests.conftest import need

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("QINGSHU_SHARED", ROOT.parent / "shared"))
FOLDER = SHARED / "data" / "protocol_vectors"
NAMES = ("traccar", "smallchi", "yezhihao")


@cache
def _rows(name: str) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    path = FOLDER / f"jtt808_{name}.jsonl"
    need(path.exists(), "shared data")
    options = Options(already_unescaped=name == "traccar")
    lines = path.read_bytes().splitlines()
    return [(msgspec.json.decode(line), list(decode_all("jt808", line, options))) for line in lines]


def _good(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(row, found[0]) for row, found in _rows(name) if "error" not in found[0]]


@pytest.mark.parametrize(
    ("name", "decoded", "refused"),
    [
        ("traccar", 70, {"bad_checksum": 3}),
        ("smallchi", 56, {"bad_checksum": 15, "bad_length": 3, "truncated": 1}),
        ("yezhihao", 105, {}),
    ],
)
def test_decode_when_published_frames_then_counts_stand(
    name: str, decoded: int, refused: dict[str, int]
) -> None:
    """The figures of docs/real-input-jt808.md."""
    results = [one for _, found in _rows(name) for one in found]
    errors = Counter(one["error"] for one in results if "error" in one)
    assert dict(errors) == refused
    assert sum("error" not in one for one in results) == decoded


@pytest.mark.parametrize("name", NAMES)
def test_decode_when_checksum_is_wrong_in_source_then_refused(name: str) -> None:
    """Exactly the frames whose XOR is wrong are refused for it."""
    for row, found in _rows(name):
        is_bad = row["computed_checks"]["xor_ok"] is False
        assert (found[0].get("error") == "bad_checksum") == is_bad, row["id"]


def _location_of(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = body.get("location", body)
    return found


def test_decode_when_yezhihao_states_values_then_equal() -> None:
    """Headers of all rows; every location's values, its typed items and batches."""
    checked = 0
    for row, got in _good("yezhihao"):
        expected = row["expected"]
        assert int(got["msg_id"], 16) == expected["messageId"], row["id"]
        assert got["phone"] == expected["clientId"]
        assert got["serial"] == expected["serialNo"]
        places = [expected, *expected.get("items", ())] if "items" in expected else [expected]
        bodies = [got["body"], *got["body"].get("locations", ())]
        for want, body in zip(places, bodies, strict=False):
            if isinstance(want, dict) and "warnBit" in want and "lat_deg" in _location_of(body):
                _same_place(want, _location_of(body))
                checked += 1
        if isinstance(expected.get("location"), dict) and "location" in got["body"]:
            _same_place(expected["location"], got["body"]["location"])
            checked += 1
    assert checked >= 15


def _same_place(want: dict[str, Any], body: dict[str, Any]) -> None:
    # The source keeps the raw magnitudes; ours carry the sign of the hemisphere bits.
    assert abs(body["lat_deg"]) == want["latitude"] / 1e6
    assert abs(body["lon_deg"]) == want["longitude"] / 1e6
    assert body["speed_kmh"] == want["speed"] / 10
    assert body["heading_deg"] == want["direction"]
    assert body["altitude_m"] == want["altitude"]
    assert body["alarm_bits"] == want["warnBit"]
    assert body["status_bits"] == want["statusBit"]
    wall = datetime.fromisoformat(want["deviceTime"] + "+08:00").astimezone(UTC)
    assert body["at"] == wall.isoformat().replace("+00:00", "Z")


def test_decode_when_yezhihao_states_items_then_equal() -> None:
    """Mileage, fuel, speed, area alarms and the rest of the additional items."""
    row, got = next((r, g) for r, g in _good("yezhihao") if r["id"] == "yezhihao-015")
    want = row["expected"]["attributes"]
    items = {item["item"]: item for item in got["body"]["items"] if item["item"] != "raw"}
    assert items["mileage"]["mileage_km"] == want["1"] / 10
    assert items["fuel"]["fuel_l"] == want["2"] / 10
    assert items["recorder_speed"]["speed_kmh"] == want["3"] / 10
    assert items["alarm_to_confirm"]["event_id"] == want["4"]
    assert items["overspeed"]["area_type"] == want["17"]["areaType"]
    assert items["overspeed"]["area_id"] == want["17"]["areaId"]
    assert items["area_crossing"]["direction"] == want["18"]["direction"]
    assert items["route_time"]["drive_s"] == want["19"]["driveTime"]
    assert items["vehicle_signals"]["bits"] == want["37"]
    assert items["input_output"]["bits"] == want["42"]
    assert items["analogue"]["ad0"] == want["43"]
    assert items["signal_strength"]["strength"] == want["48"]
    assert items["satellites"]["count"] == want["49"]


# The source's path, then the place in our body and what one of theirs is in ours.
_SMALLCHI = {
    "Lat": ("lat_deg", 1e6), "Lng": ("lon_deg", 1e6), "Speed": ("speed_kmh", 10),
    "Direction": ("heading_deg", 1), "AlarmFlag": ("alarm_bits", 1),
    "StatusFlag": ("status_bits", 1),
}  # fmt: skip


def test_decode_when_smallchi_asserts_values_then_equal() -> None:
    """Places, texts and codes that its unit tests state."""
    checked = 0
    for row, got in _good("smallchi"):
        for path, value in row["expected"].get("asserts [path, value]", ()):
            checked += _check_smallchi(row["id"], got, path, value)
    assert checked >= 70


def _check_smallchi(row_id: str, got: dict[str, Any], path: str, value: str) -> int:
    name = path.rsplit(".", 1)[-1]
    number = re.fullmatch(r"(?:\(\w+\))?(\d+)u?", value)
    index = re.search(r"Positions\[(\d)\]", path)
    body = got["body"]["locations"][int(index[1])] if index else _location_of(got["body"])
    if name in _SMALLCHI and number and "lat_deg" in body:
        key, factor = _SMALLCHI[name]
        assert body[key] == int(number[1]) / factor, (row_id, path)
    elif name == "GPSTime" and "at" in body:
        wall = re.search(r'"(.+)"', value)
        assert wall is not None
        at = datetime.fromisoformat(wall[1] + "+08:00").astimezone(UTC)
        assert body["at"] == at.isoformat().replace("+00:00", "Z"), row_id
    elif name == "MsgNum" and "Header" in path and number:
        # Source row 028 repeats the assertions of the row before it.
        if row_id != "smallchi-028":
            assert got["serial"] == int(number[1]), row_id
    elif name == "TerminalPhoneNo":
        if row_id != "smallchi-028":
            assert got["terminal"] == value.strip('"').lstrip("0"), row_id
    elif name in {"Code", "PlateNo", "TextInfo"} and got["message"] != "unknown":
        key = {"Code": "auth_code", "PlateNo": "plate", "TextInfo": "text"}[name]
        assert got["body"][key] == value.strip('"'), row_id
    elif name in {"Mileage", "Oil"} and number and "items" in body:
        kind, field = ("mileage", "mileage_km") if name == "Mileage" else ("fuel", "fuel_l")
        item = next(i for i in body["items"] if i["item"] == kind)
        assert item[field] == int(number[1]) / 10, row_id
    else:
        return 0
    return 1


def test_decode_when_traccar_frames_then_checks_of_their_fields_hold() -> None:
    """traccar states mostly vendor values; the raw fields were read by another program."""
    checked = 0
    for row, got in _good("traccar"):
        raw = row["computed_checks"].get("location_raw")
        if raw is None or got["message"] != "location":
            continue
        body = got["body"]
        south, west = raw["status"] & 4, raw["status"] & 8
        assert body["lat_deg"] == (-1 if south else 1) * raw["lat_e6"] / 1e6, row["id"]
        assert body["lon_deg"] == (-1 if west else 1) * raw["lon_e6"] / 1e6, row["id"]
        assert body["speed_kmh"] == raw["speed_x10kmh"] / 10, row["id"]
        digits = raw["time_bcd_gmt8"]
        wall = datetime.strptime(digits + "+0800", "%y%m%d%H%M%S%z").astimezone(UTC)
        assert body["at"] == wall.isoformat().replace("+00:00", "Z"), row["id"]
        checked += 1
    assert checked >= 40


def test_decode_when_traccar_states_standard_attributes_then_equal() -> None:
    """Satellites come from the standard's item 31; the SIM card's number from 0x0107."""
    checked = 0
    for row, got in _good("traccar"):
        stated = row["expected"].get("attribute") or {}
        body = got["body"]
        if "sat" in stated:
            place = body["locations"][-1] if "locations" in body else body
            count = next(i["count"] for i in place["items"] if i["item"] == "satellites")
            assert count == stated["sat"], row["id"]
            checked += 1
        if "iccid" in stated and got["message"] == "attributes":
            assert body["iccid"] == stated["iccid"]
            checked += 1
    assert checked == 2


def test_decode_when_framing_rows_then_escapes_as_stated() -> None:
    """traccar's framing tests: escapes undone and made, junk before the flag skipped."""
    path = FOLDER / "jtt808_jtt1078_framing.jsonl"
    need(path.exists(), "shared data")
    checked = 0
    for row in map(msgspec.json.decode, path.read_bytes().splitlines()):
        data = bytes.fromhex(row["hex_or_text"])
        if "escaped_frame" in row["expected"]:
            assert (b"~" + escape(data[1:-1]) + b"~").hex() == row["expected"]["escaped_frame"]
            checked += 1
        elif row["expected"].get("unescaped_frame", "").startswith("7e"):
            frames = [f for f in Splitter().feed(data) if isinstance(f, bytes)]
            assert [(b"~" + unescape(f) + b"~").hex() for f in frames] == [
                row["expected"]["unescaped_frame"]
            ]
            checked += 1
    assert checked == 3
