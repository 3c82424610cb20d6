"""0x8001, the platform's general answer."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.fields import Reader, number
from qingshu.wire.jt808.header import Layout

DONE, FAILED, WRONG, NOT_SUPPORTED = 0, 1, 2, 3


class PlatformAck(Body, frozen=True):
    """``result``: 0 done, 1 failed, 2 message wrong, 3 not supported, 4 alarm handled."""

    answers_serial: int
    answers_id: int
    result: int


def read(reader: Reader, _layout: Layout) -> PlatformAck:
    """Five bytes, no more."""
    found = PlatformAck(reader.u16(), reader.u16(), reader.u8())
    reader.end()
    return found


def write(body: PlatformAck, _layout: Layout) -> bytes:
    """The inverse of :func:`read`."""
    return (
        number(body.answers_serial, 2, "answers_serial")
        + number(body.answers_id, 2, "answers_id")
        + number(body.result, 1, "result")
    )


CODEC = Codec(0x8001, "platform_ack", PlatformAck, read, write)
