"""A message as plain JSON values, for `decode`, logs and dead letters."""

from __future__ import annotations

from typing import Any

import msgspec

from qingshu.wire.jt808.codec import Body
from qingshu.wire.jt808.message import Message, PartOfMessage, UnknownMessage
from qingshu.wire.jt808.messages.batch import Batch
from qingshu.wire.jt808.messages.location import Location
from qingshu.wire.jt808.messages.location_answer import LocationAnswer
from qingshu.wire.jt808.messages.media import Media
from qingshu.wire.jt808.registry import BY_ID


def describe(message: Message) -> dict[str, Any]:
    """Names, units in the names, bytes as hex, instants as ISO 8601 in UTC."""
    header = message.header
    out: dict[str, Any] = {
        "message": _name(message),
        "msg_id": f"0x{header.msg_id:04x}",
        "terminal": header.terminal,
        "phone": header.phone,
        "serial": header.serial,
        "layout": str(header.layout),
    }
    if header.part is not None:
        out["part"] = {"total": header.part.total, "index": header.part.index}
    if message.faults:
        out["faults"] = list(message.faults)
    out["body"] = _plain(message.body)
    return out


def _name(message: Message) -> str:
    if isinstance(message.body, UnknownMessage):
        return "unknown"
    if isinstance(message.body, PartOfMessage):
        return "part"
    return BY_ID[message.header.msg_id].name


def _plain(body: Body) -> dict[str, Any]:
    if isinstance(body, Location):
        out: dict[str, Any] = _hex(msgspec.to_builtins(body, builtin_types=(bytes,)))
        out["doubt"] = [str(flag.name).lower() for flag in body.doubt]
        return out
    if isinstance(body, Batch):
        return {"kind": body.kind, "locations": [_plain(one) for one in body.locations]}
    plain: dict[str, Any] = _hex(msgspec.to_builtins(body, builtin_types=(bytes,)))
    if isinstance(body, (LocationAnswer, Media)):
        plain["location"] = _plain(body.location)
    return plain


def _hex(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: _hex(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_hex(inner) for inner in value]
    return value
