"""Frozen values of the fleet. Coordinates WGS-84 degrees, instants aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntFlag, StrEnum


class TruckState(StrEnum):
    """What a truck is doing. ``offline`` is a truck on duty that has fallen silent."""

    IDLE = "idle"
    EN_ROUTE = "en_route"
    WORKING = "working"
    HAULING = "hauling"
    OFFLINE = "offline"
    OFF_DUTY = "off_duty"


class TruckCommand(StrEnum):
    """What changes a truck's state."""

    SEND = "send"
    ARRIVE = "arrive"
    HAUL = "haul"
    FREE = "free"
    LOSE = "lose"
    SIGN_OFF = "sign_off"


class Flag(IntFlag):
    """Why a position is doubted; 0 is a good one. Doubted ones never move the truck."""

    GOOD = 0
    NO_FIX = 1
    AT_NULL = 2
    OUT_OF_AREA = 4
    JUMP = 8
    CLOCK = 16
    LATE = 32
    NO_TIME = 64


# A position without a time is taken at its arrival; it still tells where the truck is.
USABLE = Flag.GOOD | Flag.NO_TIME


@dataclass(frozen=True, slots=True)
class Report:
    """A position as it came in. ``at`` is None where the device has no time."""

    truck_id: int
    at: datetime | None
    received_at: datetime
    lat: float
    lon: float
    speed_kmh: float | None = None
    heading_deg: float | None = None
    has_fix: bool = True


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a truck was at an instant."""

    at: datetime
    lat: float
    lon: float
    speed_kmh: float = 0.0


@dataclass(frozen=True, slots=True)
class Position:
    """A judged position of the append log."""

    id: int
    truck_id: int
    at: datetime
    received_at: datetime
    lat: float
    lon: float
    speed_kmh: float | None
    heading_deg: float | None
    flags: Flag

    @property
    def moves_truck(self) -> bool:
        """Whether this is where the truck now is: not doubted and not late."""
        return not self.flags & ~USABLE

    @property
    def is_believed(self) -> bool:
        """Whether it belongs to the track: as :attr:`moves_truck`, late ones too."""
        return not self.flags & ~(USABLE | Flag.LATE)


@dataclass(frozen=True, slots=True)
class TruckLatest:
    """A truck's present; position fields are None until the first good position."""

    truck_id: int
    lat: float | None
    lon: float | None
    heading_deg: float | None
    speed_kmh: float | None
    positioned_at: datetime | None
    received_at: datetime | None
    state: TruckState
    load_m3: float
    job_id: int | None
    state_at: datetime
    resume_state: TruckState | None


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One truck as the control room shows it."""

    truck_id: int
    code: str
    plate: str
    capacity_m3: float
    crew_name: str
    latest: TruckLatest


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a batch of reports."""

    accepted: int
    duplicates: int
    doubted: int


@dataclass(frozen=True, slots=True)
class Terminal:
    """A vehicle terminal that has registered."""

    id: int
    number: str
    truck_id: int
    auth_code: str
    maker: str
    model: str
    registered_at: datetime
    authenticated_at: datetime | None
