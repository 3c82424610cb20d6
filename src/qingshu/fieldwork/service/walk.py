"""A crew walks its job: offered, accepted, on the road, on site, pumped, finished."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from qingshu.fieldwork import checklist, store
from qingshu.fieldwork.errors import EvidenceMissing, GasGateLocked
from qingshu.fieldwork.events import JobAdvanced, JobCreated, JobUnanswered
from qingshu.fieldwork.model import ENDED, Job, JobCommand, JobState
from qingshu.fieldwork.params import FieldworkParams
from qingshu.fieldwork.rules import cycle, gas
from qingshu.fieldwork.rules.stated import SKEW, stated
from qingshu.fieldwork.service import consequences
from qingshu.fieldwork.service.evidence import missing_evidence
from qingshu.incident import service as incidents
from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import from_ms, iso, to_ms
from qingshu.kernel.lifecycle import follow
from qingshu.runtime import timers
from qingshu.runtime.db import Tx
from qingshu.runtime.numbers import next_number

UNANSWERED = "job.unanswered"
LOOK = "job.arrival"

_STAMPS = {
    JobCommand.ACCEPT: "accepted_ms",
    JobCommand.DEPART: "departed_ms",
    JobCommand.START_PUMPING: "pumping_ms",
    JobCommand.FINISH_PUMPING: "pumped_ms",
    JobCommand.FINISH: "finished_ms",
}
_NEED_REASON = frozenset({JobCommand.BLOCK, JobCommand.HAND_OVER, JobCommand.CANCEL})
_FORBIDDEN_BY_HAND = frozenset(
    {JobCommand.CLEAR_GAS, JobCommand.LOCK_GAS, JobCommand.DISPOSE, JobCommand.OFFER}
)


def params_of(tx: Tx) -> FieldworkParams:
    """The workspace's numbers."""
    return tx.settings.room_params("fieldwork", FieldworkParams)


def create(
    tx: Tx, *, incident_id: int, truck_id: int, dispatch_id: int | None, eta_s: float | None
) -> Job:
    """Offer a truck's crew the work at an incident; the same dispatch makes one job."""
    if dispatch_id is not None:
        known = store.of_dispatch(tx.conn, dispatch_id)
        if known is not None:
            return known
    incident = incidents.get(tx.conn, incident_id)
    job = store.insert(
        tx, number=next_number(tx, "J"), state=JobState.OFFERED, truck_id=truck_id,
        incident_id=incident_id, tank_id=incident.tank_id, dispatch_id=dispatch_id,
        lat=incident.lat, lon=incident.lon, eta_s=eta_s, offered_ms=to_ms(tx.now),
        sop_version=checklist.current().version,
    )  # fmt: skip
    tx.emit(
        JobCreated(
            subject_id=job.id, number=job.number, incident_id=incident_id,
            tank_id=job.tank_id, truck_id=truck_id,
        )
    )  # fmt: skip
    timers.set_timer(tx, UNANSWERED, job.id, tx.now + timedelta(seconds=params_of(tx).accept_s))
    consequences.of_creation(tx, job)
    return job


def command(
    tx: Tx,
    job_id: int,
    word: str,
    *,
    reason: str = "",
    note: str = "",
    volume_m3: float | None = None,
    complete: bool = True,
    at: datetime | None = None,
) -> Job:
    """Follow one arrow that a person pressed; ``at`` is when, where a phone kept it.

    The server's time stays the one that clocks run by; what was stated is logged beside it.

    Raises
    ------
    TransitionNotAllowed, GasGateLocked, EvidenceMissing, InvalidInput
        Nothing was changed; the message says what is missing.
    """
    job = store.load(tx.conn, job_id)
    arrow = _arrow(job, word)
    follow(cycle.CYCLE, job.state, arrow)
    values: dict[str, Any] = {}
    stated_at = stated(at, tx.now)
    if arrow in _NEED_REASON and not reason.strip():
        msg = f"Expected a reason for {word}, got none."
        raise InvalidInput(msg, reason="empty")
    if arrow is JobCommand.START_PUMPING:
        _require_open_gate(tx, job, stated_at or tx.now)
    elif arrow is JobCommand.FINISH_PUMPING:
        values = _pumped(tx, job, volume_m3, complete=complete)
    elif arrow is JobCommand.FINISH:
        _require_evidence(tx, job)
        values["note"] = note
    return _go(tx, job, arrow, stated_by="crew", reason=reason, stated_at=stated_at, **values)


def check(tx: Tx, job_id: int) -> Job:
    """The desk or a gate looked at the finished job."""
    return _go(tx, store.load(tx.conn, job_id), JobCommand.CHECK, stated_by="desk")


def go(
    tx: Tx, job: Job, arrow: JobCommand, *, stated_by: str, stated_at: datetime | None = None
) -> Job:
    """Follow an arrow that a gas test or a receipt leads to."""
    return _go(tx, job, arrow, stated_by=stated_by, stated_at=stated_at)


def cancel_dispatch(tx: Tx, dispatch_id: int, reason: str) -> None:
    """The desk took the dispatch back; a job that is past cancelling goes on."""
    job = store.of_dispatch(tx.conn, dispatch_id)
    if job is None or (job.state, JobCommand.CANCEL) not in cycle.CYCLE:
        return
    _go(tx, job, JobCommand.CANCEL, stated_by="desk", reason=reason)


def cancel_of_incident(tx: Tx, incident_id: int, reason: str) -> None:
    """Cancel every job of an incident that has not begun to pump."""
    for job in store.of_incident(tx.conn, incident_id):
        if (job.state, JobCommand.CANCEL) in cycle.CYCLE:
            _go(tx, job, JobCommand.CANCEL, stated_by="system", reason=reason)


def place_jobs(tx: Tx, incident_id: int) -> None:
    """The tank of an incident became known: its jobs that still run go there."""
    incident = incidents.get(tx.conn, incident_id)
    for job in store.of_incident(tx.conn, incident_id):
        if job.state not in ENDED and job.pumping_ms is None:
            store.change(tx, job.id, tank_id=incident.tank_id, lat=incident.lat, lon=incident.lon)


def tell_unanswered(tx: Tx, job_id: int) -> None:
    """Nobody accepted in time: the desk hears of it."""
    job = store.load(tx.conn, job_id)
    if job.state is JobState.OFFERED:
        tx.emit(
            JobUnanswered(subject_id=job.id, incident_id=job.incident_id, truck_id=job.truck_id)
        )


def look_for_arrival(tx: Tx, job_id: int) -> None:
    """Look where the truck is; arrive when it stood at the tank for long enough."""
    job = store.load(tx.conn, job_id)
    if job.state not in (JobState.ACCEPTED, JobState.EN_ROUTE):
        return
    since = consequences.standing_since(tx, job)
    if since is not None:
        began = job.accepted_ms or job.offered_ms
        arrived_ms = max(to_ms(since), began)
        _go(tx, job, JobCommand.ARRIVE, stated_by="position", arrived_ms=arrived_ms)
        return
    wait = timedelta(seconds=params_of(tx).look_every_s)
    timers.set_timer(tx, LOOK, job.id, tx.now + wait)


def _arrow(job: Job, word: str) -> JobCommand:
    if word == "unblock":
        return cycle.unblock_command(job.blocked_from or JobState.ARRIVED)
    try:
        arrow = JobCommand(word)
    except ValueError as error:
        allowed = cycle.offered_commands(job.state)
        msg = f"Expected one of {allowed}, got {word!r}."
        raise InvalidInput(msg, command=word) from error
    if arrow in _FORBIDDEN_BY_HAND or word.startswith("unblock-"):
        msg = f"Expected a command that a person can give, {word!r} follows by itself."
        raise InvalidInput(msg, command=word)
    return arrow


def _go(
    tx: Tx,
    job: Job,
    arrow: JobCommand,
    *,
    stated_by: str,
    reason: str = "",
    stated_at: datetime | None = None,
    **values: Any,
) -> Job:
    after = follow(cycle.CYCLE, job.state, arrow)
    values["state"] = after
    if reason:
        values["reason"] = reason
    if arrow in _STAMPS:
        values[_STAMPS[arrow]] = to_ms(tx.now)
    if arrow is JobCommand.BLOCK:
        values["blocked_from"] = str(job.state)
    if arrow is JobCommand.ARRIVE:
        values.setdefault("arrived_ms", to_ms(tx.now))
        values["arrival_by"] = stated_by
        values["level_before_m"] = (
            job.level_before_m
            if job.level_before_m is not None
            else consequences.level_now(tx.conn, job.tank_id)
        )
    changed = store.change(tx, job.id, **values)
    tx.emit(
        JobAdvanced(
            subject_id=job.id, from_=str(job.state), to=str(after), command=str(arrow),
            incident_id=job.incident_id, truck_id=job.truck_id, tank_id=job.tank_id,
            reason=reason, stated_by=stated_by,
            stated_at=None if stated_at is None else iso(stated_at),
        )
    )  # fmt: skip
    _keep_timers(tx, changed)
    consequences.of_arrow(tx, changed, arrow)
    return changed


def _keep_timers(tx: Tx, job: Job) -> None:
    if job.state is not JobState.OFFERED:
        timers.cancel(tx, UNANSWERED, job.id)
    if job.state in (JobState.ACCEPTED, JobState.EN_ROUTE):
        wait = timedelta(seconds=params_of(tx).look_every_s)
        timers.set_timer(tx, LOOK, job.id, tx.now + wait)
    else:
        timers.cancel(tx, LOOK, job.id)


def _require_open_gate(tx: Tx, job: Job, began: datetime) -> None:
    last = next(reversed(store.tests(tx.conn, job.id)), None)
    valid = params_of(tx).gas_valid_min
    began_ms = to_ms(began)
    if (
        last
        and gas.is_open(
            job.state, cleared=last.cleared, valid_until_ms=last.valid_until_ms, now_ms=began_ms
        )
        # A pump that was started before the test was not cleared by it.
        and began >= from_ms(last.valid_until_ms) - timedelta(minutes=valid) - SKEW
    ):
        return
    minutes = f"{valid:g}"
    msg = f"Expected a passed gas test of the last {minutes} min. Test again before pumping."
    raise GasGateLocked(
        msg, zh=f"测气已过 {minutes} 分，请复测后再开泵",
        en=f"The gas test is older than {minutes} min; test again before pumping",
        valid_until=None if last is None else from_ms(last.valid_until_ms).isoformat(),
    )  # fmt: skip


def _pumped(tx: Tx, job: Job, volume_m3: float | None, *, complete: bool) -> dict[str, Any]:
    largest = params_of(tx).volume_max_m3
    if volume_m3 is None or not 0 < volume_m3 <= largest:
        msg = f"Expected volume_m3 in (0, {largest:g}], got {volume_m3}."
        raise InvalidInput(msg, volume_m3="out of range")
    consequences.load_truck(tx, job, volume_m3)
    return {"volume_m3": (job.volume_m3 or 0.0) + volume_m3, "complete": complete}


def _require_evidence(tx: Tx, job: Job) -> None:
    missing = missing_evidence(tx.conn, job)
    if missing:
        en = "; ".join(w.en for w in missing)
        msg = f"Expected all steps done before finishing, missing: {en}."
        raise EvidenceMissing(msg, zh="；".join(w.zh for w in missing), en=en)
