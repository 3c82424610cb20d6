"""0x8300, words for the driver."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.fields import Reader, number, text_bytes, text_of
from qingshu.wire.jt808.header import Layout

URGENT, ON_SCREEN, READ_ALOUD, ON_ADVERTISING_SCREEN = 1, 4, 8, 16


class Text(Body, frozen=True):
    """``flags`` bits: 0 urgent, 2 on the screen, 3 read aloud. ``kind`` is 2019 only."""

    flags: int
    text: str
    kind: int = 0


def read(reader: Reader, layout: Layout) -> Text:
    """Flags, a kind in 2019, the words."""
    flags = reader.u8()
    kind = reader.u8() if layout is Layout.V2019 else 0
    return Text(flags, text_of(reader.rest()), kind)


def write(body: Text, layout: Layout) -> bytes:
    """The inverse of :func:`read`."""
    kind = number(body.kind, 1, "kind") if layout is Layout.V2019 else b""
    return number(body.flags, 1, "flags") + kind + text_bytes(body.text, "text")


CODEC = Codec(0x8300, "text", Text, read, write)
