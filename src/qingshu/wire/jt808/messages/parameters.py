"""0x8103 sets terminal parameters; 0x0104 reports them."""

from __future__ import annotations

import msgspec

from qingshu.wire.jt808.codec import Body, Codec
from qingshu.wire.jt808.errors import BadLength
from qingshu.wire.jt808.fields import Reader, number
from qingshu.wire.jt808.header import Layout

HEARTBEAT_S = 0x0001
REPORT_INTERVAL_S = 0x0029


class Parameter(msgspec.Struct, frozen=True):
    """One parameter as it came; four bytes are usually a number."""

    parameter_id: int
    value: bytes


class SetParameters(Body, frozen=True):
    """What the platform wants changed."""

    parameters: tuple[Parameter, ...]


class ParametersAnswer(Body, frozen=True):
    """What the terminal has set."""

    answers_serial: int
    parameters: tuple[Parameter, ...]


def u32_parameter(parameter_id: int, value: int) -> Parameter:
    """A number parameter, such as the report interval in seconds.

    >>> u32_parameter(REPORT_INTERVAL_S, 10).value.hex()
    '0000000a'
    """
    return Parameter(parameter_id, number(value, 4, "value"))


def _read_all(reader: Reader) -> tuple[Parameter, ...]:
    count = reader.u8()
    found = []
    while reader.left:
        found.append(Parameter(reader.u32(), reader.take(reader.u8())))
    if len(found) != count:
        msg = f"Expected {count} parameters as the message says, got {len(found)}."
        raise BadLength(msg, said=count, got=len(found))
    return tuple(found)


def _write_all(parameters: tuple[Parameter, ...]) -> bytes:
    out = [number(len(parameters), 1, "count")]
    for one in parameters:
        out += [number(one.parameter_id, 4, "parameter_id"), number(len(one.value), 1, "size")]
        out.append(one.value)
    return b"".join(out)


def read_set(reader: Reader, _layout: Layout) -> SetParameters:
    """Count, then id, length, value."""
    return SetParameters(_read_all(reader))


def write_set(body: SetParameters, _layout: Layout) -> bytes:
    """The inverse of :func:`read_set`."""
    return _write_all(body.parameters)


def read_answer(reader: Reader, _layout: Layout) -> ParametersAnswer:
    """A serial, then as :func:`read_set`."""
    return ParametersAnswer(reader.u16(), _read_all(reader))


def write_answer(body: ParametersAnswer, _layout: Layout) -> bytes:
    """The inverse of :func:`read_answer`."""
    return number(body.answers_serial, 2, "answers_serial") + _write_all(body.parameters)


SET_CODEC = Codec(0x8103, "set_parameters", SetParameters, read_set, write_set)
ANSWER_CODEC = Codec(0x0104, "parameters_answer", ParametersAnswer, read_answer, write_answer)
