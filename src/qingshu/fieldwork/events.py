"""What the event log says about jobs and receipts."""

from __future__ import annotations

from typing import ClassVar

from qingshu.kernel.events import Event


class JobCreated(Event, frozen=True, kw_only=True):
    """A crew was given a piece of work."""

    kind: ClassVar[str] = "job.created"
    subject_kind: ClassVar[str] = "job"
    number: str
    incident_id: int | None
    tank_id: int | None
    truck_id: int


class JobAdvanced(Event, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A job followed one arrow; ``stated_by`` is position, crew, plant or system.

    ``stated_at`` is when the phone says it was done, beside the log's own time.
    """

    kind: ClassVar[str] = "job.advanced"
    subject_kind: ClassVar[str] = "job"
    from_: str
    to: str
    command: str
    incident_id: int | None
    truck_id: int
    tank_id: int | None
    reason: str
    stated_by: str
    stated_at: str | None = None


class JobUnanswered(Event, frozen=True, kw_only=True):
    """Nobody accepted an offered job in time."""

    kind: ClassVar[str] = "job.unanswered"
    subject_kind: ClassVar[str] = "job"
    incident_id: int | None
    truck_id: int


class JobGasTested(Event, frozen=True, kw_only=True):
    """A gas test was judged; ``stated_at`` is when the phone says it was made."""

    kind: ClassVar[str] = "job.gas_tested"
    subject_kind: ClassVar[str] = "job"
    cleared: bool
    refused_zh: str
    refused_en: str
    stated_at: str | None = None


class JobStepDone(Event, frozen=True, kw_only=True):
    """A step of the procedure was done."""

    kind: ClassVar[str] = "job.step_done"
    subject_kind: ClassVar[str] = "job"
    step: str


class JobPhotoAdded(Event, frozen=True, kw_only=True):
    """A photo was stored."""

    kind: ClassVar[str] = "job.photo_added"
    subject_kind: ClassVar[str] = "job"
    photo_kind: str
    sha256: str
    far: bool


class ReceiptsImported(Event, frozen=True, kw_only=True):
    """Past loads were taken from a plant's book; ``subject_id`` is 0, they are many."""

    kind: ClassVar[str] = "receipt.imported"
    subject_kind: ClassVar[str] = "receipt"
    file: str
    rows: int
    assumed_volumes: int
    first_at: str
    last_at: str


class ReceiptRecorded(Event, frozen=True, kw_only=True):
    """A plant took or refused a load; ``stated_at`` is when the tablet says it was."""

    kind: ClassVar[str] = "receipt.recorded"
    subject_kind: ClassVar[str] = "receipt"
    number: str
    plant_id: int
    truck_id: int
    job_id: int | None
    volume_m3: float
    accepted: bool
    reason: str
    stated_at: str | None = None
