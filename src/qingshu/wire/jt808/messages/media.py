"""0x0801, a photo, sound or film with the place where it was made."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.fields import LOCATION_HEAD, Reader, number
from qingshu.wire.jt808.header import Layout
from qingshu.wire.jt808.messages import location


class Media(Body, frozen=True):
    """``kind`` 0 photo, 1 sound, 2 film; ``format`` 0 JPEG, 1 TIF, 2 MP3, 3 WAV, 4 WMV."""

    media_id: int
    kind: int
    format: int
    event: int
    channel: int
    location: location.Location
    data: bytes


def read(reader: Reader, layout: Layout) -> Media:
    """Eight bytes, a location without items, the data."""
    return Media(
        reader.u32(), reader.u8(), reader.u8(), reader.u8(), reader.u8(),
        location.read(Reader(reader.take(LOCATION_HEAD.size)), layout),
        reader.rest(),
    )  # fmt: skip


def write(body: Media, layout: Layout) -> bytes:
    """The inverse of :func:`read`."""
    return (
        number(body.media_id, 4, "media_id")
        + number(body.kind, 1, "kind")
        + number(body.format, 1, "format")
        + number(body.event, 1, "event")
        + number(body.channel, 1, "channel")
        + location.write(body.location, layout)[: LOCATION_HEAD.size]
        + body.data
    )


CODEC = Codec(0x0801, "media", Media, read, write)
