"""0x0002: the terminal is alive."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.fields import Reader
from qingshu.wire.jt808.header import Layout


class Heartbeat(Body, frozen=True):
    """An empty body; bytes that a terminal adds all the same are kept in ``extra``."""

    extra: bytes = b""


def read(reader: Reader, _layout: Layout) -> Heartbeat:
    """Whatever there is."""
    return Heartbeat(reader.rest())


def write(body: Heartbeat, _layout: Layout) -> bytes:
    """The inverse of :func:`read`."""
    return body.extra


CODEC = Codec(0x0002, "heartbeat", Heartbeat, read, write)
