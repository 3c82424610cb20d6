"""0x0900, data of other devices passed through the terminal, kept raw."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.fields import Reader, number
from qingshu.wire.jt808.header import Layout


class PassThrough(Body, frozen=True):
    """``kind``: 00 GNSS, 0B road card, 41 and 42 serial ports, F0 to FF vendor."""

    kind: int
    data: bytes


def read(reader: Reader, _layout: Layout) -> PassThrough:
    """A kind, then anything."""
    return PassThrough(reader.u8(), reader.rest())


def write(body: PassThrough, _layout: Layout) -> bytes:
    """The inverse of :func:`read`."""
    return number(body.kind, 1, "kind") + body.data


CODEC = Codec(0x0900, "passthrough", PassThrough, read, write)
