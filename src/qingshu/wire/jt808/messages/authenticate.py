"""0x0102, a terminal shows the code it was given."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.fields import Reader, number, text_bytes, text_of
from qingshu.wire.jt808.header import Layout


class Authenticate(Body, frozen=True):
    """``imei`` and ``software`` exist only in the 2019 edition."""

    auth_code: str
    imei: str = ""
    software: str = ""


def read(reader: Reader, layout: Layout) -> Authenticate:
    """2013: the whole body is the code. 2019: code with its length, IMEI, software."""
    if layout is not Layout.V2019:
        return Authenticate(text_of(reader.rest()))
    found = Authenticate(reader.text(reader.u8()), reader.text(15), reader.text(20))
    reader.end()
    return found


def write(body: Authenticate, layout: Layout) -> bytes:
    """The inverse of :func:`read`."""
    code = text_bytes(body.auth_code, "auth_code")
    if layout is not Layout.V2019:
        return code
    return (
        number(len(code), 1, "auth_code")
        + code
        + text_bytes(body.imei, "imei", 15)
        + text_bytes(body.software, "software", 20)
    )


CODEC = Codec(0x0102, "authenticate", Authenticate, read, write)
