"""Frozen values of a ranking: the task, the trucks, the plants, the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qingshu.fleet.model import TruckState
from qingshu.kernel.geodesy import Point


class DispatchState(StrEnum):
    """Whether a dispatch still holds its truck."""

    LIVE = "live"
    DONE = "done"
    CANCELLED = "cancelled"


class DispatchCommand(StrEnum):
    """What ends a dispatch."""

    FINISH = "finish"
    CANCEL = "cancel"


LIFE = {
    (DispatchState.LIVE, DispatchCommand.FINISH): DispatchState.DONE,
    (DispatchState.LIVE, DispatchCommand.CANCEL): DispatchState.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Task:
    """What has to be done where. Widths and distances in metres."""

    point: Point
    volume_m3: float
    access_width_m: float | None = None
    hose_distance_m: float | None = None
    grade: int = 1


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a truck is bound to finish before it is free."""

    point: Point
    free_at: datetime
    volume_m3: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A truck as the ranking sees it. ``qualifications`` is None without a crew."""

    truck_id: int
    code: str
    capacity_m3: float
    load_m3: float
    width_m: float
    height_m: float
    hose_m: float
    gas_kit: bool
    state: TruckState
    point: Point | None
    positioned_at: datetime | None
    shift_from: datetime
    shift_to: datetime
    crew_name: str = ""
    qualifications: frozenset[str] | None = None
    bound: Commitment | None = None
    sent_here: bool = False


@dataclass(frozen=True, slots=True)
class PlantOption:
    """A plant with the windows in which it takes loads today and tomorrow."""

    plant_id: int
    name: str
    point: Point
    unload_s: float
    windows: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class Legs:
    """Driving seconds of one truck; infinity where there is no way.

    ``from_s`` is from where the truck stands, ``then_s`` from where it becomes free;
    both to the task first and then to each plant. ``plant_s`` is from each plant to
    the task.
    """

    from_s: Sequence[float]
    then_s: Sequence[float]
    plant_s: Sequence[float]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A truck that can go; ``rank`` counts from 1. Seconds from now."""

    truck_id: int
    code: str
    rank: int
    eta_s: float
    drive_s: float
    reason_zh: str
    reason_en: str
    trips: int = 1
    plant_id: int | None = None
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A truck that cannot go, and why; ``eta_s`` is how soon it could be there."""

    truck_id: int
    code: str
    reason_zh: str
    reason_en: str
    eta_s: float | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every active truck, in one of two lists."""

    ranked: tuple[Ranked, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A truck chosen for an incident."""

    id: int
    incident_id: int
    truck_id: int
    state: DispatchState
    confirmed_ms: int
    actor: str
    eta_s: float
    drive_s: float
    distance_m: float | None
    reason_zh: str
    reason_en: str
    automatic: bool
    ended_ms: int | None = None
    end_reason: str = field(default="")
