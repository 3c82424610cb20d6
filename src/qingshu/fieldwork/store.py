"""Jobs, gas tests, steps, photos, receipts and stored answers in and out of SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select, update

from qingshu.fieldwork.errors import JobNotFound
from qingshu.fieldwork.model import (
    ENDED,
    DoneStep,
    GasReadings,
    GasTest,
    Job,
    JobState,
    Photo,
    Receipt,
    StoredTest,
    Verdict,
    Words,
)
from qingshu.fieldwork.tables import job, job_answer, job_gas_test, job_photo, job_step, receipt
from qingshu.kernel.instants import to_ms
from qingshu.runtime.db import Tx


def insert(tx: Tx, **values: Any) -> Job:
    """A new job."""
    key = tx.conn.execute(job.insert().values(**values)).inserted_primary_key
    assert key is not None
    return load(tx.conn, int(key[0]))


def load(conn: Connection, job_id: int) -> Job:
    """One job, or :class:`JobNotFound`."""
    row = conn.execute(select(job).where(job.c.id == job_id)).first()
    if row is None:
        msg = f"Expected the id of a job, {job_id} is none."
        raise JobNotFound(msg, job_id=job_id)
    return _job(row)


def change(tx: Tx, job_id: int, **values: Any) -> Job:
    """Overwrite columns of one job and return it."""
    tx.conn.execute(update(job).where(job.c.id == job_id).values(**values))
    return load(tx.conn, job_id)


def of_dispatch(conn: Connection, dispatch_id: int) -> Job | None:
    """The job that a dispatch led to."""
    row = conn.execute(select(job).where(job.c.dispatch_id == dispatch_id)).first()
    return None if row is None else _job(row)


def of_incident(conn: Connection, incident_id: int) -> list[Job]:
    """All jobs of one incident, oldest first."""
    rows = conn.execute(select(job).where(job.c.incident_id == incident_id).order_by(job.c.id))
    return [_job(row) for row in rows]


def listed(
    conn: Connection,
    *,
    only_open: bool,
    truck_id: int | None = None,
    incident_id: int | None = None,
    limit: int,
) -> list[Job]:
    """Jobs for a list: open ones oldest first, all newest first."""
    query = select(job)
    if truck_id is not None:
        query = query.where(job.c.truck_id == truck_id)
    if incident_id is not None:
        query = query.where(job.c.incident_id == incident_id)
    if only_open:
        query = query.where(job.c.state.not_in([str(s) for s in ENDED])).order_by(job.c.id)
    else:
        query = query.order_by(job.c.id.desc())
    return [_job(row) for row in conn.execute(query.limit(limit))]


def add_test(
    tx: Tx, job_id: int, at_ms: int, test: GasTest, verdict: Verdict, valid_until_ms: int
) -> None:
    """Keep one judged gas test."""
    tx.conn.execute(
        job_gas_test.insert().values(
            job_id=job_id, at_ms=at_ms, o2_pct=test.readings.o2_pct,
            h2s_mgm3=test.readings.h2s_mgm3, ch4_lel=test.readings.ch4_lel,
            co_mgm3=test.readings.co_mgm3, instrument=test.instrument,
            tested_by=test.tested_by, attendant=test.attendant, rescue_kit=test.rescue_kit,
            ventilation_min=test.ventilation_min, place=test.where, cleared=verdict.cleared,
            valid_until_ms=valid_until_ms,
            failures=msgspec.json.encode([[f.zh, f.en] for f in verdict.failures]).decode(),
        )
    )  # fmt: skip


def tests(conn: Connection, job_id: int) -> list[StoredTest]:
    """The gas tests of one job, oldest first."""
    rows = conn.execute(
        select(job_gas_test).where(job_gas_test.c.job_id == job_id).order_by(job_gas_test.c.id)
    )
    return [_test(row) for row in rows]


def put_step(tx: Tx, job_id: int, step_id: str, done_ms: int, note: str) -> None:
    """Tick one step."""
    row = {
        "job_id": job_id, "step_id": step_id, "done_ms": done_ms,
        "actor": tx.actor, "note": note,
    }  # fmt: skip
    tx.upsert(job_step, [row], keys=["job_id", "step_id"])


def steps(conn: Connection, job_id: int) -> dict[str, DoneStep]:
    """The ticked steps of one job by id."""
    rows = conn.execute(select(job_step).where(job_step.c.job_id == job_id))
    return {r.step_id: DoneStep(r.step_id, r.done_ms, r.actor, r.note) for r in rows}


def put_photo(tx: Tx, photo: Photo) -> None:
    """Keep one photo of a job; the same picture twice is one."""
    row = {
        "job_id": photo.job_id, "kind": photo.kind, "sha256": photo.sha256,
        "taken_ms": photo.taken_ms, "received_ms": photo.received_ms, "lat": photo.lat,
        "lon": photo.lon, "distance_m": photo.distance_m, "far": photo.far,
        "content_type": photo.content_type, "size": photo.size,
    }  # fmt: skip
    tx.upsert(job_photo, [row], keys=["job_id", "kind", "sha256"])


def photos(conn: Connection, job_id: int) -> list[Photo]:
    """The photos of one job, oldest first."""
    rows = conn.execute(
        select(job_photo).where(job_photo.c.job_id == job_id).order_by(job_photo.c.id)
    )
    return [_photo(row) for row in rows]


def photo_counts(conn: Connection, job_id: int) -> Counter[str]:
    """How many photos of each kind one job has."""
    return Counter(p.kind for p in photos(conn, job_id))


def photo_by_hash(conn: Connection, sha256: str) -> Photo | None:
    """The first photo with this content."""
    row = conn.execute(select(job_photo).where(job_photo.c.sha256 == sha256).limit(1)).first()
    return None if row is None else _photo(row)


def add_receipt(tx: Tx, **values: Any) -> Receipt:
    """Keep one receipt."""
    key = tx.conn.execute(
        receipt.insert().values(at_ms=to_ms(tx.now), **values)
    ).inserted_primary_key
    assert key is not None
    row = tx.conn.execute(select(receipt).where(receipt.c.id == key[0])).one()
    return _receipt(row)


def add_past_receipts(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep receipts of the past; every row holds the same columns, ``at_ms`` too."""
    if rows:
        tx.conn.execute(receipt.insert(), [dict(row) for row in rows])


def receipt_keys(conn: Connection, from_ms: int, to_ms_: int) -> set[tuple[int, int, int]]:
    """(truck, plant, instant) of every receipt in [from_ms, to_ms_]."""
    rows = conn.execute(
        select(receipt.c.truck_id, receipt.c.plant_id, receipt.c.at_ms).where(
            receipt.c.at_ms.between(from_ms, to_ms_)
        )
    )
    return {(truck, plant, at) for truck, plant, at in rows}


def receipts(
    conn: Connection, *, job_id: int | None = None, truck_id: int | None = None, limit: int = 500
) -> list[Receipt]:
    """Receipts of one job, of one truck, or all; newest first."""
    query = select(receipt).order_by(receipt.c.at_ms.desc(), receipt.c.id.desc()).limit(limit)
    if job_id is not None:
        query = query.where(receipt.c.job_id == job_id)
    if truck_id is not None:
        query = query.where(receipt.c.truck_id == truck_id)
    return [_receipt(row) for row in conn.execute(query)]


def answer(conn: Connection, key: str) -> tuple[str, Any] | None:
    """The request and the stored answer of an idempotency key."""
    row = conn.execute(select(job_answer).where(job_answer.c.key == key)).first()
    return None if row is None else (row.request, msgspec.json.decode(row.body))


def put_answer(tx: Tx, key: str, request: str, body: Any) -> None:
    """Keep what was answered under a key."""
    tx.conn.execute(
        job_answer.insert().values(
            key=key, request=request, at_ms=to_ms(tx.now),
            body=msgspec.json.encode(body).decode(),
        )
    )  # fmt: skip


def _job(row: Row[Any]) -> Job:
    fields = row._asdict()
    fields["state"] = JobState(row.state)
    fields["complete"] = bool(row.complete)
    return Job(**fields)


def _test(row: Row[Any]) -> StoredTest:
    pairs: Sequence[Sequence[str]] = msgspec.json.decode(row.failures)
    return StoredTest(
        row.id, row.job_id, row.at_ms,
        GasTest(
            GasReadings(row.o2_pct, row.h2s_mgm3, row.ch4_lel, row.co_mgm3), row.instrument,
            row.tested_by, row.attendant, bool(row.rescue_kit), row.ventilation_min, row.place,
        ),
        bool(row.cleared), row.valid_until_ms, tuple(Words(zh, en) for zh, en in pairs),
    )  # fmt: skip


def _photo(row: Row[Any]) -> Photo:
    fields = row._asdict()
    del fields["id"]
    fields["far"] = bool(row.far)
    return Photo(**fields)


def _receipt(row: Row[Any]) -> Receipt:
    fields = row._asdict()
    fields["accepted"] = bool(row.accepted)
    fields["volume_assumed"] = bool(row.volume_assumed)
    return Receipt(**fields)
