"""The message header in its 2013 and 2019 forms, and the layouts seen in the field."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from qingshu.wire.jt808.errors import BadLength, BadPart, NotEncodable, Truncated
from qingshu.wire.jt808.fields import bcd, bcd_bytes, number

LENGTH_MASK = 0x03FF
ENCRYPTION_MASK = 0x1C00
SPLIT_BIT = 0x2000
VERSION_BIT = 0x4000
MAX_BODY = LENGTH_MASK
# An IMEI without its check digit, 14 decimal digits, as one 48-bit number.
_IMEI_FROM, _IMEI_TO = 10**13, 10**14


class Layout(StrEnum):
    """How the header is laid out.

    ``V2013_FLAGGED``: the version bit is set but the header is the 2013 one.
    ``SHORT_SERIAL``: vendor messages 0x5501 and 0x5502 carry a one-byte serial.
    """

    V2013 = "2013"
    V2019 = "2019"
    V2013_FLAGGED = "2013_flagged"
    SHORT_SERIAL = "short_serial"


SHORT_SERIAL_IDS = frozenset({0x5501, 0x5502})


class Part(msgspec.Struct, frozen=True):
    """Which sub-packet of a split message this is; ``index`` counts from 1."""

    total: int
    index: int


class Header(msgspec.Struct, frozen=True):
    """Who says what. ``phone`` holds the digits (or IMEI nibbles) of the wire, padded.

    >>> Header(0x0002, "013812345678", 7).terminal
    '13812345678'
    """

    msg_id: int
    phone: str
    serial: int
    layout: Layout = Layout.V2013
    protocol_version: int = 0
    encryption: int = 0
    part: Part | None = None

    @property
    def terminal(self) -> str:
        """The terminal's number as people write it: no leading zeros, IMEI unpacked."""
        if self.phone.isdecimal():
            return self.phone.lstrip("0")
        return _imei(self.phone) or self.phone

    @property
    def is_2019(self) -> bool:
        """Whether bodies follow the 2019 edition."""
        return self.layout is Layout.V2019


def parse_header(inner: bytes, *, lenient: bool = False) -> tuple[Header, bytes, BadLength | None]:
    """Split header and body; ``lenient`` hands a wrong length back instead of raising.

    >>> parse_header(bytes.fromhex("00020000012345678900000a"))[0].serial
    10
    """
    if len(inner) < 11:
        msg = f"Expected a header of at least 11 bytes, got {len(inner)}."
        raise Truncated(msg, size=len(inner))
    msg_id = int.from_bytes(inner[:2])
    attributes = int.from_bytes(inner[2:4])
    said = attributes & LENGTH_MASK
    is_split = bool(attributes & SPLIT_BIT)
    layout, size = _layout_of(msg_id, attributes, len(inner), is_split)
    if len(inner) < size:
        msg = f"Expected a header of {size} bytes, got {len(inner)}."
        raise Truncated(msg, size=len(inner))
    fault = None
    if len(inner) - size != said:
        msg = f"Expected a body of {said} bytes as the header says, got {len(inner) - size}."
        fault = BadLength(msg, said=said, got=len(inner) - size)
        if not lenient:
            raise fault
    return _header_of(inner, layout, msg_id, attributes, size), inner[size:], fault


def _layout_of(msg_id: int, attributes: int, size: int, is_split: bool) -> tuple[Layout, int]:
    extra = 4 if is_split else 0
    said = attributes & LENGTH_MASK
    if attributes & VERSION_BIT:
        # Some terminals set the version bit and go on speaking 2013. The length tells.
        if size != 17 + extra + said and size == 12 + extra + said:
            return Layout.V2013_FLAGGED, 12 + extra
        return Layout.V2019, 17 + extra
    if msg_id in SHORT_SERIAL_IDS and size == 11 + extra + said:
        return Layout.SHORT_SERIAL, 11 + extra
    return Layout.V2013, 12 + extra


def _header_of(inner: bytes, layout: Layout, msg_id: int, attributes: int, size: int) -> Header:
    is_2019 = layout is Layout.V2019
    start, width = (5, 10) if is_2019 else (4, 6)
    end = start + width
    serial_size = 1 if layout is Layout.SHORT_SERIAL else 2
    part = None
    if attributes & SPLIT_BIT:
        total, index = inner[size - 4 : size - 2], inner[size - 2 : size]
        part = Part(int.from_bytes(total), int.from_bytes(index))
        if not 1 <= part.index <= part.total:
            msg = f"Expected a sub-packet index in [1, {part.total}], got {part.index}."
            raise BadPart(msg, index=part.index, total=part.total)
    return Header(
        msg_id=msg_id,
        phone=_phone(inner[start:end]),
        serial=int.from_bytes(inner[end : end + serial_size]),
        layout=layout,
        protocol_version=inner[4] if is_2019 else 0,
        encryption=(attributes & ENCRYPTION_MASK) >> 10,
        part=part,
    )


def build_header(header: Header, body_size: int) -> bytes:
    """The header's bytes for a body of ``body_size``."""
    if body_size > MAX_BODY:
        msg = f"Expected a body of at most {MAX_BODY} bytes in one frame, got {body_size}."
        raise NotEncodable(msg, size=body_size)
    attributes = body_size | (header.encryption << 10 & ENCRYPTION_MASK)
    if header.part is not None:
        attributes |= SPLIT_BIT
    is_2019 = header.layout is Layout.V2019
    if is_2019 or header.layout is Layout.V2013_FLAGGED:
        attributes |= VERSION_BIT
    out = number(header.msg_id, 2, "msg_id") + attributes.to_bytes(2)
    if is_2019:
        out += number(header.protocol_version, 1, "protocol_version")
    out += _phone_bytes(header.phone, 10 if is_2019 else 6)
    out += number(header.serial, 1 if header.layout is Layout.SHORT_SERIAL else 2, "serial")
    if header.part is not None:
        out += number(header.part.total, 2, "total") + number(header.part.index, 2, "index")
    return out


def _phone(data: bytes) -> str:
    digits = data.hex()
    if digits.isdecimal() or _imei(digits):
        return digits
    return bcd(data)


def _phone_bytes(phone: str, size: int) -> bytes:
    if len(phone) == 2 * size and _imei(phone):
        return bytes.fromhex(phone)
    try:
        return bcd_bytes(phone, size, "phone")
    except NotEncodable as error:
        raise NotEncodable(error.message, phone=phone) from error


def _imei(nibbles: str) -> str | None:
    """The 15-digit IMEI that six bytes stand for, None when they do not."""
    try:
        value = int(nibbles, 16)
    except ValueError:
        return None
    if len(nibbles) != 12 or not _IMEI_FROM <= value < _IMEI_TO:
        return None
    return f"{value}{_luhn(value)}"


def _luhn(value: int) -> int:
    total = 0
    for place, digit in enumerate(reversed(str(value))):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10
