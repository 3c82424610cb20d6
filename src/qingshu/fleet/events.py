"""What happened to a truck. Positions are data, not events."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from qingshu.kernel.events import Event


class TruckStateChanged(Event, frozen=True, kw_only=True):
    """A truck does something else now, or carries another load."""

    kind: ClassVar[str] = "truck.state_changed"
    subject_kind: ClassVar[str] = "truck"

    from_: str = msgspec.field(name="from")
    to: str
    load_m3: float


class TruckLost(Event, frozen=True, kw_only=True):
    """A truck on duty has fallen silent; ``last_seen`` is ISO 8601."""

    kind: ClassVar[str] = "truck.lost"
    subject_kind: ClassVar[str] = "truck"

    last_seen: str


class TruckFound(Event, frozen=True, kw_only=True):
    """A lost truck is heard again."""

    kind: ClassVar[str] = "truck.found"
    subject_kind: ClassVar[str] = "truck"
