"""Which file reads which message id. A new message is a new file and one line here."""

from __future__ import annotations

from qingshu.wire.jt808.codec import Codec
from qingshu.wire.jt808.messages import (
    attributes,
    authenticate,
    batch,
    heartbeat,
    location,
    location_answer,
    logout,
    media,
    parameters,
    passthrough,
    platform_ack,
    query_location,
    register,
    register_ack,
    terminal_ack,
    text,
)

_ALL: tuple[Codec, ...] = (
    terminal_ack.CODEC,
    heartbeat.CODEC,
    logout.CODEC,
    register.CODEC,
    authenticate.CODEC,
    parameters.ANSWER_CODEC,
    attributes.CODEC,
    location.CODEC,
    location_answer.CODEC,
    batch.CODEC,
    media.CODEC,
    passthrough.CODEC,
    platform_ack.CODEC,
    register_ack.CODEC,
    parameters.SET_CODEC,
    query_location.CODEC,
    text.CODEC,
)

BY_ID: dict[int, Codec] = {codec.msg_id: codec for codec in _ALL}
BY_TYPE: dict[type, Codec] = {codec.body: codec for codec in _ALL}
