"""Frozen values of field work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class JobState(StrEnum):
    """How far one piece of field work is."""

    PLANNED = "planned"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    GAS_CLEARED = "gas_cleared"
    PUMPING = "pumping"
    PUMPED = "pumped"
    DISPOSED = "disposed"
    FINISHED = "finished"
    CHECKED = "checked"
    BLOCKED = "blocked"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


class JobCommand(StrEnum):
    """What moves a job. ``clear-gas`` and ``lock-gas`` follow from a gas test only."""

    OFFER = "offer"
    ACCEPT = "accept"
    DEPART = "depart"
    ARRIVE = "arrive"
    CLEAR_GAS = "clear-gas"
    LOCK_GAS = "lock-gas"
    START_PUMPING = "start-pumping"
    FINISH_PUMPING = "finish-pumping"
    DISPOSE = "dispose"
    FINISH = "finish"
    CHECK = "check"
    BLOCK = "block"
    UNBLOCK_ROAD = "unblock-road"
    UNBLOCK_SITE = "unblock-site"
    UNBLOCK_PUMPED = "unblock-pumped"
    HAND_OVER = "hand-over"
    CANCEL = "cancel"


ENDED = frozenset({JobState.FINISHED, JobState.CHECKED, JobState.HANDED_OVER, JobState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of field work for one truck. Levels are metres above tank floor."""

    id: int
    number: str
    state: JobState
    truck_id: int
    incident_id: int | None
    tank_id: int | None
    dispatch_id: int | None
    lat: float | None
    lon: float | None
    eta_s: float | None
    offered_ms: int
    accepted_ms: int | None
    departed_ms: int | None
    arrived_ms: int | None
    arrival_by: str
    pumping_ms: int | None
    pumped_ms: int | None
    finished_ms: int | None
    volume_m3: float | None
    complete: bool
    level_before_m: float | None
    blocked_from: str
    reason: str
    note: str
    sop_version: str


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class GasReadings:
    """O2 in % by volume, H2S and CO in mg/m3, CH4 in % of the lower explosive limit."""

    o2_pct: float | None = None
    h2s_mgm3: float | None = None
    ch4_lel: float | None = None
    co_mgm3: float | None = None


@dataclass(frozen=True, slots=True)
class GasTest:
    """One test at the manhole: what was read, with what, by whom, who stood by."""

    readings: GasReadings
    instrument: str
    tested_by: str
    attendant: str
    rescue_kit: bool
    ventilation_min: float | None
    where: str


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do before the pump unlocks."""

    words: Words
    done: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the gate opens; each failed item in words, and what to do now."""

    failures: tuple[Words, ...]
    todo: tuple[Todo, ...]

    @property
    def cleared(self) -> bool:
        """Nothing failed."""
        return not self.failures


@dataclass(frozen=True, slots=True)
class StoredTest:
    """A gas test as it was judged."""

    id: int
    job_id: int
    at_ms: int
    test: GasTest
    cleared: bool
    valid_until_ms: int
    failures: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the operating procedure, as versioned data."""

    id: str
    title: Words
    rule: Words
    phase: str
    photo_kind: str
    photo_count: int
    photo_name: Words


@dataclass(frozen=True, slots=True)
class Checklist:
    """The operating procedure of one version."""

    version: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class DoneStep:
    """A step that a crew ticked."""

    step_id: str
    done_ms: int
    actor: str
    note: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A stored photo; ``far`` when it was taken too far from the tank, or nobody knows."""

    job_id: int
    kind: str
    sha256: str
    taken_ms: int
    received_ms: int
    lat: float | None
    lon: float | None
    distance_m: float | None
    far: bool
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """One load handed over at a plant, accepted or refused.

    ``volume_assumed`` when a book named no volume and the truck's capacity stands in.
    """

    id: int
    number: str
    at_ms: int
    plant_id: int
    truck_id: int
    job_id: int | None
    volume_m3: float
    accepted: bool
    reason: str
    volume_assumed: bool
