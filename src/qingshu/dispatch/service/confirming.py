"""Sends trucks, by a person or by policy, and lets them go."""

from __future__ import annotations

from datetime import timedelta

from qingshu.dispatch import store
from qingshu.dispatch.errors import (
    AlreadyDispatched,
    DispatchEnded,
    NowhereToGo,
    TruckDoesNotFit,
    TruckNotFound,
)
from qingshu.dispatch.events import DispatchCancelled, DispatchConfirmed
from qingshu.dispatch.model import LIFE, Dispatch, DispatchCommand, DispatchState, Ranked
from qingshu.dispatch.roads.engine import RoadEngine
from qingshu.dispatch.service.ranking import engine_for, params_of, pick, rank
from qingshu.incident import service as incident_room
from qingshu.incident.errors import IncidentClosed
from qingshu.incident.model import HandleState, Incident, Status
from qingshu.kernel.lifecycle import follow
from qingshu.runtime import timers
from qingshu.runtime.db import Tx

RETRY = "dispatch.retry"
HANDED_OVER = "job handed_over"


def confirm(
    tx: Tx,
    incident_id: int,
    truck_id: int,
    *,
    engine: RoadEngine | None = None,
    additional: bool = False,
    automatic: bool = False,
) -> Dispatch:
    """Send a truck. The ranking is made again, so the reasons hold now.

    Raises
    ------
    AlreadyDispatched
        Another truck is on its way and ``additional`` was not said.
    TruckNotFound, TruckDoesNotFit, NowhereToGo, IncidentClosed, IncidentNotFound
        As their names say.
    """
    incident = _open(tx, incident_id)
    _refuse_second(tx, incident, additional=additional)
    ranking = rank(tx.conn, engine or engine_for(tx.settings), incident_id, tx.now, tx.settings)
    chosen = pick(ranking, truck_id)
    if chosen is None:
        out = next((line for line in ranking.left_out if line.truck_id == truck_id), None)
        if out is None:
            msg = f"Expected the id of an active truck, {truck_id} is none."
            raise TruckNotFound(msg, truck_id=truck_id)
        msg = f"Expected a truck that can do this job, {out.code} cannot: {out.reason_en}."
        raise TruckDoesNotFit(
            msg, truck_id=truck_id, reason_zh=out.reason_zh, reason_en=out.reason_en
        )
    return _send(tx, incident_id, chosen, automatic=automatic)


def auto_dispatch(tx: Tx, incident_id: int) -> Dispatch | None:
    """Send the first-ranked truck where policy allows it; try again later if none fits.

    A truck whose crew handed this incident over is not asked again, and what a person
    called off is not sent anew by the machine.
    """
    incident = incident_room.get(tx.conn, incident_id)
    if not _is_wanted(tx, incident):
        timers.cancel(tx, RETRY, incident_id)
        return None
    try:
        ranking = rank(tx.conn, engine_for(tx.settings), incident_id, tx.now, tx.settings)
    except NowhereToGo:
        # `incident.placed` brings it here again.
        return None
    past = store.of_incident(tx.conn, incident_id)
    gave_up = {held.truck_id for held in past if held.end_reason == HANDED_OVER}
    chosen = next((r for r in ranking.ranked if r.truck_id not in gave_up), None)
    if chosen is None:
        again = tx.now + timedelta(seconds=params_of(tx.settings).retry_s)
        timers.set_timer(tx, RETRY, incident_id, again)
        return None
    timers.cancel(tx, RETRY, incident_id)
    return _send(tx, incident_id, chosen, automatic=True)


def cancel(tx: Tx, dispatch_id: int, reason: str) -> Dispatch:
    """Call a truck off; the job that came of it is cancelled by its own room."""
    held = store.load(tx.conn, dispatch_id)
    if held.state is not DispatchState.LIVE:
        msg = f"Expected a dispatch that still runs, this one is {held.state}."
        raise DispatchEnded(msg, dispatch_id=dispatch_id, state=str(held.state))
    ended = store.end(tx, dispatch_id, follow(LIFE, held.state, DispatchCommand.CANCEL), reason)
    tx.emit(
        DispatchCancelled(
            subject_id=dispatch_id, incident_id=held.incident_id, truck_id=held.truck_id,
            reason=reason,
        )
    )  # fmt: skip
    return ended


def finish_for_job(tx: Tx, incident_id: int, truck_id: int, reason: str) -> None:
    """The job that came of a dispatch has ended: its truck is free again."""
    for held in store.of_incident(tx.conn, incident_id):
        if held.truck_id == truck_id and held.state is DispatchState.LIVE:
            after = follow(LIFE, held.state, DispatchCommand.FINISH)
            store.end(tx, held.id, after, reason)


def let_go(tx: Tx, incident_id: int) -> None:
    """The incident is closed: nothing of it holds a truck any more."""
    timers.cancel(tx, RETRY, incident_id)
    for held in store.of_incident(tx.conn, incident_id):
        if held.state is DispatchState.LIVE:
            store.end(tx, held.id, DispatchState.DONE, "incident closed")


def _open(tx: Tx, incident_id: int) -> Incident:
    incident = incident_room.get(tx.conn, incident_id)
    if incident.status is not Status.OPEN:
        msg = f"Expected an open incident, {incident.number} is closed."
        raise IncidentClosed(msg, incident_id=incident_id)
    return incident


def _refuse_second(tx: Tx, incident: Incident, *, additional: bool) -> None:
    held = _live(tx, incident.id)
    if held and not additional:
        msg = (
            f"Expected an incident that no truck goes to, {incident.number} has one. "
            "Cancel it first, or send this one as an additional truck."
        )
        raise AlreadyDispatched(msg, dispatch_id=held[0].id, truck_id=held[0].truck_id)


def _live(tx: Tx, incident_id: int) -> list[Dispatch]:
    found = store.of_incident(tx.conn, incident_id)
    return [held for held in found if held.state is DispatchState.LIVE]


def _is_wanted(tx: Tx, incident: Incident) -> bool:
    policy = tx.settings.policy.auto_dispatch
    allowed = policy == "always" or (policy == "red" and incident.grade == 1)
    waits = incident.status is Status.OPEN and incident.handle is HandleState.OPEN
    past = store.of_incident(tx.conn, incident.id)
    return allowed and waits and all(held.state is DispatchState.DONE for held in past)


def _send(tx: Tx, incident_id: int, chosen: Ranked, *, automatic: bool) -> Dispatch:
    made = store.insert(tx, incident_id, chosen, automatic=automatic)
    tx.emit(
        DispatchConfirmed(
            subject_id=made.id, incident_id=incident_id, truck_id=chosen.truck_id,
            eta_s=chosen.eta_s, drive_s=chosen.drive_s, distance_m=chosen.distance_m,
            reason_zh=chosen.reason_zh, reason_en=chosen.reason_en, automatic=automatic,
        )
    )  # fmt: skip
    return made
