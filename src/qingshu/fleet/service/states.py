"""What a truck does: set by the work, lost in silence."""

from __future__ import annotations

from dataclasses import replace

from qingshu.fleet import rules, store
from qingshu.fleet.errors import UnknownTruck
from qingshu.fleet.events import TruckLost, TruckStateChanged
from qingshu.fleet.model import TruckLatest, TruckState
from qingshu.fleet.service.presents import columns, params_of, present_of
from qingshu.kernel.instants import iso
from qingshu.registry import store as registry
from qingshu.runtime.db import Tx


def set_state(
    tx: Tx,
    truck_id: int,
    state: TruckState,
    *,
    load_m3: float | None = None,
    job_id: int | None = None,
) -> TruckLatest:
    """What a truck does from now on. ``job_id`` None means no job; load None keeps it.

    The state it has already is always allowed: that sets load and job alone.

    Raises
    ------
    TransitionNotAllowed
        The table has no such arrow.
    UnknownTruck
        There is no such truck.
    """
    if registry.truck(tx.conn, truck_id) is None:
        msg = f"Expected the id of a truck, got {truck_id}."
        raise UnknownTruck(msg, truck_id=truck_id)
    before = present_of(tx, store.latest(tx.conn, {truck_id}), truck_id)
    to = rules.moved(before.state, state)
    load = before.load_m3 if load_m3 is None else max(0.0, load_m3)
    after = replace(
        before,
        state=to,
        load_m3=load,
        job_id=job_id,
        state_at=tx.now,
        resume_state=rules.resumed(before, to),
    )
    store.save_latest(tx, [columns(after)])
    if (before.state, before.load_m3) != (to, load):
        tx.emit(
            TruckStateChanged(
                subject_id=truck_id, from_=str(before.state), to=str(to), load_m3=load
            )
        )
    return after


def sweep_lost(tx: Tx) -> int:
    """Turn trucks on duty that fell silent offline; how many."""
    params = params_of(tx.settings)
    lost = [
        truck
        for truck in store.latest(tx.conn).values()
        if rules.is_lost(truck.state, truck.received_at, truck.state_at, tx.now, params)
    ]
    for truck in lost:
        to = rules.moved(truck.state, TruckState.OFFLINE)
        after = replace(truck, state=to, resume_state=rules.resumed(truck, to), state_at=tx.now)
        store.save_latest(tx, [columns(after)])
        last_seen = iso(truck.received_at) if truck.received_at else ""
        tx.emit(TruckLost(subject_id=truck.truck_id, last_seen=last_seen))
    return len(lost)
