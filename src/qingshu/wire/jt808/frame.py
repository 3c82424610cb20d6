"""Frames on the wire: 7E flags, 7D escapes, the XOR check, and a stream of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import xor

from qingshu.wire.jt808.errors import BadChecksum, BadEscape, Truncated

FLAG = 0x7E
# 1023 body bytes, 21 header bytes and the check byte, all of them escaped.
MAX_FRAME = 2 * (1023 + 21 + 1)
# id, attributes, phone, the shortest serial and the check byte.
MIN_CONTENT = 12
_FLAG = b"\x7e"
_ESCAPE = b"\x7d"


@dataclass(frozen=True, slots=True)
class Junk:
    """Bytes of a stream that belong to no frame, and why."""

    data: bytes
    code: str


class Splitter:
    """Cuts a byte stream at its flags; keeps what is not finished.

    Any flag both ends and begins a frame, so one lost byte costs one frame. Bytes
    before the first flag and runs longer than any frame come out as :class:`Junk`.

    >>> splitter = Splitter()
    >>> splitter.feed(b"$$~ab")
    [Junk(data=b'$$', code='no_frame')]
    >>> splitter.feed(b"c~~de~")
    [b'abc', b'de']
    """

    __slots__ = ("_inside", "_max", "_pending")

    def __init__(self, max_frame: int = MAX_FRAME) -> None:
        self._pending = b""
        self._inside = False
        self._max = max_frame

    @property
    def pending(self) -> int:
        """Bytes held back because their frame has no end yet."""
        return len(self._pending)

    def feed(self, data: bytes) -> list[bytes | Junk]:
        """The frames that ``data`` completes, still escaped and without flags."""
        *done, self._pending = (self._pending + data).split(_FLAG)
        found: list[bytes | Junk] = []
        for piece in done:
            if not piece:
                self._inside = True
                continue
            if len(piece) > self._max:
                found.append(Junk(piece, "frame_too_long"))
            elif not self._inside:
                found.append(Junk(piece, "no_frame"))
            else:
                found.append(piece)
            self._inside = True
        if len(self._pending) > self._max:
            found.append(Junk(self._pending, "frame_too_long"))
            # What still comes of this run is the rest of the same junk.
            self._pending, self._inside = b"", False
        return found

    def close(self) -> list[bytes | Junk]:
        """What the stream left unfinished when it ended."""
        rest, self._pending = self._pending, b""
        if not rest:
            return []
        return [Junk(rest, "truncated" if self._inside else "no_frame")]


def unescape(data: bytes) -> bytes:
    """Undo 7D 01 and 7D 02.

    >>> unescape(bytes.fromhex("307d02087d0155")).hex()
    '307e087d55'
    """
    if _ESCAPE not in data:
        return data
    first, *others = data.split(_ESCAPE)
    out = [first]
    for part in others:
        mark = part[:1]
        if mark == b"\x01":
            out.append(b"\x7d" + part[1:])
        elif mark == b"\x02":
            out.append(b"\x7e" + part[1:])
        else:
            msg = f"Expected 01 or 02 after 7D, got {mark.hex() or 'the end'}."
            raise BadEscape(msg, got=mark.hex())
    return b"".join(out)


def escape(data: bytes) -> bytes:
    """Escape 7D and 7E; the inverse of :func:`unescape`.

    >>> escape(bytes.fromhex("307e087d55")).hex()
    '307d02087d0155'
    """
    return data.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02")


def check_byte(data: bytes) -> int:
    """XOR over header and body.

    >>> check_byte(bytes.fromhex("00020000012345678900000a"))
    129
    """
    return reduce(xor, data, 0)


def verified(content: bytes) -> tuple[bytes, BadChecksum | None]:
    """Header and body without the check byte, and the fault when it does not match."""
    if len(content) < MIN_CONTENT:
        msg = f"Expected at least {MIN_CONTENT} bytes between the flags, got {len(content)}."
        raise Truncated(msg, size=len(content))
    inner, got = content[:-1], content[-1]
    want = check_byte(inner)
    if want == got:
        return inner, None
    return inner, BadChecksum(f"Expected the check byte {want:02x}, got {got:02x}.")


def seal(inner: bytes) -> bytes:
    """A whole frame around header and body: check byte, escapes, flags.

    >>> seal(bytes.fromhex("00020000012345678900000a")).hex()
    '7e00020000012345678900000a817e'
    """
    return _FLAG + escape(inner + bytes((check_byte(inner),))) + _FLAG
