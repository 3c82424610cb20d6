"""What the event log says about proof and call backs."""

from __future__ import annotations

from typing import ClassVar

from qingshu.kernel.events import Event


class CallbackRecorded(Event, frozen=True, kw_only=True):
    """Somebody tried to ask the residents."""

    kind: ClassVar[str] = "callback.recorded"
    subject_kind: ClassVar[str] = "callback"
    incident_id: int
    outcome: str
    solved: bool | None
    satisfaction: int | None


class CallbackDue(Event, frozen=True, kw_only=True):
    """The residents of this incident are to be called; subject is the incident."""

    kind: ClassVar[str] = "callback.due"
    subject_kind: ClassVar[str] = "callback"
    incident_id: int
    tries: int


class ProofChecked(Event, frozen=True, kw_only=True):
    """The proof of an incident was looked at for closing; subject is the incident."""

    kind: ClassVar[str] = "proof.checked"
    subject_kind: ClassVar[str] = "proof"
    incident_id: int
    proved: bool
    missing: list[str]


class LevelUnmeasurable(Event, frozen=True, kw_only=True):
    """A named person said why the level cannot be measured; subject is the incident."""

    kind: ClassVar[str] = "proof.level_unmeasurable"
    subject_kind: ClassVar[str] = "proof"
    incident_id: int
    reason: str
