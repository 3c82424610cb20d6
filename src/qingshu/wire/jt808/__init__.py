"""JT/T 808: vehicle terminals, editions 2011, 2013 and 2019. See docs/reference/jt808.md."""

from __future__ import annotations

from qingshu.wire.jt808.describe import describe
from qingshu.wire.jt808.frame import Junk, Splitter
from qingshu.wire.jt808.header import Header, Layout, Part
from qingshu.wire.jt808.message import (
    Message,
    PartOfMessage,
    UnknownMessage,
    decode,
    decode_unescaped,
    encode,
    encode_split,
)
from qingshu.wire.jt808.parts import Reassembly

__all__ = [
    "Header",
    "Junk",
    "Layout",
    "Message",
    "Part",
    "PartOfMessage",
    "Reassembly",
    "Splitter",
    "UnknownMessage",
    "decode",
    "decode_unescaped",
    "describe",
    "encode",
    "encode_split",
]
