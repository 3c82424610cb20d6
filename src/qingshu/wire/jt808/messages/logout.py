"""0x0003: the terminal gives its registration back."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.fields import Reader
from qingshu.wire.jt808.header import Layout


class Logout(Body, frozen=True):
    """An empty body; bytes that a terminal adds all the same are kept in ``extra``."""

    extra: bytes = b""


def read(reader: Reader, _layout: Layout) -> Logout:
    """Whatever there is."""
    return Logout(reader.rest())


def write(body: Logout, _layout: Layout) -> bytes:
    """The inverse of :func:`read`."""
    return body.extra


CODEC = Codec(0x0003, "logout", Logout, read, write)
