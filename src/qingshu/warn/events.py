"""Facts of the warn room. Subject is the alarm, except where said."""

from __future__ import annotations

from typing import ClassVar

from qingshu.kernel.events import Event


class _AlarmEvent(Event, frozen=True, kw_only=True):
    subject_kind: ClassVar[str] = "alarm"


class AlarmRaised(_AlarmEvent, frozen=True, kw_only=True):
    """An alarm began, or began again before anybody acknowledged it.

    ``measured_at`` is the instant of the reading that decided; a buffered reading is told
    later than it was measured.
    """

    kind: ClassVar[str] = "alarm.raised"
    tank_id: int | None
    alarm_kind: str
    grade: int
    reason_zh: str
    reason_en: str
    suppression: str = "none"
    level_m: float | None = None
    freeboard_m: float | None = None
    measured_at: str | None = None


class AlarmRegraded(_AlarmEvent, frozen=True, kw_only=True):
    """A standing alarm changed its grade."""

    kind: ClassVar[str] = "alarm.regraded"
    tank_id: int | None
    alarm_kind: str
    from_grade: int
    grade: int
    reason_zh: str
    reason_en: str
    suppression: str = "none"
    measured_at: str | None = None


class AlarmReturned(_AlarmEvent, frozen=True, kw_only=True):
    """Good data showed that the condition has gone."""

    kind: ClassVar[str] = "alarm.returned"
    tank_id: int | None
    alarm_kind: str
    measured_at: str | None = None


class AlarmAcknowledged(_AlarmEvent, frozen=True, kw_only=True):
    """A person has seen the alarm."""

    kind: ClassVar[str] = "alarm.acknowledged"
    tank_id: int | None
    note: str


class AlarmEscalated(_AlarmEvent, frozen=True, kw_only=True):
    """Nobody acknowledged in time (``unacknowledged``), or it still stands (``standing``)."""

    kind: ClassVar[str] = "alarm.escalated"
    tank_id: int | None
    alarm_kind: str
    grade: int
    level: int
    because: str


class AlarmShelved(_AlarmEvent, frozen=True, kw_only=True):
    """Hidden for a time, with a reason."""

    kind: ClassVar[str] = "alarm.shelved"
    tank_id: int | None
    until: str
    reason: str


class AlarmUnshelved(_AlarmEvent, frozen=True, kw_only=True):
    """Shown again: ``person``, ``expired`` or ``red``."""

    kind: ClassVar[str] = "alarm.unshelved"
    tank_id: int | None
    because: str


class AlarmSuppressed(_AlarmEvent, frozen=True, kw_only=True):
    """Hidden by design or taken out of service."""

    kind: ClassVar[str] = "alarm.suppressed"
    tank_id: int | None
    mode: str
    reason: str


class AlarmUnsuppressed(_AlarmEvent, frozen=True, kw_only=True):
    """Shown again after by-design or out-of-service."""

    kind: ClassVar[str] = "alarm.unsuppressed"
    tank_id: int | None
    alarm_kind: str
    grade: int


class AlarmClosed(_AlarmEvent, frozen=True, kw_only=True):
    """Returned and acknowledged: nothing of it is left to do."""

    kind: ClassVar[str] = "alarm.closed"
    tank_id: int | None
    alarm_kind: str


class WatchHushed(Event, frozen=True, kw_only=True):
    """One kind of alarm of a tank (the subject) is hidden, standing or not yet raised."""

    kind: ClassVar[str] = "tank.watch_hushed"
    subject_kind: ClassVar[str] = "tank"
    alarm_kinds: list[str]
    mode: str
    reason: str


class WatchResumed(Event, frozen=True, kw_only=True):
    """Alarms of a tank (the subject) show themselves again."""

    kind: ClassVar[str] = "tank.watch_resumed"
    subject_kind: ClassVar[str] = "tank"
    alarm_kinds: list[str]
