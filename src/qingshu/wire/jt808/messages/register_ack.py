"""0x8100, the platform answers a registration."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.fields import Reader, number, text_bytes, text_of
from qingshu.wire.jt808.header import Layout

REGISTERED = 0
TRUCK_TAKEN, TRUCK_UNKNOWN, TERMINAL_TAKEN, TERMINAL_UNKNOWN = 1, 2, 3, 4


class RegisterAck(Body, frozen=True):
    """``auth_code`` comes only with ``result`` 0 (registered)."""

    answers_serial: int
    result: int
    auth_code: str = ""


def read(reader: Reader, _layout: Layout) -> RegisterAck:
    """Serial, result, code."""
    return RegisterAck(reader.u16(), reader.u8(), text_of(reader.rest()))


def write(body: RegisterAck, _layout: Layout) -> bytes:
    """The inverse of :func:`read`."""
    return (
        number(body.answers_serial, 2, "answers_serial")
        + number(body.result, 1, "result")
        + text_bytes(body.auth_code, "auth_code")
    )


CODEC = Codec(0x8100, "register_ack", RegisterAck, read, write)
