"""0x8201: the platform asks where the terminal is."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.fields import Reader
from qingshu.wire.jt808.header import Layout


class QueryLocation(Body, frozen=True):
    """An empty body; bytes that a terminal adds all the same are kept in ``extra``."""

    extra: bytes = b""


def read(reader: Reader, _layout: Layout) -> QueryLocation:
    """Whatever there is."""
    return QueryLocation(reader.rest())


def write(body: QueryLocation, _layout: Layout) -> bytes:
    """The inverse of :func:`read`."""
    return body.extra


CODEC = Codec(0x8201, "query_location", QueryLocation, read, write)
