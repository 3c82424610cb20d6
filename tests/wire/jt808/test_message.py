"""Whole messages survive the wire, and nothing but WireError comes of rubbish."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.kernel.errors import WireError
from qingshu.wire import jt808
from qingshu.wire.jt808.frame import seal
from qingshu.wire.jt808.header import Part
from qingshu.wire.jt808.items import Mileage, RawItem, Satellites
from qingshu.wire.jt808.messages.batch import Batch
from qingshu.wire.jt808.messages.heartbeat import Heartbeat
from qingshu.wire.jt808.messages.location import Doubt, Location
from qingshu.wire.jt808.registry import BY_ID
from tests.wire.jt808.strategies import locations, messages

HEADER = jt808.Header(0x0200, "013800138000", 7)
HERE = Location(
    36.651216, 116.997223, datetime(2026, 11, 24, 6, 32, tzinfo=UTC), 42.5, 271, 31,
    items=(Mileage(81234.5), RawItem(0xE5, b"\x01\x2c"), Satellites(9)),
)  # fmt: skip
# Written by hand from the standard: id, length 0x29 = 28 + 6 + 4 + 3, phone, serial, the
# fixed 28 bytes, then items 01, E5 and 31. The test adds flags and check byte.
HERE_HEX = (
    "7e0200002901380013800000070000000000000002022f411006f93ab7001f01a9010f261124143200"
    "0104000c6539e502012c310109"
)


def test_decode_when_frame_written_by_hand_then_every_value_is_right() -> None:
    """The numbers of the frame come out in their units."""
    inner = bytes.fromhex(HERE_HEX)[1:]
    body = jt808.decode(seal(inner)).body
    assert isinstance(body, Location)
    assert body.lat_deg == 0x022F4110 / 1e6 == 36.651280
    assert body.lon_deg == 0x06F93AB7 / 1e6 == 116.996791
    assert body.speed_kmh == 42.5
    assert body.heading_deg == 271
    assert body.altitude_m == 31
    assert body.at == datetime(2026, 11, 24, 6, 32, tzinfo=UTC)
    assert body.mileage_km == 81234.5
    assert body.items[1:] == (RawItem(0xE5, b"\x01\x2c"), Satellites(9))
    assert body.doubt is Doubt.NONE


@given(messages())
def test_decode_when_encoded_then_same_message(message: jt808.Message) -> None:
    """decode(encode(m)) == m for every kind, layout and edition."""
    assert jt808.decode(jt808.encode(message)) == message


@given(st.binary(max_size=200), st.booleans())
def test_decode_when_random_bytes_then_only_wire_errors(data: bytes, lenient: bool) -> None:
    """Rubbish is refused with a code, never with another exception."""
    with suppress(WireError):
        jt808.decode(data, lenient=lenient)


@given(st.sampled_from(sorted(BY_ID)), st.binary(max_size=120), st.booleans())
def test_decode_when_random_body_then_only_wire_errors(
    msg_id: int, body: bytes, is_2019: bool
) -> None:
    """A right frame around a rubbish body still raises nothing but WireError."""
    layout, phone = (jt808.Layout.V2019, "1" * 20) if is_2019 else (jt808.Layout.V2013, "1" * 12)
    header = jt808.Header(msg_id, phone, 1, layout)
    frame = jt808.encode(jt808.Message(header, jt808.UnknownMessage(body)))
    with suppress(WireError):
        jt808.describe(jt808.decode(frame))


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("7e0002000001380013800000070000" + "7e", "bad_length"),
        ("7e00020000013800138000000700" + "7e", "bad_checksum"),
        ("7e000200007e", "truncated"),
        ("7e0002000001380013807d0000070b7e", "bad_escape"),
        ("", "truncated"),
    ],
)
def test_decode_when_broken_then_the_code_names_the_cause(frame: str, code: str) -> None:
    """Each way to break a heartbeat has its own word."""
    data = bytes.fromhex(frame)
    if code == "bad_length":
        data = seal(data[1:-1])
    with pytest.raises(WireError) as caught:
        jt808.decode(data)
    assert caught.value.code == code


def _location_frame(patch: dict[int, bytes]) -> bytes:
    inner = bytearray.fromhex(HERE_HEX)[1:]
    for at, value in patch.items():
        inner[12 + at : 12 + at + len(value)] = value
    return seal(bytes(inner))


@pytest.mark.parametrize(
    ("time", "code"),
    [("26ff24143200", "bad_bcd"), ("261324143200", "bad_time"), ("260230143200", "bad_time")],
)
def test_decode_when_time_is_wrong_then_refused(time: str, code: str) -> None:
    """A nibble above 9 and a 13th month are two different faults."""
    with pytest.raises(WireError) as caught:
        jt808.decode(_location_frame({22: bytes.fromhex(time)}))
    assert caught.value.code == code


def test_decode_when_phone_is_no_decimal_then_bad_bcd() -> None:
    """Nibbles above 9 that are no IMEI either are refused."""
    with pytest.raises(WireError) as caught:
        jt808.decode(seal(bytes.fromhex("00020000ffffffffffff0001")))
    assert caught.value.code == "bad_bcd"


def test_decode_when_imei_is_packed_into_the_phone_then_it_is_unpacked() -> None:
    """Some terminals pack 14 decimal digits of their IMEI as one 48-bit number."""
    packed = (86543204000001).to_bytes(6).hex()
    message = jt808.decode(seal(bytes.fromhex(f"00020000{packed}0001")))
    assert message.header.terminal[:14] == "86543204000001"
    assert len(message.header.terminal) == 15
    assert jt808.decode(jt808.encode(message)) == message


def test_decode_when_time_is_zero_and_place_absurd_then_flagged_not_refused() -> None:
    """A terminal without a fix is heard, and its position is doubted."""
    patch = {4: bytes(4), 8: bytes.fromhex("06eeb6ad"), 22: bytes(6)}
    body = jt808.decode(_location_frame(patch)).body
    assert isinstance(body, Location)
    assert body.doubt == Doubt.NO_FIX | Doubt.OFF_EARTH | Doubt.NO_TIME


def test_decode_when_item_is_cut_then_kept_as_tail() -> None:
    """Vendors append text after the items; it is not dropped."""
    message = jt808.Message(HEADER, Location(1.0, 2.0, None, tail=b"\x26\x4d00"))
    found = jt808.decode(jt808.encode(message)).body
    assert isinstance(found, Location)
    assert found.tail == b"\x26\x4d00"


def test_decode_when_lenient_then_faults_are_named() -> None:
    """A wrong check byte passes only when asked to, and is counted."""
    frame = bytearray(jt808.encode(jt808.Message(HEADER, HERE)))
    frame[-2] ^= 1
    with pytest.raises(WireError):
        jt808.decode(bytes(frame))
    message = jt808.decode(bytes(frame), lenient=True)
    assert message.faults == ("bad_checksum",)
    assert message.body == HERE


def test_decode_when_unknown_id_then_body_kept_raw() -> None:
    """A well-formed message of an unknown id is a typed value, never silence."""
    frame = seal(bytes.fromhex("0fff0003013800138000000aabbccd"))
    message = jt808.decode(frame)
    assert message.body == jt808.UnknownMessage(bytes.fromhex("abbccd"))
    assert jt808.describe(message)["message"] == "unknown"


def test_decode_when_encrypted_then_says_so() -> None:
    """We have no keys; the body must not be read as plain."""
    with pytest.raises(WireError) as caught:
        jt808.decode(seal(bytes.fromhex("02000401013800138000000a00")))
    assert caught.value.code == "encrypted"


@given(st.lists(locations(), min_size=20, max_size=30))
def test_encode_split_when_too_long_then_parts_carry_running_serials(
    found: list[Location],
) -> None:
    """A batch past 1,023 bytes becomes sub-packets 1 … n of n."""
    message = jt808.Message(jt808.Header(0x0704, "013800138000", 0xFFFF), Batch(1, tuple(found)))
    frames = [jt808.decode(f) for f in jt808.encode_split(message)]
    if len(frames) == 1:
        return
    assert [f.header.part for f in frames] == [
        Part(len(frames), i) for i in range(1, len(frames) + 1)
    ]
    assert [f.header.serial for f in frames[:2]] == [0xFFFF, 0]


def test_heartbeat_when_answered_fields_missing_then_still_typed() -> None:
    """Bytes that a terminal adds to a heartbeat are kept, not refused."""
    message = jt808.Message(jt808.Header(0x0002, "013800138000", 1), Heartbeat(b"\x01\x02"))
    assert jt808.decode(jt808.encode(message)).body == Heartbeat(b"\x01\x02")


def test_reference_page_when_messages_grow_then_lists_them_all() -> None:
    """docs/reference/jt808.md names every message that is read."""
    page = (Path(__file__).parents[3] / "docs" / "reference" / "jt808.md").read_text("utf-8")
    for codec in BY_ID.values():
        assert f"| 0x{codec.msg_id:04x} | {codec.name} |" in page.replace("0X", "0x")
