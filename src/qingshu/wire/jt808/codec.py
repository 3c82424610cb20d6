"""What one message file offers: its id, its type, how to read it and how to write it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from qingshu.wire.jt808.fields import Reader
from qingshu.wire.jt808.header import Layout


class Body(msgspec.Struct, frozen=True):
    """Base of every message body."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One message id. ``name`` is the word of its JSON form.

    ``read`` takes the whole body and the header's layout; ``write`` is its inverse.
    """

    msg_id: int
    name: str
    body: type[Body]
    read: Callable[[Reader, Layout], Body]
    write: Callable[[Any, Layout], bytes]
