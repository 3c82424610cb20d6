"""Messages of the doors to rows of numbers, many at a time.

A message that cannot be read becomes a :class:`Refusal`; it never disturbs the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any

import msgspec
import numpy as np

from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import parse_instant
from qingshu.sense.devices import Devices
from qingshu.sense.model import Floats, Int64s, Quality, Quantity, Refusal, UInt8s
from qingshu.sense.params import SenseParams
from qingshu.wire.frame import BadFrame, decode_frame

# What a message can carry: the quantities and, only on the way in, a distance.
DISTANCE = 9
FIELDS = {
    "level_m": Quantity.LEVEL,
    "distance_m": DISTANCE,
    "ch4_lel": Quantity.CH4_LEL,
    "h2s_mgm3": Quantity.H2S,
    "o2_pct": Quantity.O2,
    "co_mgm3": Quantity.CO,
    "lid_open": Quantity.LID,
    "battery_pct": Quantity.BATTERY,
    "temperature_c": Quantity.TEMPERATURE,
}


class Single(msgspec.Struct, frozen=True, gc=False):
    """One JSON message of one device; ``measured_at`` ISO 8601 with zone or epoch."""

    measured_at: Annotated[datetime, msgspec.Meta(tz=True)] | float
    level_m: float | None = None
    distance_m: float | None = None
    ch4_lel: float | None = None
    h2s_mgm3: float | None = None
    o2_pct: float | None = None
    co_mgm3: float | None = None
    lid_open: bool | None = None
    battery_pct: float | None = None
    temperature_c: float | None = None
    fault: bool = False


class _LooseTime(Single, frozen=True, gc=False):
    measured_at: str  # type: ignore[assignment]


_decode = msgspec.json.Decoder(Single).decode
_decode_loose = msgspec.json.Decoder(_LooseTime).decode
_columns = attrgetter("measured_at", "fault", *FIELDS)


@dataclass(frozen=True, slots=True)
class Rows:
    """Decoded, not yet judged: arrays of equal length, in order of arrival.

    ``position`` is the message's place in the batch, ``device`` a place in
    :class:`Devices`, ``kind`` a quantity or DISTANCE.
    """

    position: Int64s
    device: Int64s
    kind: UInt8s
    measured_ms: Int64s
    raw: Floats
    quality: UInt8s


@dataclass(slots=True)
class Decoded:
    """Rows and what was refused on the way."""

    parts: list[Rows] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    unknown: bool = False

    def refuse(self, position: int, code: str, message: str) -> None:
        """Set one message aside."""
        self.refused.append(Refusal(position, code, message))


def decode_messages(
    topics: Sequence[bytes],
    payloads: Sequence[bytes],
    devices: Devices,
    params: SenseParams,
) -> Decoded:
    """Read every message of a batch."""
    out = Decoded()
    get = devices.by_topic.get
    places = [get(topic, -1) for topic in topics]
    if -1 in places:
        singles = []
        for position, place in enumerate(places):
            if place >= 0:
                singles.append(position)
            else:
                _other(position, topics[position], payloads[position], devices, params, out)
    else:
        singles = list(range(len(places)))
    if singles:
        _singles(singles, places, payloads, params, out)
    return out


def _singles(
    positions: list[int],
    places: list[int],
    payloads: Sequence[bytes],
    params: SenseParams,
    out: Decoded,
) -> None:
    wanted = payloads if len(positions) == len(payloads) else [payloads[p] for p in positions]
    messages: list[Single]
    try:
        if max(map(len, wanted)) > params.max_single_bytes:
            raise msgspec.DecodeError
        messages = list(map(_decode, wanted))
    except (msgspec.DecodeError, UnicodeDecodeError):
        kept, messages = [], []
        for position, payload in zip(positions, wanted, strict=True):
            message = _one(position, payload, params, out)
            if message is not None:
                kept.append(position)
                messages.append(message)
        positions = kept
    if messages:
        _spread(positions, [places[p] for p in positions], messages, out)


def _one(position: int, payload: bytes, params: SenseParams, out: Decoded) -> Single | None:
    if len(payload) > params.max_single_bytes:
        limit = params.max_single_bytes
        out.refuse(position, "too_large", f"Expected at most {limit} bytes, got {len(payload)}.")
        return None
    try:
        return _decode(payload)
    except msgspec.ValidationError as error:
        first = str(error)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        out.refuse(position, "bad_json", f"Expected one JSON object: {error}.")
        return None
    try:
        loose = _decode_loose(payload)
        instant = parse_instant(loose.measured_at)
        return msgspec.structs.replace(Single(instant), **_fields_of(loose))
    except (msgspec.DecodeError, InvalidInput, UnicodeDecodeError):
        out.refuse(position, "bad_field", f"Expected the fields of a reading: {first}.")
        return None


def _fields_of(loose: Single) -> dict[str, Any]:
    return {name: getattr(loose, name) for name in (*FIELDS, "fault")}


def _spread(positions: list[int], places: list[int], messages: list[Single], out: Decoded) -> None:
    """One row per value a message carries, grouped by field."""
    times, faults, *columns = zip(*map(_columns, messages), strict=True)
    measured = _milliseconds(times)
    position = np.array(positions, np.int64)
    device = np.array(places, np.int64)
    fault = np.zeros(len(messages), np.uint8)
    if True in faults:
        fault[np.array(faults)] = Quality.FAULT
    filled = np.zeros(len(messages), np.bool_)
    for (_, kind), column in zip(FIELDS.items(), columns, strict=True):
        missing = column.count(None)
        if missing == len(column):
            continue
        raw = np.array(column, np.float64)
        if missing:
            # A value past the largest float is None to nobody: only None is NaN here.
            present = np.array([value is not None for value in column])
            rows = (position[present], device[present], measured[present], raw[present],
                    fault[present])  # fmt: skip
            filled |= present
        else:
            rows = (position, device, measured, raw, fault)
            filled[:] = True
        kinds = np.full(len(rows[0]), kind, np.uint8)
        out.parts.append(Rows(rows[0], rows[1], kinds, rows[2], rows[3], rows[4]))
    if not filled.all():
        for place in position[~filled].tolist():
            out.refuse(place, "bad_field", f"Expected one of {', '.join(FIELDS)}, got none.")


def _milliseconds(times: Sequence[datetime | float]) -> Int64s:
    if all(type(time) is datetime for time in times):
        seconds = np.array([time.timestamp() for time in times])  # type: ignore[union-attr]
    else:
        seconds = np.array(
            [t.timestamp() if isinstance(t, datetime) else t / 1000 if abs(t) > 1e11 else t
             for t in times]
        )  # fmt: skip
    # Outside the calendar the clock rule refuses it; the clip only keeps it an integer.
    whole: Int64s = np.rint(np.clip(seconds, -1e12, 1e12) * 1000).astype(np.int64)
    return whole


def _other(
    position: int,
    topic: bytes,
    payload: bytes,
    devices: Devices,
    params: SenseParams,
    out: Decoded,
) -> None:
    parts = topic.split(b"/")
    if len(parts) == 4 and parts[:2] == [b"qs", b"v1"] and parts[3] == b"frame":
        _frame(position, payload, devices, params, out)
    elif len(parts) == 4 and parts[:2] == [b"qs", b"v1"] and parts[3] == b"reading":
        _unknown(position, parts[2].decode(errors="replace"), devices, out)
    else:
        shown = topic[:80].decode(errors="replace")
        out.refuse(position, "bad_topic", f"Expected qs/v1/<device>/reading, got {shown!r}.")


def _unknown(position: int, code: str, devices: Devices, out: Decoded) -> None:
    if code in devices.unmounted:
        reason = f"Expected device {code} to stand in a tank; mount it in the registry."
        out.refuse(position, "device_not_mounted", reason)
    else:
        out.refuse(position, "unknown_device", f"Expected a registered device, got {code!r}.")
    out.unknown = True


def _frame(
    position: int, payload: bytes, devices: Devices, params: SenseParams, out: Decoded
) -> None:
    if len(payload) > params.max_frame_bytes:
        limit = params.max_frame_bytes
        out.refuse(position, "too_large", f"Expected at most {limit} bytes, got {len(payload)}.")
        return
    try:
        frame = decode_frame(payload)
    except BadFrame as error:
        out.refuse(position, error.code, error.message)
        return
    places = devices.places_of(frame.codes)
    device = places[frame.device]
    rows = Rows(
        np.full(len(device), position, np.int64), device, frame.quantity, frame.measured_ms,
        frame.value, np.zeros(len(device), np.uint8),
    )  # fmt: skip
    if (places < 0).any():
        for code in sorted({c for c, p in zip(frame.codes, places, strict=True) if p < 0}):
            _unknown(position, code, devices, out)
        known = device >= 0
        rows = Rows(
            rows.position[known], device[known], rows.kind[known], rows.measured_ms[known],
            rows.raw[known], rows.quality[known],
        )  # fmt: skip
    if len(rows.device):
        out.parts.append(rows)


def join_rows(parts: Sequence[Rows]) -> Rows:
    """All parts as one, in order of arrival."""
    if len(parts) == 1:
        return parts[0]
    names = Rows.__slots__
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in names]
    order = np.argsort(columns[0], kind="stable")
    return Rows(*(column[order] for column in columns))
