"""Whole messages: bytes to header and typed body, and back."""

from __future__ import annotations

from typing import Any

import msgspec

from qingshu.wire.jt808.codec import Body
from qingshu.wire.jt808.errors import Encrypted, NotEncodable
from qingshu.wire.jt808.fields import Reader
from qingshu.wire.jt808.frame import FLAG, seal, unescape, verified
from qingshu.wire.jt808.header import MAX_BODY, Header, Part, build_header, parse_header
from qingshu.wire.jt808.registry import BY_ID, BY_TYPE


class UnknownMessage(Body, frozen=True):
    """A well-formed message whose id nobody here reads; the body as it came."""

    data: bytes


class PartOfMessage(Body, frozen=True):
    """One sub-packet; see :class:`qingshu.wire.jt808.parts.Reassembly`."""

    data: bytes


class Message(msgspec.Struct, frozen=True):
    """A header and a body; ``faults`` names what a lenient reading let pass."""

    header: Header
    body: Body
    faults: tuple[str, ...] = ()


def decode(frame: bytes, *, lenient: bool = False) -> Message:
    """Read one frame as it was on the wire, with or without its flags.

    Parameters
    ----------
    frame:
        Escaped bytes.
    lenient:
        Let a wrong check byte or a wrong body length pass; ``faults`` then names them.
        For terminals that are known to count wrongly.

    Raises
    ------
    WireError
        With the code of its cause; nothing else is ever raised.

    Examples
    --------
    >>> decode(bytes.fromhex("7e00020000012345678900000a817e")).body
    Heartbeat(extra=b'')
    """
    return decode_unescaped(unescape(without_flags(frame)), lenient=lenient)


def decode_unescaped(content: bytes, *, lenient: bool = False) -> Message:
    """Read header, body and check byte that are free of escapes and flags."""
    inner, fault = verified(content)
    if fault is not None and not lenient:
        raise fault
    header, data, wrong = parse_header(inner, lenient=lenient)
    faults = tuple(e.code for e in (fault, wrong) if e is not None)
    return Message(header, read_body(header, data), faults)


def read_body(header: Header, data: bytes) -> Body:
    """The typed body that belongs to ``header``."""
    if header.part is not None:
        return PartOfMessage(data)
    codec = BY_ID.get(header.msg_id)
    if codec is None:
        return UnknownMessage(data)
    if header.encryption:
        msg = f"Expected a plain body, got encryption method {header.encryption}."
        raise Encrypted(msg, encryption=header.encryption)
    return codec.read(Reader(data), header.layout)


def encode(message: Message) -> bytes:
    """The whole frame of ``message``, escaped and with flags.

    >>> from qingshu.wire.jt808.messages.heartbeat import Heartbeat
    >>> encode(Message(Header(0x0002, "012345678900", 10), Heartbeat())).hex()
    '7e00020000012345678900000a817e'
    """
    data = write_body(message)
    return seal(build_header(message.header, len(data)) + data)


def encode_split(message: Message) -> list[bytes]:
    """The frames of ``message``: one, or sub-packets with running serials."""
    data = write_body(message)
    if len(data) <= MAX_BODY:
        return [encode(message)]
    pieces = [data[at : at + MAX_BODY] for at in range(0, len(data), MAX_BODY)]
    frames = []
    for index, piece in enumerate(pieces, start=1):
        header = msgspec.structs.replace(
            message.header,
            serial=(message.header.serial + index - 1) & 0xFFFF,
            part=Part(len(pieces), index),
        )
        frames.append(seal(build_header(header, len(piece)) + piece))
    return frames


def write_body(message: Message) -> bytes:
    """The body's bytes; its type must belong to the header's id."""
    body: Any = message.body
    if isinstance(body, (UnknownMessage, PartOfMessage)):
        return body.data
    codec = BY_TYPE.get(type(body))
    if codec is None or codec.msg_id != message.header.msg_id:
        msg = f"Expected the body of 0x{message.header.msg_id:04x}, got {type(body).__name__}."
        raise NotEncodable(msg, msg_id=message.header.msg_id)
    return codec.write(body, message.header.layout)


def without_flags(frame: bytes) -> bytes:
    """The bytes between the flags."""
    start = 1 if frame[:1] == bytes((FLAG,)) else 0
    end = len(frame) - 1 if frame[start:] and frame[-1] == FLAG else len(frame)
    return frame[start:end]
