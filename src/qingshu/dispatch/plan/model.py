"""Frozen values of a day plan: the scenario, its trucks, plants and jobs, and the plan.

All times are seconds from ``Scenario.now``, nodes index the travel matrix, infinity in the
matrix means that there is no way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Matrix = Sequence[Sequence[float]]


class JobKind(StrEnum):
    """How a job came to be on the day's list."""

    EMERGENCY = "emergency"
    OVERDUE = "overdue"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class PlanTruck:
    """A truck at ``node`` with ``load_m3`` aboard, due at ``yard_node`` by ``shift_end_s``.

    It may leave at ``free_s``: when its shift begins or the job it is at is done.
    """

    id: str
    node: int
    yard_node: int
    capacity_m3: float
    load_m3: float
    shift_end_s: float
    truck_class: str = ""
    free_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Plant:
    """Where loads are emptied; an unloading begins and ends while it is open."""

    node: int
    unload_s: float
    opens_s: float
    closes_s: float


@dataclass(frozen=True, slots=True)
class Job:
    """A tank to empty. Work begins in the window; no ``classes`` means any truck.

    ``truck`` pins the job to one truck, ``not_trucks`` keeps it from some: both by hand.
    """

    id: str
    node: int
    volume_m3: float
    service_s: float
    earliest_s: float
    latest_s: float
    kind: JobKind
    prize: float
    classes: frozenset[str] = frozenset()
    truck: str | None = None
    not_trucks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One day as it stands: what there is and what is to do."""

    now: float
    travel_s: Matrix
    trucks: tuple[PlanTruck, ...]
    plants: tuple[Plant, ...]
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a route: a job, or a plant by its index.

    ``volume_m3`` is set when a visit takes only a part of a job larger than any truck.
    """

    start_s: float
    job: str | None = None
    plant: int | None = None
    volume_m3: float | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """No plan can cost less than ``lower_bound``; ``gap`` is the share of the cost above it.

    The bound is weak by nature: ``how`` says what it leaves out.
    """

    lower_bound: float
    gap: float
    how: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Routes by truck, the jobs left unserved with a reason each, the cost.

    ``made_by`` names what the plan came from; ``moves`` says what changed against the
    plan before, in words.
    """

    routes: Mapping[str, tuple[Stop, ...]]
    unserved: Mapping[str, str]
    cost: float
    bound: Bound | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)
