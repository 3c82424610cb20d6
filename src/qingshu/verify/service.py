"""Use cases of proof: gather facts, call back, close."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from qingshu.fieldwork import service as fieldwork
from qingshu.fieldwork import store as fieldwork_store
from qingshu.fieldwork.model import Job, JobState
from qingshu.incident import service as incidents
from qingshu.incident.model import ClockName, HandleState, Incident, Status, Track
from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import from_ms
from qingshu.runtime import timers
from qingshu.runtime.db import Tx
from qingshu.runtime.settings import Settings
from qingshu.verify import levels, rules, store
from qingshu.verify.errors import NothingToAsk, ProofMissing
from qingshu.verify.events import CallbackDue, CallbackRecorded, LevelUnmeasurable, ProofChecked
from qingshu.verify.model import Facts, Outcome, ProofItem
from qingshu.verify.params import VerifyParams

TIMER = "verify.callback"
_WITHDRAWN = (JobState.HANDED_OVER, JobState.CANCELLED)
_FINISHED = (JobState.FINISHED, JobState.CHECKED)


def params_of(settings: Settings) -> VerifyParams:
    """The workspace's numbers."""
    return settings.room_params("verify", VerifyParams)


def proof(conn: Connection, settings: Settings, incident_id: int) -> list[ProofItem]:
    """Every item of one incident's proof."""
    return rules.proof(facts_of(conn, settings, incident_id), params_of(settings))


def facts_of(conn: Connection, settings: Settings, incident_id: int) -> Facts:
    """All that the proof rests on. Call backs before the last clearing do not count."""
    incident = incidents.get(conn, incident_id)
    row = incidents.row(conn, incident_id, from_ms(incident.opened_ms))
    jobs = [j for j in fieldwork.of_incident(conn, incident_id) if j.state not in _WITHDRAWN]
    pumped = [j for j in jobs if j.pumped_ms is not None]
    missing = [w for j in pumped for w in fieldwork.missing_evidence(conn, j)]
    since = incident.cleared_ms
    tries = [
        c for c in store.callbacks(conn, [incident_id]) if since is not None and c.at_ms >= since
    ]
    stated = store.unmeasurable(conn, incident_id)
    before, after = _levels(conn, settings, incident, pumped)
    return Facts(
        cleared=incident.handle is HandleState.CLEARED,
        level_before_m=before,
        level_after_m=after,
        unmeasurable=stated.reason if stated else "",
        jobs=len(pumped),
        unfinished_jobs=sum(j.state not in _FINISHED for j in jobs),
        missing_zh=tuple(w.zh for w in missing),
        missing_en=tuple(w.en for w in missing),
        gas_recorded=bool(pumped) and all(_has_gas_record(conn, j) for j in pumped),
        jobs_without_receipt=sum(not _has_receipt(conn, j) for j in pumped),
        reports=len(row["report_ids"]),
        tries=len(tries),
        answered=any(c.outcome is not Outcome.NO_ANSWER for c in tries),
        coordinate=str(incident.coordinate),
        regularise=str(incident.regularise),
    )


def call_back(
    tx: Tx,
    incident_id: int,
    outcome: Outcome,
    *,
    solved: bool | None = None,
    satisfaction: int | None = None,
    note: str = "",
) -> int:
    """Record one try; "not solved" starts handling again.

    Raises
    ------
    NothingToAsk
        The incident is not cleared yet.
    """
    incident = incidents.get(tx.conn, incident_id)
    if incident.handle is not HandleState.CLEARED:
        msg = f"Expected a cleared incident to call back about, it is {incident.handle}."
        raise NothingToAsk(msg, handle=str(incident.handle))
    if satisfaction is not None and not 1 <= satisfaction <= 5:
        msg = f"Expected satisfaction in [1, 5], got {satisfaction}."
        raise InvalidInput(msg, satisfaction="out of range")
    if outcome is not Outcome.REACHED and (solved is not None or satisfaction is not None):
        msg = f"Expected an opinion only from residents who were reached, got {outcome}."
        raise InvalidInput(msg, outcome=str(outcome))
    callback_id = store.add_callback(
        tx, incident_id, outcome, solved=solved, satisfaction=satisfaction, note=note
    )
    tx.emit(
        CallbackRecorded(
            subject_id=callback_id, incident_id=incident_id, outcome=str(outcome),
            solved=solved, satisfaction=satisfaction,
        )
    )  # fmt: skip
    if solved is False:
        timers.cancel(tx, TIMER, incident_id)
        incidents.reopen(tx, incident_id, f"resident: not solved. {note}".strip())
        return callback_id
    _plan_next_try(tx, incident_id)
    return callback_id


def remind(tx: Tx, incident_id: int) -> None:
    """The residents are due to be called, if that is still open."""
    facts = facts_of(tx.conn, tx.settings, incident_id)
    incident = incidents.get(tx.conn, incident_id)
    if incident.status is Status.CLOSED or not facts.cleared:
        return
    if not rules.callback_is_settled(facts, params_of(tx.settings)):
        tx.emit(CallbackDue(subject_id=incident_id, incident_id=incident_id, tries=facts.tries))


def state_unmeasurable(tx: Tx, incident_id: int, reason: str) -> None:
    """A named person says why the level cannot be measured."""
    if not reason.strip():
        msg = "Expected a reason why the level cannot be measured, got none."
        raise InvalidInput(msg, reason="empty")
    incidents.get(tx.conn, incident_id)
    store.put_unmeasurable(tx, incident_id, reason)
    tx.emit(LevelUnmeasurable(subject_id=incident_id, incident_id=incident_id, reason=reason))


def close(tx: Tx, incident_id: int, reason: str = "") -> Incident:
    """Close on proof, or on a named person's reason, which is counted.

    Coordinate and regularise that nobody ever started are set to not needed.

    Raises
    ------
    ProofMissing
        Something is missing and no reason was given; ``fields`` lists it.
    TracksNotDone
        A track was started and not ended; no reason closes over that.
    """
    items = proof(tx.conn, tx.settings, incident_id)
    missing = [item for item in items if not item.ok]
    if missing and not reason.strip():
        listed = "; ".join(item.en for item in missing)
        msg = f"Expected the proof to be complete or a reason, missing: {listed}."
        raise ProofMissing(msg, **{item.name: {"zh": item.zh, "en": item.en} for item in missing})
    for track in (Track.COORDINATE, Track.REGULARISE):
        incidents.try_advance(tx, incident_id, track, "not_needed", "closing")
    tx.emit(
        ProofChecked(
            subject_id=incident_id, incident_id=incident_id, proved=not missing,
            missing=[item.name for item in missing],
        )
    )  # fmt: skip
    timers.cancel(tx, TIMER, incident_id)
    return incidents.close(tx, incident_id, proved=not missing, reason=reason)


def plan_first_try(tx: Tx, incident_id: int) -> None:
    """Cleared: the first call back is due now."""
    timers.set_timer(tx, TIMER, incident_id, tx.now)


def _plan_next_try(tx: Tx, incident_id: int) -> None:
    params = params_of(tx.settings)
    facts = facts_of(tx.conn, tx.settings, incident_id)
    if rules.callback_is_settled(facts, params):
        timers.cancel(tx, TIMER, incident_id)
        incidents.meet(tx, incident_id, ClockName.CALLBACK)
    else:
        wait = timedelta(hours=params.callback_every_h)
        timers.set_timer(tx, TIMER, incident_id, tx.now + wait)


def _levels(
    conn: Connection, settings: Settings, incident: Incident, pumped: list[Job]
) -> tuple[float | None, float | None]:
    if incident.tank_id is None or not pumped:
        return None, None
    window = timedelta(hours=params_of(settings).look_h)
    arrived = from_ms(min(j.arrived_ms or j.offered_ms for j in pumped))
    ended = from_ms(max(j.pumped_ms or 0 for j in pumped))
    before = levels.last_level(conn, settings, incident.tank_id, arrived - window, arrived)
    if before is None:
        before = next((j.level_before_m for j in pumped if j.level_before_m is not None), None)
    after = levels.lowest_level(conn, settings, incident.tank_id, ended, ended + window)
    return before, after


def _has_gas_record(conn: Connection, job: Job) -> bool:
    tests = fieldwork_store.tests(conn, job.id)
    return any(t.cleared and t.at_ms <= (job.pumped_ms or 0) for t in tests)


def _has_receipt(conn: Connection, job: Job) -> bool:
    """A receipt of the job, or one of its truck's later loads without a job's name."""
    own = fieldwork_store.receipts(conn, job_id=job.id)
    if any(r.accepted for r in own):
        return True
    later = fieldwork_store.receipts(conn, truck_id=job.truck_id)
    return any(r.accepted and r.job_id is None and r.at_ms >= (job.pumped_ms or 0) for r in later)
