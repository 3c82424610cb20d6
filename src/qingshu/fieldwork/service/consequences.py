"""What a job's step means for incident, fleet, alarms and schedule."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from qingshu.fieldwork import store
from qingshu.fieldwork.model import ENDED, Job, JobCommand, JobState
from qingshu.fleet import service as fleet
from qingshu.fleet.model import TruckState
from qingshu.incident import service as incidents
from qingshu.incident.model import Track
from qingshu.kernel.errors import TransitionNotAllowed
from qingshu.kernel.instants import local
from qingshu.runtime.db import Tx
from qingshu.schedule import service as schedule
from qingshu.sense import service as sense
from qingshu.warn import service as warn

ON_SITE_ZH = "现场作业中"
_HANDLE_UP_TO = {
    JobCommand.ARRIVE: ("assign", "arrive"),
    JobCommand.START_PUMPING: ("assign", "arrive", "contain"),
    JobCommand.FINISH_PUMPING: ("assign", "arrive", "contain", "clear"),
}
_TRUCK_STATE = {
    JobState.ACCEPTED: TruckState.EN_ROUTE,
    JobState.EN_ROUTE: TruckState.EN_ROUTE,
    JobState.ARRIVED: TruckState.WORKING,
    JobState.GAS_CLEARED: TruckState.WORKING,
    JobState.PUMPING: TruckState.WORKING,
    JobState.PUMPED: TruckState.HAULING,
    JobState.DISPOSED: TruckState.HAULING,
}
_LEAVES = frozenset(
    {JobCommand.DISPOSE, JobCommand.FINISH, JobCommand.HAND_OVER, JobCommand.CANCEL}
)


def of_creation(tx: Tx, job: Job) -> None:
    """An offered job assigns its incident and claims its truck."""
    _pull(tx, job, "assign")
    _claim(tx, job, None)


def of_arrow(tx: Tx, job: Job, arrow: JobCommand) -> None:
    """Tell the earlier rooms what this arrow means for them."""
    _tell_incident(tx, job, arrow)
    state = _TRUCK_STATE.get(job.state)
    if state is not None:
        _claim(tx, job, state)
    elif job.state in ENDED:
        release(tx, job.truck_id)
    if job.tank_id is None:
        return
    if arrow is JobCommand.ARRIVE:
        warn.suppress_by_design(tx, job.tank_id, ON_SITE_ZH)
    elif arrow in _LEAVES and not _others_on_site(tx.conn, job):
        warn.lift_by_design(tx, job.tank_id)
    if arrow is JobCommand.FINISH_PUMPING and job.complete:
        record_desludged(tx, job, job.tank_id)


def record_desludged(tx: Tx, job: Job, tank_id: int) -> None:
    """The tank was emptied today: its next due date moves."""
    on = local(tx.now, tx.settings.station.zone).date()
    schedule.record_desludged(tx, tank_id, on, job.volume_m3, job.id)


def release(tx: Tx, truck_id: int) -> None:
    """A truck is done with a job: on to its next one, or idle, or hauling its load."""
    following = store.listed(tx.conn, only_open=True, truck_id=truck_id, limit=1)
    if following:
        state = _TRUCK_STATE.get(following[0].state, TruckState.IDLE)
        _set(tx, truck_id, state, job_id=following[0].id)
        return
    now = fleet.present(tx.conn, truck_id)
    loaded = now.load_m3 > 0 and now.state is TruckState.HAULING
    _set(tx, truck_id, TruckState.HAULING if loaded else TruckState.IDLE)


def load_truck(tx: Tx, job: Job, volume_m3: float) -> None:
    """What was pumped is on the truck now."""
    now = fleet.present(tx.conn, job.truck_id)
    _set(tx, job.truck_id, now.state, load_m3=now.load_m3 + volume_m3, job_id=job.id)


def unload_truck(tx: Tx, truck_id: int) -> None:
    """A plant took a load: whole loads are tipped, so nothing stays on the truck."""
    now = fleet.present(tx.conn, truck_id)
    idle = now.job_id is None and now.state is TruckState.HAULING
    state = TruckState.IDLE if idle else now.state
    _set(tx, truck_id, state, load_m3=0.0, job_id=now.job_id)


def standing_since(tx: Tx, job: Job) -> datetime | None:
    """Since when the truck's positions show it standing at the job's place."""
    if job.lat is None or job.lon is None:
        return None
    params = fleet.params_of(tx.settings)
    return fleet.arrived_at(tx.conn, job.truck_id, job.lat, job.lon, params)


def level_now(conn: Connection, tank_id: int | None) -> float | None:
    """The tank's latest level, metres above floor; None without a sensor."""
    return next((s.level_m for s in sense.tank_states(conn) if s.tank_id == tank_id), None)


def _tell_incident(tx: Tx, job: Job, arrow: JobCommand) -> None:
    commands = _HANDLE_UP_TO.get(arrow, ())
    if arrow is JobCommand.FINISH_PUMPING and not job.complete:
        commands = commands[:-1]
    _pull(tx, job, *commands)
    if arrow in (JobCommand.HAND_OVER, JobCommand.CANCEL) and job.incident_id is not None:
        others = store.of_incident(tx.conn, job.incident_id)
        if all(other.state in ENDED for other in others):
            incidents.try_advance(tx, job.incident_id, Track.HANDLE, "unassign", job.reason)


def _pull(tx: Tx, job: Job, *commands: str) -> None:
    """Bring the handle track up to where the crew is; arrows it has behind it are none."""
    if job.incident_id is None:
        return
    for command in commands:
        incidents.try_advance(tx, job.incident_id, Track.HANDLE, command, job.number)


def _others_on_site(conn: Connection, job: Job) -> bool:
    if job.incident_id is None:
        return False
    return any(
        other.id != job.id
        and other.state in (JobState.ARRIVED, JobState.GAS_CLEARED, JobState.PUMPING)
        for other in store.of_incident(conn, job.incident_id)
    )


def _claim(tx: Tx, job: Job, state: TruckState | None) -> None:
    now = fleet.present(tx.conn, job.truck_id)
    other = now.job_id not in (None, job.id)
    if state is None and other:
        return
    _set(tx, job.truck_id, state or now.state, job_id=job.id)


def _set(
    tx: Tx,
    truck_id: int,
    state: TruckState,
    *,
    load_m3: float | None = None,
    job_id: int | None = None,
) -> None:
    try:
        fleet.set_state(tx, truck_id, state, load_m3=load_m3, job_id=job_id)
    except TransitionNotAllowed:
        # A silent or off-duty truck keeps its state; the crew's work must not wait for it.
        kept = fleet.present(tx.conn, truck_id).state
        fleet.set_state(tx, truck_id, kept, load_m3=load_m3, job_id=job_id)
