"""0x0100, a terminal registers: the 2011, 2013 and 2019 editions differ in field widths."""

from __future__ import annotations

from enum import StrEnum

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.errors import NotEncodable
from qingshu.wire.jt808.fields import Reader, number, text_bytes, text_of
from qingshu.wire.jt808.header import Layout


class Edition(StrEnum):
    """Which edition's field widths the body has."""

    E2011 = "2011"
    E2013 = "2013"
    E2019 = "2019"


# Bytes of maker, model and terminal id.
_WIDTHS = {
    Edition.E2011: (5, 8, 7),
    Edition.E2013: (5, 20, 7),
    Edition.E2019: (11, 30, 30),
}
# Province, city, colour and the fixed fields of 2013: a shorter body must be 2011.
_LEAST_2013 = 2 + 2 + 5 + 20 + 7 + 1


class Register(Body, frozen=True):
    """``plate`` is the VIN where ``plate_colour`` is 0. Codes after GB/T 2260."""

    province: int
    city: int
    maker: str
    model: str
    terminal_id: str
    plate_colour: int
    plate: str
    edition: Edition = Edition.E2013


def read(reader: Reader, layout: Layout) -> Register:
    """The header tells 2019; the length tells 2011 from 2013."""
    if layout is Layout.V2019:
        edition = Edition.E2019
    else:
        edition = Edition.E2013 if reader.left >= _LEAST_2013 else Edition.E2011
    maker, model, terminal_id = _WIDTHS[edition]
    return Register(
        province=reader.u16(),
        city=reader.u16(),
        maker=reader.text(maker),
        model=reader.text(model),
        terminal_id=reader.text(terminal_id),
        plate_colour=reader.u8(),
        plate=text_of(reader.rest()),
        edition=edition,
    )


def write(body: Register, layout: Layout) -> bytes:
    """The inverse of :func:`read`; refuses an edition that would be read as another."""
    if (body.edition is Edition.E2019) != (layout is Layout.V2019):
        msg = f"Expected the edition of the header {layout}, got {body.edition}."
        raise NotEncodable(msg, edition=str(body.edition))
    maker, model, terminal_id = _WIDTHS[body.edition]
    out = (
        number(body.province, 2, "province")
        + number(body.city, 2, "city")
        + text_bytes(body.maker, "maker", maker)
        + text_bytes(body.model, "model", model)
        + text_bytes(body.terminal_id, "terminal_id", terminal_id)
        + number(body.plate_colour, 1, "plate_colour")
        + text_bytes(body.plate, "plate")
    )
    if body.edition is Edition.E2011 and len(out) >= _LEAST_2013:
        msg = f"Expected a plate of at most 11 bytes in the 2011 edition, got {body.plate!r}."
        raise NotEncodable(msg, plate=body.plate)
    return out


CODEC = Codec(0x0100, "register", Register, read, write)
