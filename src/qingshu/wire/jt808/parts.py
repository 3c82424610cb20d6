"""Puts split messages together again: pure state, bounded, told the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from qingshu.wire.jt808.errors import BadPart
from qingshu.wire.jt808.header import Header
from qingshu.wire.jt808.message import Message, PartOfMessage, read_body

# A photo of a few hundred kilobytes; more is not a terminal that we serve.
MAX_PARTS = 1024
MAX_OPEN = 8
KEEP_FOR = timedelta(minutes=5)

_Key = tuple[str, int, int]


@dataclass(slots=True)
class _Open:
    header: Header
    since: datetime
    pieces: dict[int, bytes] = field(default_factory=dict)


class Reassembly:
    """The unfinished split messages of one connection.

    Parts may come in any order and more than once. What is not finished within
    :data:`KEEP_FOR`, or is the oldest of more than :data:`MAX_OPEN`, is given up.
    """

    def __init__(self) -> None:
        self._open: dict[_Key, _Open] = {}

    @property
    def open_count(self) -> int:
        """How many messages wait for parts."""
        return len(self._open)

    def add(self, message: Message, now: datetime) -> Message | None:
        """Take one part; the whole message once its last part is there.

        Raises
        ------
        WireError
            The part contradicts its siblings, or the whole body is wrong.
        """
        header, body = message.header, message.body
        if header.part is None or not isinstance(body, PartOfMessage):
            return message
        if header.part.total > MAX_PARTS:
            msg = f"Expected at most {MAX_PARTS} parts, got {header.part.total}."
            raise BadPart(msg, total=header.part.total)
        self._forget(now)
        # The serials of the parts run on, so they all point at the first one's.
        first = (header.serial - header.part.index + 1) & 0xFFFF
        key = (header.phone, header.msg_id, first)
        waiting = self._open.setdefault(key, _Open(header, now))
        if waiting.header.part is None or waiting.header.part.total != header.part.total:
            del self._open[key]
            msg = f"Expected as many parts as before, got a total of {header.part.total}."
            raise BadPart(msg, total=header.part.total)
        waiting.pieces[header.part.index] = body.data
        if len(waiting.pieces) < header.part.total:
            return None
        del self._open[key]
        whole = b"".join(waiting.pieces[i] for i in range(1, header.part.total + 1))
        joined = msgspec.structs.replace(waiting.header, serial=first, part=None)
        return Message(joined, read_body(joined, whole), message.faults)

    def _forget(self, now: datetime) -> None:
        for key, waiting in list(self._open.items()):
            if now - waiting.since > KEEP_FOR:
                del self._open[key]
        while len(self._open) > MAX_OPEN:
            del self._open[min(self._open, key=lambda k: self._open[k].since)]
