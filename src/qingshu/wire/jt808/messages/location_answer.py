"""0x0201, the terminal answers 0x8201 with its location."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.fields import Reader, number
from qingshu.wire.jt808.header import Layout
from qingshu.wire.jt808.messages import location


class LocationAnswer(Body, frozen=True):
    """Which question it answers, and where the truck is."""

    answers_serial: int
    location: location.Location


def read(reader: Reader, layout: Layout) -> LocationAnswer:
    """A serial, then a 0x0200 body."""
    return LocationAnswer(reader.u16(), location.read(reader, layout))


def write(body: LocationAnswer, layout: Layout) -> bytes:
    """The inverse of :func:`read`."""
    return number(body.answers_serial, 2, "answers_serial") + location.write(body.location, layout)


CODEC = Codec(0x0201, "location_answer", LocationAnswer, read, write)
