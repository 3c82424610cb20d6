"""Steps ticked and photos taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from qingshu.fieldwork import checklist, store
from qingshu.fieldwork.errors import EvidenceMissing, NotAPhoto, UnknownStep
from qingshu.fieldwork.events import JobPhotoAdded, JobStepDone
from qingshu.fieldwork.model import ENDED, Job, Photo, Step, Words
from qingshu.fieldwork.params import FieldworkParams
from qingshu.fieldwork.rules import cycle, evidence
from qingshu.kernel.errors import Conflict, InvalidInput, TooLarge, TransitionNotAllowed
from qingshu.kernel.geodesy import Point
from qingshu.kernel.instants import to_ms
from qingshu.runtime.blobs import BlobStore
from qingshu.runtime.db import Tx

MEGABYTE = 1_000_000


def do_step(tx: Tx, job_id: int, step_id: str, *, at: datetime | None, note: str = "") -> None:
    """Tick one step of the procedure.

    Raises
    ------
    UnknownStep, TransitionNotAllowed, EvidenceMissing
        The step's photos or its gas test are missing, or it is not its turn yet.
    """
    job = store.load(tx.conn, job_id)
    step = _step(step_id)
    if not cycle.is_in_phase(job.state, step.phase):
        msg = f"Expected the job {step.phase} for step {step_id}, it is {job.state}."
        raise TransitionNotAllowed(msg, state=str(job.state), command=step_id)
    wanting = _wanting(tx.conn, job, step)
    if wanting is not None:
        msg = f"Expected what step {step_id} needs: {wanting.en}."
        raise EvidenceMissing(msg, zh=wanting.zh, en=wanting.en)
    done = min(at, tx.now) if at is not None else tx.now
    store.put_step(tx, job_id, step_id, to_ms(done), note)
    tx.emit(JobStepDone(subject_id=job_id, step=step_id))


def missing_evidence(conn: Connection, job: Job) -> list[Words]:
    """What keeps a job from being finished, one sentence each."""
    done = store.steps(conn, job.id)
    missing = []
    for step in checklist.current().steps:
        wanting = _wanting(conn, job, step)
        if wanting is not None:
            missing.append(wanting)
        elif step.id not in done:
            missing.append(Words(f"没做：{step.title.zh}", f"Not done: {step.title.en}"))
    return missing


def add_photo(
    tx: Tx,
    job_id: int,
    blobs: BlobStore,
    content: bytes,
    *,
    kind: str,
    taken_at: datetime,
    taken: Point | None,
) -> Photo:
    """Keep one photo with its time and place.

    Raises
    ------
    TooLarge, NotAPhoto, Conflict
        Nothing was kept.
    """
    job = store.load(tx.conn, job_id)
    params = tx.settings.room_params("fieldwork", FieldworkParams)
    if job.state in ENDED:
        msg = f"Expected a job under way for a photo, it is {job.state}."
        raise Conflict(msg, state=str(job.state))
    if not kind.replace("_", "").isalnum() or len(kind) > 32:
        msg = f"Expected a photo kind of letters, got {kind!r}."
        raise InvalidInput(msg, kind=kind)
    if len(content) > params.photo_max_mb * MEGABYTE:
        msg = f"Expected a photo of at most {params.photo_max_mb:g} MB, got {len(content)} bytes."
        raise TooLarge(msg, size=len(content))
    content_type = evidence.picture_type(content[:16])
    if content_type is None:
        msg = "Expected a JPEG, PNG or WebP picture, its first bytes are none of them."
        raise NotAPhoto(msg)
    there = None if job.lat is None or job.lon is None else Point(job.lat, job.lon)
    distance = evidence.photo_distance_m(taken, there)
    photo = Photo(
        job_id, kind, blobs.put(content), to_ms(min(taken_at, tx.now)), to_ms(tx.now),
        taken.lat if taken else None, taken.lon if taken else None, distance,
        evidence.is_far(distance, params), content_type, len(content),
    )  # fmt: skip
    store.put_photo(tx, photo)
    tx.emit(JobPhotoAdded(subject_id=job_id, photo_kind=kind, sha256=photo.sha256, far=photo.far))
    return photo


def _step(step_id: str) -> Step:
    for step in checklist.current().steps:
        if step.id == step_id:
            return step
    names = ", ".join(s.id for s in checklist.current().steps)
    msg = f"Expected one of the steps {names}, got {step_id!r}."
    raise UnknownStep(msg, step=step_id)


def _wanting(conn: Connection, job: Job, step: Step) -> Words | None:
    if step.id == "gas":
        tests = store.tests(conn, job.id)
        if not tests or not tests[-1].cleared:
            return Words("测气还没合格", "No gas test has passed yet")
    return evidence.needs(step, store.photo_counts(conn, job.id))
