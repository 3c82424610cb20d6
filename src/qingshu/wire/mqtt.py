"""MQTT 3.1.1 as a subscriber needs it: small packets out, publishes in bulk in.

Pure: bytes in, values out. :class:`Receiver` keeps the unfinished rest of a stream.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from qingshu.kernel.errors import WireError

CONNACK, PUBLISH, PUBACK, SUBACK, PINGRESP = 2, 3, 4, 9, 13
PINGREQ = b"\xc0\x00"
DISCONNECT = b"\xe0\x00"
_FAILED = 0x80


class BadMqtt(WireError):
    """The peer does not speak MQTT 3.1.1; the connection must end."""

    code = "bad_mqtt"


@dataclass(slots=True)
class Received:
    """What one stretch of the stream held, in order.

    ``packet_ids`` has 0 for QoS 0. ``too_long`` maps a position to the payload's true
    size where only its first bytes were kept. ``control`` holds (type, body) of others.
    """

    topics: list[bytes] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)
    packet_ids: list[int] = field(default_factory=list)
    too_long: dict[int, int] = field(default_factory=dict)
    control: list[tuple[int, bytes]] = field(default_factory=list)


class Receiver:
    """Cuts a byte stream into packets; a packet above ``max_bytes`` is not held whole.

    >>> receiver = Receiver()
    >>> receiver.feed(publish(b"t", b"hello", 7)[:4]).topics
    []
    >>> got = receiver.feed(publish(b"t", b"hello", 7)[4:])
    >>> got.topics, got.payloads, got.packet_ids
    ([b't'], [b'hello'], [7])
    """

    def __init__(self, max_bytes: int = 1_000_000, keep_bytes: int = 65_536) -> None:
        self._rest = b""
        self._skip = 0
        self._max = max_bytes
        self._keep = keep_bytes

    def feed(self, data: bytes) -> Received:
        """Take the next bytes of the stream; raises :class:`BadMqtt` on nonsense."""
        out = Received()
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        if self._rest:
            data = self._rest + data
        used = self._cut(data, out)
        self._rest = data[used:]
        return out

    def _cut(self, data: bytes, out: Received) -> int:
        at, size = 0, len(data)
        topics, payloads, ids = out.topics, out.payloads, out.packet_ids
        while at + 2 <= size:
            head = data[at]
            length = data[at + 1]
            body = at + 2
            if length & 0x80:
                long = _length(data, at + 1)
                if long is None:
                    return at
                length, body = long
            end = body + length
            if end > size:
                return self._part(data, at, body, length, out) if length > self._max else at
            # The bulk of the stream: QoS 1 publishes, whatever DUP and RETAIN say.
            if head & 0xF6 == 0x32:
                middle = body + 2 + (data[body] << 8 | data[body + 1]) if length > 1 else end
                if middle + 2 > end:
                    raise BadMqtt("Expected a topic inside its packet, got a longer one.")
                topics.append(data[body + 2 : middle])
                ids.append(data[middle] << 8 | data[middle + 1])
                payloads.append(data[middle + 2 : end])
            elif head >> 4 == PUBLISH:
                self._plain(head, data[body:end], out)
            else:
                out.control.append((head >> 4, data[body:end]))
            at = end
        return at

    @staticmethod
    def _plain(head: int, body: bytes, out: Received) -> None:
        if head & 0x06:
            raise BadMqtt(f"Expected QoS 0 or 1 as subscribed, got header {head:#x}.")
        middle = 2 + int.from_bytes(body[:2], "big")
        if len(body) < 2 or middle > len(body):
            raise BadMqtt("Expected a topic inside its packet, got a longer one.")
        out.topics.append(body[2:middle])
        out.packet_ids.append(0)
        out.payloads.append(body[middle:])

    def _part(self, data: bytes, at: int, body: int, length: int, out: Received) -> int:
        """Take the beginning of an oversize publish and skip the rest of it."""
        head = data[at]
        if head >> 4 != PUBLISH:
            raise BadMqtt(f"Expected packets up to {self._max} bytes, got {length}.")
        if len(data) - body < min(length, 65_540 + self._keep):
            return at
        middle = body + 2 + int.from_bytes(data[body : body + 2], "big")
        ids = 2 if head & 0x06 else 0
        if middle + ids - body > length:
            raise BadMqtt("Expected a topic inside its packet, got a longer one.")
        out.too_long[len(out.topics)] = length - (middle + ids - body)
        out.topics.append(data[body + 2 : middle])
        out.packet_ids.append(int.from_bytes(data[middle : middle + ids], "big"))
        out.payloads.append(data[middle + ids : middle + ids + self._keep])
        self._skip = body + length - len(data)
        return len(data)


def _length(data: bytes, at: int) -> tuple[int, int] | None:
    """Remaining length and where the body starts; None when more bytes are needed."""
    value = 0
    for n in range(4):
        if at + n >= len(data):
            return None
        byte = data[at + n]
        value |= (byte & 0x7F) << (7 * n)
        if not byte & 0x80:
            return value, at + n + 1
    raise BadMqtt("Expected a remaining length of at most 4 bytes, got more.")


def connect(
    client_id: str, *, keepalive_s: int, username: str = "", password: str = "", clean: bool = False
) -> bytes:
    """CONNECT; ``clean`` False asks for a session that outlives the connection."""
    flags = 2 if clean else 0
    tail = [client_id]
    if username:
        flags |= 0x80
        tail.append(username)
        if password:
            flags |= 0x40
            tail.append(password)
    body = _text("MQTT") + bytes([4, flags]) + struct.pack(">H", keepalive_s)
    return _packet(0x10, body + b"".join(map(_text, tail)))


def subscribe(packet_id: int, filters: Sequence[str], qos: int = 1) -> bytes:
    """SUBSCRIBE to topic filters with one QoS."""
    body = struct.pack(">H", packet_id)
    return _packet(0x82, body + b"".join(_text(name) + bytes([qos]) for name in filters))


def publish(topic: bytes, payload: bytes, packet_id: int) -> bytes:
    """PUBLISH with QoS 1, or QoS 0 when ``packet_id`` is 0."""
    ids = struct.pack(">H", packet_id) if packet_id else b""
    head = 0x32 if packet_id else 0x30
    return _packet(head, struct.pack(">H", len(topic)) + topic + ids + payload)


def pubacks(packet_ids: Iterable[int]) -> bytes:
    """PUBACK for each id, as one run of bytes.

    >>> pubacks([1, 258]).hex()
    '4002000140020102'
    """
    ids = np.fromiter(packet_ids, dtype=">u2")
    out = np.empty((len(ids), 4), np.uint8)
    out[:, 0] = 0x40
    out[:, 1] = 2
    out[:, 2:] = ids.view(np.uint8).reshape(-1, 2)
    return out.tobytes()


def check_connack(body: bytes) -> bool:
    """Whether the broker kept our session; raises when it refused us."""
    if len(body) != 2:
        raise BadMqtt(f"Expected 2 bytes of CONNACK, got {len(body)}.")
    if body[1]:
        reasons = ("", "protocol version", "client id", "server unavailable", "user or password",
                   "not authorised")  # fmt: skip
        reason = reasons[body[1]] if body[1] < len(reasons) else f"code {body[1]}"
        raise BadMqtt(f"Expected the broker to accept the connection, it refused: {reason}.")
    return bool(body[0] & 1)


def check_suback(body: bytes) -> None:
    """Raise when the broker refused a subscription."""
    if len(body) < 3 or any(code == _FAILED for code in body[2:]):
        raise BadMqtt(f"Expected every subscription granted, got {body.hex()}.")


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw


def _packet(head: int, body: bytes) -> bytes:
    size, length = len(body), bytearray()
    while True:
        size, digit = divmod(size, 128)
        length.append(digit | (0x80 if size else 0))
        if not size:
            return bytes([head]) + bytes(length) + body
