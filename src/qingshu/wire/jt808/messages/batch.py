"""0x0704, positions kept while there was no signal (or simply many at once)."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.errors import BadLength
from qingshu.wire.jt808.fields import Reader, number
from qingshu.wire.jt808.header import Layout
from qingshu.wire.jt808.messages import location

LIVE, STORED = 0, 1


class Batch(Body, frozen=True):
    """``kind`` 0: many live positions, 1: stored ones sent late."""

    kind: int
    locations: tuple[location.Location, ...]


def read(reader: Reader, layout: Layout) -> Batch:
    """Count, kind, then 0x0200 bodies with their lengths."""
    count, kind = reader.u16(), reader.u8()
    found = []
    while reader.left:
        found.append(location.read(Reader(reader.take(reader.u16())), layout))
    if len(found) != count:
        msg = f"Expected {count} positions as the message says, got {len(found)}."
        raise BadLength(msg, said=count, got=len(found))
    return Batch(kind, tuple(found))


def write(body: Batch, layout: Layout) -> bytes:
    """The inverse of :func:`read`."""
    out = [number(len(body.locations), 2, "count"), number(body.kind, 1, "kind")]
    for one in body.locations:
        data = location.write(one, layout)
        out += [number(len(data), 2, "location_length"), data]
    return b"".join(out)


CODEC = Codec(0x0704, "batch", Batch, read, write)
