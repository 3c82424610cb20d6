"""What the event log says about dispatches."""

from __future__ import annotations

from typing import ClassVar

from qingshu.kernel.events import Event


class DispatchConfirmed(Event, frozen=True, kw_only=True):
    """A truck was chosen for an incident, by a person or by policy."""

    kind: ClassVar[str] = "dispatch.confirmed"
    subject_kind: ClassVar[str] = "dispatch"
    incident_id: int
    truck_id: int
    eta_s: float
    drive_s: float
    distance_m: float | None
    reason_zh: str
    reason_en: str
    automatic: bool


class DispatchCancelled(Event, frozen=True, kw_only=True):
    """A truck was called off before it was done."""

    kind: ClassVar[str] = "dispatch.cancelled"
    subject_kind: ClassVar[str] = "dispatch"
    incident_id: int
    truck_id: int
    reason: str
