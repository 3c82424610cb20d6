"""A load is handed over at a plant."""

from __future__ import annotations

from datetime import datetime

from qingshu.fieldwork import store
from qingshu.fieldwork.events import ReceiptRecorded
from qingshu.fieldwork.model import JobCommand, Receipt
from qingshu.fieldwork.rules import cycle
from qingshu.fieldwork.rules.stated import stated
from qingshu.fieldwork.service import consequences, walk
from qingshu.kernel.errors import InvalidInput, NotFound
from qingshu.kernel.instants import iso
from qingshu.registry import store as registry
from qingshu.runtime.db import Tx
from qingshu.runtime.numbers import next_number


def receive(
    tx: Tx,
    *,
    plant_code: str,
    truck_code: str,
    job_id: int | None,
    volume_m3: float,
    accepted: bool,
    reason: str = "",
    at: datetime | None = None,
) -> Receipt:
    """Record that a plant took or refused a load; an accepted one empties the truck.

    A job that is named and pumped moves on to disposed; one already finished keeps its
    state and gains the receipt. A refused load stays on the truck. ``at`` is when, where a
    tablet kept it without signal.
    """
    stated_at = stated(at, tx.now)
    plant = registry.plant_by_code(tx.conn, plant_code)
    truck = registry.truck_by_code(tx.conn, truck_code)
    if plant is None or truck is None:
        msg = f"Expected codes of a plant and a truck, got {plant_code!r} and {truck_code!r}."
        raise NotFound(msg, plant_code=plant_code, truck_code=truck_code)
    largest = walk.params_of(tx).volume_max_m3
    if not 0 < volume_m3 <= largest:
        msg = f"Expected volume_m3 in (0, {largest:g}], got {volume_m3}."
        raise InvalidInput(msg, volume_m3="out of range")
    if not accepted and not reason.strip():
        msg = "Expected a reason for refusing the load, got none."
        raise InvalidInput(msg, reason="empty")
    job = None if job_id is None else store.load(tx.conn, job_id)
    if job is not None and job.truck_id != truck.id:
        msg = f"Expected a job of truck {truck_code}, {job.number} is another truck's."
        raise InvalidInput(msg, job_id=job_id)
    receipt = store.add_receipt(
        tx, number=next_number(tx, "G"), plant_id=plant.id, truck_id=truck.id, job_id=job_id,
        volume_m3=volume_m3, accepted=accepted, reason=reason,
    )  # fmt: skip
    tx.emit(
        ReceiptRecorded(
            subject_id=receipt.id, number=receipt.number, plant_id=plant.id, truck_id=truck.id,
            job_id=job_id, volume_m3=volume_m3, accepted=accepted, reason=reason,
            stated_at=None if stated_at is None else iso(stated_at),
        )
    )  # fmt: skip
    if accepted:
        consequences.unload_truck(tx, truck.id)
        if job is not None and (job.state, JobCommand.DISPOSE) in cycle.CYCLE:
            walk.go(tx, job, JobCommand.DISPOSE, stated_by="plant", stated_at=stated_at)
    return receipt
