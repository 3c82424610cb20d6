"""Frozen values of proof and call backs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a call back went."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Callback:
    """One try to ask the residents. ``satisfaction`` 1 to 5."""

    id: int
    incident_id: int
    at_ms: int
    actor: str
    outcome: Outcome
    solved: bool | None
    satisfaction: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Unmeasurable:
    """A named person says why the level cannot be measured."""

    incident_id: int
    at_ms: int
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the proof of one incident rests on. Levels metres above tank floor."""

    cleared: bool
    level_before_m: float | None
    level_after_m: float | None
    unmeasurable: str
    jobs: int
    unfinished_jobs: int
    missing_zh: tuple[str, ...]
    missing_en: tuple[str, ...]
    gas_recorded: bool
    jobs_without_receipt: int
    reports: int
    tries: int
    answered: bool
    coordinate: str
    regularise: str


@dataclass(frozen=True, slots=True)
class ProofItem:
    """One line of the proof, in both languages."""

    name: str
    ok: bool
    zh: str
    en: str
