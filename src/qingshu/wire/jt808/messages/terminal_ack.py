"""0x0001, the terminal's general answer."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.fields import Reader, number
from qingshu.wire.jt808.header import Layout


class TerminalAck(Body, frozen=True):
    """``result``: 0 done, 1 failed, 2 message wrong, 3 not supported."""

    answers_serial: int
    answers_id: int
    result: int


def read(reader: Reader, _layout: Layout) -> TerminalAck:
    """Five bytes, no more."""
    found = TerminalAck(reader.u16(), reader.u16(), reader.u8())
    reader.end()
    return found


def write(body: TerminalAck, _layout: Layout) -> bytes:
    """The inverse of :func:`read`."""
    return (
        number(body.answers_serial, 2, "answers_serial")
        + number(body.answers_id, 2, "answers_id")
        + number(body.result, 1, "result")
    )


CODEC = Codec(0x0001, "terminal_ack", TerminalAck, read, write)
