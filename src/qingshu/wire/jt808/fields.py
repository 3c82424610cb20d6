"""The elementary fields of JT/T 808: big-endian numbers, BCD, GBK text, GMT+8 times."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta, timezone

from qingshu.wire.jt808.errors import BadBcd, BadLength, BadTime, NotEncodable, Truncated

CHINA = timezone(timedelta(hours=8))
_MAX = {1: 0xFF, 2: 0xFFFF, 4: 0xFFFF_FFFF}


class Reader:
    """Takes fields off the front of a body; running out is :class:`Truncated`.

    >>> Reader(b"\\x00\\x07rest").u16()
    7
    """

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes not taken yet."""
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        end = self._at + count
        if end > len(self._data):
            msg = f"Expected {count} more bytes at offset {self._at}, got {self.left}."
            raise Truncated(msg, offset=self._at)
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def rest(self) -> bytes:
        """Everything that is left."""
        return self.take(self.left)

    def u8(self) -> int:
        """An unsigned byte."""
        return self.take(1)[0]

    def u16(self) -> int:
        """An unsigned 16-bit number."""
        return int.from_bytes(self.take(2))

    def u32(self) -> int:
        """An unsigned 32-bit number."""
        return int.from_bytes(self.take(4))

    def text(self, count: int) -> str:
        """GBK text of ``count`` bytes without its padding."""
        return text_of(self.take(count))

    def end(self) -> None:
        """Refuse bytes that no field explains."""
        if self.left:
            msg = f"Expected the body to end at offset {self._at}, got {self.left} more bytes."
            raise BadLength(msg, extra=self.left)


def number(value: int, size: int, name: str) -> bytes:
    """``value`` in ``size`` bytes, or :class:`NotEncodable`.

    >>> number(258, 2, "serial").hex()
    '0102'
    """
    if not 0 <= value <= _MAX[size]:
        msg = f"Expected {name} in [0, {_MAX[size]}], got {value}."
        raise NotEncodable(msg, **{name: value})
    return value.to_bytes(size)


def scaled(value: float, factor: int, name: str, size: int = 2) -> bytes:
    """``value * factor`` rounded to the nearest count, in ``size`` bytes."""
    return number(round(value * factor), size, name)


def text_of(data: bytes) -> str:
    """GBK text without NUL or blank padding; undecodable bytes show as ``\\xNN``.

    >>> text_of(bytes.fromhex("d4c1413132333435") + bytes(3))
    '粤A12345'
    """
    return data.strip(b"\x00 ").decode("gbk", errors="backslashreplace")


def text_bytes(text: str, name: str, size: int | None = None) -> bytes:
    """GBK bytes of ``text``, padded with NUL to ``size``."""
    try:
        data = text.encode("gbk")
    except UnicodeEncodeError as error:
        msg = f"Expected {name} in GBK characters, got {text!r}."
        raise NotEncodable(msg, **{name: text}) from error
    if size is None:
        return data
    if len(data) > size:
        msg = f"Expected {name} of at most {size} bytes in GBK, got {len(data)}."
        raise NotEncodable(msg, **{name: text})
    return data.ljust(size, b"\x00")


def bcd(data: bytes) -> str:
    """The decimal digits of packed BCD.

    >>> bcd(bytes.fromhex("013812345678"))
    '013812345678'
    """
    digits = data.hex()
    if not digits.isdecimal():
        msg = f"Expected packed decimal digits, got {digits}."
        raise BadBcd(msg, got=digits)
    return digits


def bcd_bytes(digits: str, size: int, name: str) -> bytes:
    """Packed BCD of ``digits``, zeros in front."""
    if not (digits.isascii() and (digits or "0").isdecimal() and len(digits) <= 2 * size):
        msg = f"Expected {name} of at most {2 * size} decimal digits, got {digits!r}."
        raise NotEncodable(msg, **{name: digits})
    return bytes.fromhex(digits.zfill(2 * size))


def instant(data: bytes) -> datetime | None:
    """The UTC instant of YYMMDDhhmmss in GMT+8; None where a device sends all zeros.

    >>> instant(bytes.fromhex("261124143200")).isoformat()
    '2026-11-24T06:32:00+00:00'
    """
    if data == b"\x00\x00\x00\x00\x00\x00":
        return None
    digits = bcd(data)
    year, month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(0, 12, 2))
    try:
        wall = datetime(2000 + year, month, day, hour, minute, second, tzinfo=CHINA)
    except ValueError as error:
        msg = f"Expected a time as YYMMDDhhmmss, got {digits}."
        raise BadTime(msg, got=digits) from error
    return wall.astimezone(UTC)


def instant_bytes(at: datetime | None) -> bytes:
    """YYMMDDhhmmss in GMT+8; whole seconds, years 2000 to 2099."""
    if at is None:
        return bytes(6)
    wall = at.astimezone(CHINA)
    if not 2000 <= wall.year <= 2099:
        msg = f"Expected a year from 2000 to 2099, got {wall.year}."
        raise NotEncodable(msg, at=at.isoformat())
    return bytes.fromhex(wall.strftime("%y%m%d%H%M%S"))


LOCATION_HEAD = struct.Struct(">IIIIHHH6s")
