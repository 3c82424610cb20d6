"""The columnar frame: many readings of many devices in one compact message.

Layout, little-endian, columns one after the other::

    magic   4 bytes  "QSF1"
    devices u16      number of device codes
    rows    u32      number of readings
    base_ms i64      epoch milliseconds that the offsets count from
    codes            per device: u8 length, then that many bytes of UTF-8
    device  u16 × rows   index into the codes
    offset  i32 × rows   measured instant minus base_ms, milliseconds
    quantity u8 × rows   see qingshu.sense.model.Quantity
    value   f32 × rows   metres for distance and level, else the quantity's unit
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qingshu.kernel.errors import WireError

MAGIC = b"QSF1"
MAX_ROWS = 65_536
_HEAD = struct.Struct("<4sHIq")
_ROW_BYTES = 2 + 4 + 1 + 4


class BadFrame(WireError):
    """The bytes are not a columnar frame."""

    code = "bad_frame"


@dataclass(frozen=True, slots=True)
class Frame:
    """A decoded frame: device codes and columns of equal length."""

    codes: tuple[str, ...]
    device: NDArray[np.int64]
    measured_ms: NDArray[np.int64]
    quantity: NDArray[np.uint8]
    value: NDArray[np.float64]


def decode_frame(data: bytes) -> Frame:
    """Read a frame; anything that is not exactly one raises :class:`BadFrame`.

    >>> frame = decode_frame(encode_frame(["S1"], [0], [1795501920000], [1], [1.5]))
    >>> frame.codes, frame.value.tolist()
    (('S1',), [1.5])
    """
    if len(data) < _HEAD.size or data[:4] != MAGIC:
        msg = f"Expected a frame that starts with {MAGIC!r}, got {len(data)} bytes of {data[:4]!r}."
        raise BadFrame(msg)
    _, devices, rows, base_ms = _HEAD.unpack_from(data)
    if rows > MAX_ROWS:
        msg = f"Expected at most {MAX_ROWS} rows in a frame, got {rows}."
        raise BadFrame(msg)
    if not 0 <= base_ms < 2**53:
        msg = f"Expected base_ms in [0, 2^53), got {base_ms}."
        raise BadFrame(msg)
    at = len(data) - rows * _ROW_BYTES
    if at < _HEAD.size:
        msg = f"Expected {rows * _ROW_BYTES} bytes of columns for {rows} rows, got {len(data)}."
        raise BadFrame(msg)
    codes = _codes(data[_HEAD.size : at], devices)
    device = np.frombuffer(data, "<u2", rows, at).astype(np.int64)
    if rows and int(device.max()) >= devices:
        msg = f"Expected device indexes below {devices}, got {int(device.max())}."
        raise BadFrame(msg)
    offset = np.frombuffer(data, "<i4", rows, at + 2 * rows).astype(np.int64)
    quantity = np.frombuffer(data, np.uint8, rows, at + 6 * rows)
    value = np.frombuffer(data, "<f4", rows, at + 7 * rows)
    with np.errstate(invalid="ignore"):
        return Frame(codes, device, offset + base_ms, quantity, value.astype(np.float64))


# A gateway sends the same table with every frame.
@lru_cache(maxsize=512)
def _codes(data: bytes, devices: int) -> tuple[str, ...]:
    at = 0
    codes: list[str] = []
    for _ in range(devices):
        end = at + 1 + (data[at] if at < len(data) else 0)
        if end > len(data) or at >= len(data):
            msg = f"Expected {devices} device codes, got {len(codes)} before the end."
            raise BadFrame(msg)
        try:
            codes.append(data[at + 1 : end].decode())
        except UnicodeDecodeError as error:
            msg = f"Expected device code {len(codes)} in UTF-8, got {data[at + 1 : end]!r}."
            raise BadFrame(msg) from error
        at = end
    if at != len(data):
        msg = (
            f"Expected the columns right behind {devices} device codes, got {len(data) - at} bytes."
        )
        raise BadFrame(msg)
    return tuple(codes)


def encode_frame(
    codes: Sequence[str],
    device: Sequence[int] | NDArray[np.int64],
    measured_ms: Sequence[int] | NDArray[np.int64],
    quantity: Sequence[int] | NDArray[np.uint8],
    value: Sequence[float] | NDArray[np.float64],
) -> bytes:
    """The bytes of a frame. Instants must lie within 24 days of the first one."""
    times = np.asarray(measured_ms, np.int64)
    base_ms = int(times[0]) if len(times) else 0
    offset = times - base_ms
    if len(times) > MAX_ROWS or (len(times) and int(np.abs(offset).max()) >= 2**31):
        msg = f"Expected at most {MAX_ROWS} rows within 24 days, got {len(times)}."
        raise BadFrame(msg)
    parts = [_HEAD.pack(MAGIC, len(codes), len(times), base_ms)]
    for code in codes:
        raw = code.encode()
        if len(raw) > 255:
            msg = f"Expected a device code of at most 255 bytes, got {len(raw)}."
            raise BadFrame(msg)
        parts += [bytes([len(raw)]), raw]
    parts += [
        np.asarray(device, "<u2").tobytes(),
        offset.astype("<i4").tobytes(),
        np.asarray(quantity, np.uint8).tobytes(),
        np.asarray(value, "<f4").tobytes(),
    ]
    return b"".join(parts)
