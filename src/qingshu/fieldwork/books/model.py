"""Frozen values of a plant's book."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qingshu.registry.model import Problem


@dataclass(frozen=True, slots=True)
class BookRow:
    """One load as the book has it; volume in m3, coordinates WGS-84 degrees."""

    row: int
    truck: str
    plant: str
    at: datetime
    volume_m3: float | None
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Book:
    """A whole file, read: good rows, bad cells, columns that mean nothing here."""

    read_as: str
    count: int
    rows: list[BookRow]
    problems: list[Problem]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """One load that can be kept. ``truck`` is an id, or the key of a truck still to add."""

    row: int
    truck: int | str
    plant_id: int
    at_ms: int
    volume_m3: float
    assumed: bool
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Two plates one slip apart, their loads, and how many bear the same instant."""

    first: str
    second: str
    loads_first: int
    loads_second: int
    same_instant: int


@dataclass(slots=True)
class BookPlan:
    """What taking a book would do."""

    loads: list[Load] = field(default_factory=list)
    new_trucks: dict[str, dict[str, Any]] = field(default_factory=dict)
    unknown_trucks: dict[str, str] = field(default_factory=dict)
    unknown_plants: set[str] = field(default_factory=set)
    known: int = 0
    repeated: int = 0
    look_alike: list[LookAlike] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BookResult:
    """What an import of a book did, or would do.

    ``created`` are new receipts; ``known`` were there before; ``repeated`` stood twice in
    the file; ``imported`` is 0 in a dry run and after any error unless bad rows were to
    be skipped. ``positions_doubted`` are kept but lie out of the station's area.
    """

    kind: str
    read_as: str
    rows: int
    created: int
    known: int
    repeated: int
    imported: int
    assumed_volumes: int
    trucks: int
    trucks_added: tuple[str, ...]
    positions: int
    positions_doubted: int | None
    first_at: str | None
    last_at: str | None
    unknown_trucks: tuple[str, ...]
    unknown_plants: tuple[str, ...]
    look_alike: tuple[LookAlike, ...]
    dry_run: bool
    errors: tuple[Problem, ...]
    ignored_columns: tuple[str, ...]
