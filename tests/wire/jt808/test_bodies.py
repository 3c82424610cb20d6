"""Bodies written by hand from the standard's field tables, one row a message and edition."""

from __future__ import annotations

import pytest

from qingshu.kernel.errors import WireError
from qingshu.wire import jt808
from qingshu.wire.jt808.codec import Body
from qingshu.wire.jt808.frame import seal
from qingshu.wire.jt808.messages.attributes import Attributes
from qingshu.wire.jt808.messages.authenticate import Authenticate
from qingshu.wire.jt808.messages.batch import Batch
from qingshu.wire.jt808.messages.location import Location
from qingshu.wire.jt808.messages.parameters import (
    REPORT_INTERVAL_S,
    ParametersAnswer,
    SetParameters,
    u32_parameter,
)
from qingshu.wire.jt808.messages.passthrough import PassThrough
from qingshu.wire.jt808.messages.platform_ack import PlatformAck
from qingshu.wire.jt808.messages.query_location import QueryLocation
from qingshu.wire.jt808.messages.register import Edition, Register
from qingshu.wire.jt808.messages.register_ack import RegisterAck
from qingshu.wire.jt808.messages.terminal_ack import TerminalAck
from qingshu.wire.jt808.messages.text import Text

# 鲁A12345 in GBK.
PLATE = "c2b3 4131323334 35"
NIL = "00" * 28
# alarm, status (fix), lat 36.65, lon 117.0, altitude, speed, direction, no time.
PLACE = "00000000 00000002 022f3c10 06f94740 001f 01a9 010f 000000000000"
AT_PLACE = Location(36.65, 117.0, None, 42.5, 271, 31)


@pytest.mark.parametrize(
    ("msg_id", "is_2019", "body", "expected"),
    [
        (0x0001, False, "0007 8300 00", TerminalAck(7, 0x8300, 0)),
        (0x8001, False, "0007 0200 03", PlatformAck(7, 0x0200, 3)),
        (
            0x0100, False,
            f"0025 0065 5153000000 4d31000000000000 49443100000000 02 {PLATE}",
            Register(37, 101, "QS", "M1", "ID1", 2, "鲁A12345", Edition.E2011),
        ),
        (
            0x0100, False,
            f"0025 0065 5153000000 4d31 {'00' * 18} 49443100000000 02 {PLATE}",
            Register(37, 101, "QS", "M1", "ID1", 2, "鲁A12345", Edition.E2013),
        ),
        (
            0x0100, True,
            f"0025 0065 5153 {'00' * 9} 4d31 {NIL} 494431 {'00' * 27} 02 {PLATE}",
            Register(37, 101, "QS", "M1", "ID1", 2, "鲁A12345", Edition.E2019),
        ),
        (0x8100, False, "0007 00 61626364", RegisterAck(7, 0, "abcd")),
        (0x8100, False, "0007 04", RegisterAck(7, 4)),
        (0x0102, False, "61626364", Authenticate("abcd")),
        (
            0x0102, True, f"04 61626364 313233 {'00' * 12} 7631 {'00' * 18}",
            Authenticate("abcd", "123", "v1"),
        ),
        (
            0x8103, False, "01 00000029 04 0000000a",
            SetParameters((u32_parameter(REPORT_INTERVAL_S, 10),)),
        ),
        (
            0x0104, False, "0007 01 00000029 04 0000000a",
            ParametersAnswer(7, (u32_parameter(REPORT_INTERVAL_S, 10),)),
        ),
        (
            0x0107, False,
            f"0005 5153000000 4d31 {'00' * 18} 49443100000000 12345678901234567890"
            " 03 487731 03 467731 07 09",
            Attributes(5, "QS", "M1", "ID1", "12345678901234567890", "Hw1", "Fw1", 7, 9),
        ),
        (0x0200, False, PLACE, AT_PLACE),
        (0x0704, True, f"0002 01 001c {PLACE} 001c {PLACE}", Batch(1, (AT_PLACE, AT_PLACE))),
        (0x0900, False, "f0 0102", PassThrough(0xF0, b"\x01\x02")),
        (0x8201, False, "", QueryLocation()),
        (0x8300, False, "05 c7e5cae8", Text(5, "清疏")),
        (0x8300, True, "05 01 c7e5cae8", Text(5, "清疏", 1)),
    ],
)  # fmt: skip
def test_body_when_written_by_hand_then_read_and_written_back(
    msg_id: int, is_2019: bool, body: str, expected: Body
) -> None:
    """The hand-made bytes decode to the expected body, and it encodes to the same bytes."""
    data = bytes.fromhex(body)
    # attributes: the length, and bit 14 for 2019; then version, phone, serial 7.
    if is_2019:
        head = f"{msg_id:04x}{0x4000 | len(data):04x}01{'13800138000'.zfill(20)}0007"
    else:
        head = f"{msg_id:04x}{len(data):04x}0138001380000007"
    frame = seal(bytes.fromhex(head) + data)
    message = jt808.decode(frame)
    assert message.body == expected
    assert message.header.terminal == "13800138000"
    assert message.header.is_2019 is is_2019
    assert jt808.encode(message) == frame


@pytest.mark.parametrize(
    ("msg_id", "body", "code"),
    [
        (0x0001, "0007 8300", "truncated"),
        (0x0001, "0007 8300 00 00", "bad_length"),
        (0x0100, "0025 0065 5153", "truncated"),
        (0x0200, PLACE[:-4], "truncated"),
        (0x0704, f"0003 01 001c {PLACE} 001c {PLACE}", "bad_length"),
        (0x0704, f"0002 01 001c {PLACE} 001d {PLACE}", "truncated"),
        (0x8103, "02 00000029 04 0000000a", "bad_length"),
        (0x0107, f"0005 5153000000 {'00' * 27} 1234567890123456789a 00 00 00 00", "bad_bcd"),
        (0x8300, "", "truncated"),
    ],
)
def test_body_when_broken_then_coded(msg_id: int, body: str, code: str) -> None:
    """A right frame around a wrong body names what is wrong with the body."""
    data = bytes.fromhex(body)
    frame = seal(bytes.fromhex(f"{msg_id:04x}{len(data):04x}0138001380000007") + data)
    with pytest.raises(WireError) as caught:
        jt808.decode(frame)
    assert caught.value.code == code
