"""0x0107, what the terminal is: maker, model, SIM card, versions."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.fields import Reader, bcd, bcd_bytes, number, text_bytes
from qingshu.wire.jt808.header import Layout


class Attributes(Body, frozen=True):
    """``iccid`` holds 20 digits; the module fields are bits."""

    terminal_type: int
    maker: str
    model: str
    terminal_id: str
    iccid: str
    hardware: str
    firmware: str
    gnss_bits: int
    network_bits: int


def _widths(layout: Layout) -> tuple[int, int]:
    return (30, 30) if layout is Layout.V2019 else (20, 7)


def read(reader: Reader, layout: Layout) -> Attributes:
    """Model and terminal id are wider in the 2019 edition."""
    model, terminal_id = _widths(layout)
    found = Attributes(
        terminal_type=reader.u16(),
        maker=reader.text(5),
        model=reader.text(model),
        terminal_id=reader.text(terminal_id),
        iccid=bcd(reader.take(10)),
        hardware=reader.text(reader.u8()),
        firmware=reader.text(reader.u8()),
        gnss_bits=reader.u8(),
        network_bits=reader.u8(),
    )
    reader.end()
    return found


def write(body: Attributes, layout: Layout) -> bytes:
    """The inverse of :func:`read`."""
    model, terminal_id = _widths(layout)
    hardware = text_bytes(body.hardware, "hardware")
    firmware = text_bytes(body.firmware, "firmware")
    return (
        number(body.terminal_type, 2, "terminal_type")
        + text_bytes(body.maker, "maker", 5)
        + text_bytes(body.model, "model", model)
        + text_bytes(body.terminal_id, "terminal_id", terminal_id)
        + bcd_bytes(body.iccid, 10, "iccid")
        + number(len(hardware), 1, "hardware")
        + hardware
        + number(len(firmware), 1, "firmware")
        + firmware
        + number(body.gnss_bits, 1, "gnss_bits")
        + number(body.network_bits, 1, "network_bits")
    )


CODEC = Codec(0x0107, "attributes", Attributes, read, write)
