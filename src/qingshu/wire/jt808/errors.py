"""Why bytes are not a JT/T 808 message, one class a cause."""

from __future__ import annotations

from typing import ClassVar

from qingshu.kernel.errors import WireError


class BadChecksum(WireError):
    """The XOR over header and body differs from the frame's last byte."""

    code: ClassVar[str] = "bad_checksum"


class Truncated(WireError):
    """The bytes end before the field that should follow."""

    code: ClassVar[str] = "truncated"


class BadEscape(WireError):
    """A 7D is followed by something else than 01 or 02."""

    code: ClassVar[str] = "bad_escape"


class BadLength(WireError):
    """The length in the header, or of a part, differs from what is there."""

    code: ClassVar[str] = "bad_length"


class BadBcd(WireError):
    """A packed decimal holds a nibble above 9."""

    code: ClassVar[str] = "bad_bcd"


class BadTime(WireError):
    """Six packed decimals are no calendar time."""

    code: ClassVar[str] = "bad_time"


class NoFrame(WireError):
    """There is no 7E flag in these bytes."""

    code: ClassVar[str] = "no_frame"


class FrameTooLong(WireError):
    """More bytes than any frame has came without a 7E flag."""

    code: ClassVar[str] = "frame_too_long"


class Encrypted(WireError):
    """The body is encrypted; no key exchange is spoken here."""

    code: ClassVar[str] = "encrypted"


class BadPart(WireError):
    """A sub-packet's index is outside its total, or it contradicts its siblings."""

    code: ClassVar[str] = "bad_part"


class NotEncodable(WireError):
    """A value does not fit the field it should be written to."""

    code: ClassVar[str] = "not_encodable"
