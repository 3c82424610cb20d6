"""Frozen values of the warn room: alarms, their two axes, and what a kernel reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """What an alarm is about; each tank has at most one standing alarm a kind."""

    LEVEL = "level"
    GAS = "gas"
    LID = "lid"
    FAULT = "fault"
    COMMS = "comms"


class Process(StrEnum):
    """First axis: what the process does and whether a person has seen it."""

    NORMAL = "normal"
    ACTIVE_UNACKNOWLEDGED = "active_unacknowledged"
    ACTIVE_ACKNOWLEDGED = "active_acknowledged"
    RETURNED_UNACKNOWLEDGED = "returned_unacknowledged"


class ProcessCommand(StrEnum):
    """What moves the first axis."""

    RAISE = "raise"
    WORSEN = "worsen"
    EASE = "ease"
    RETURN = "return"
    ACKNOWLEDGE = "acknowledge"
    REALARM = "realarm"


class Suppression(StrEnum):
    """Second axis: whether the alarm is hidden, and by what."""

    NONE = "none"
    SHELVED = "shelved"
    BY_DESIGN = "by_design"
    OUT_OF_SERVICE = "out_of_service"


class SuppressionCommand(StrEnum):
    """What moves the second axis."""

    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    EXPIRE = "expire"
    SUPPRESS = "suppress"
    LIFT = "lift"
    TAKE_OUT = "take_out"
    PUT_BACK = "put_back"


class Channel(IntEnum):
    """The parts of one tank that a kernel watches, each with its own severity."""

    LEVEL = 0
    GAS = 1
    LID = 2
    FAULT = 3


class Cause(StrEnum):
    """Why a kernel holds its opinion."""

    FREEBOARD = "freeboard"
    EXCESS = "excess"
    FORESIGHT = "foresight"
    STUCK = "stuck"
    SPIKES = "spikes"
    BLIND = "blind"
    GAS = "gas"
    LID = "lid"


@dataclass(frozen=True, slots=True)
class Transition:
    """A channel of one tank changed its severity (0 normal, 1 blue … 4 red).

    Lengths in metres above the tank floor, rates in metres an hour, instants in
    milliseconds since 1970. ``overflow_h`` is the middle estimate of hours until
    overflow, None when the level does not rise. ``clears_below`` is the value that the
    measured quantity must pass, for ``hold_s`` seconds, before the alarm returns. A learned
    engine also gives the 80 % interval of those hours and the probability of overflow
    within 24 h.
    """

    tank_id: int
    channel: Channel
    before: int
    after: int
    at_ms: int
    cause: Cause
    since_ms: int
    level_m: float | None = None
    base_m: float | None = None
    cover_m: float | None = None
    rate_m_h: float | None = None
    overflow_h: float | None = None
    quantity: int = 0
    value: float | None = None
    clears_below: float | None = None
    hold_s: float = 0.0
    overflow_low_h: float | None = None
    overflow_high_h: float | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One explanation in plain words, both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """When overflow may come: middle estimate and an 80 % interval."""

    at: datetime
    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm with its two axes. ``tank_id`` is None for a gateway alarm of many."""

    id: int
    number: str
    kind: Kind
    tank_id: int | None
    grade: int
    process: Process
    suppression: Suppression
    shelved_until: datetime | None
    raised_at: datetime
    regraded_at: datetime | None
    returned_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    reason_zh: str
    reason_en: str
    level_m: float | None
    freeboard_m: float | None
    overflow_at: datetime | None
    overflow_from: datetime | None
    overflow_to: datetime | None
    changed_at: datetime
    members: tuple[int, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether the process condition holds now."""
        return self.process in (Process.ACTIVE_UNACKNOWLEDGED, Process.ACTIVE_ACKNOWLEDGED)

    @property
    def is_standing(self) -> bool:
        """Whether the alarm still needs the condition to go or a person to look."""
        return self.process is not Process.NORMAL


@dataclass(frozen=True, slots=True)
class Hush:
    """The standing suppression of one kind of alarm at one tank (0: the station)."""

    tank_id: int
    kind: Kind
    mode: Suppression
    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Silence:
    """One sensor that has not been heard for too long."""

    sensor_id: int
    sensor_code: str
    tank_id: int
    interval_s: float
    last_seen_ms: int
