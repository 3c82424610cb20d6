"""Deadlines as rows and timers: started, met, waived, escalated."""

from __future__ import annotations

from datetime import timedelta

from qingshu.incident import rules, store
from qingshu.incident.events import IncidentEscalated
from qingshu.incident.model import Clock, ClockName, Incident, Status
from qingshu.incident.params import IncidentParams
from qingshu.kernel.instants import from_ms, to_ms
from qingshu.runtime import timers
from qingshu.runtime.db import Tx

TIMER = "incident.clock"
HANDLE_CLOCKS = (ClockName.ARRIVE, ClockName.CONTAIN, ClockName.CLEAR)


def params_of(tx: Tx) -> IncidentParams:
    """The workspace's numbers."""
    return tx.settings.room_params("incident", IncidentParams)


def start(tx: Tx, incident: Incident, *names: ClockName, channel: str = "") -> None:
    """Start (or restart) clocks from now."""
    for name in names:
        due = rules.due(
            name, tx.now, grade=incident.grade, channel=channel,
            params=params_of(tx), zone=tx.settings.station.zone,
        )  # fmt: skip
        clock = store.put_clock(tx, incident.id, name, to_ms(due))
        timers.set_timer(tx, TIMER, clock.id, due)


def tighten(tx: Tx, incident: Incident) -> None:
    """A worse grade brings the handle clocks forward; a better one leaves them."""
    for clock in store.clocks(tx.conn, [incident.id]):
        if clock.name not in HANDLE_CLOCKS or not clock.is_running():
            continue
        due = rules.due(
            clock.name, from_ms(incident.opened_ms), grade=incident.grade, channel="",
            params=params_of(tx), zone=tx.settings.station.zone,
        )  # fmt: skip
        if to_ms(due) < clock.due_ms:
            store.change_clock(tx, clock.id, due_ms=to_ms(due))
            timers.set_timer(tx, TIMER, clock.id, due)


def meet(tx: Tx, incident_id: int, *names: ClockName) -> None:
    """Stop clocks as met now; ones that do not run stay as they are."""
    for clock in store.clocks(tx.conn, [incident_id]):
        if clock.name in names and clock.is_running():
            store.change_clock(tx, clock.id, met_ms=to_ms(tx.now))
            timers.cancel(tx, TIMER, clock.id)


def waive(tx: Tx, incident_id: int, *names: ClockName) -> None:
    """Stop clocks without calling them met; no names means all."""
    for clock in store.clocks(tx.conn, [incident_id]):
        if (not names or clock.name in names) and clock.is_running():
            store.change_clock(tx, clock.id, waived=True)
            timers.cancel(tx, TIMER, clock.id)


def fire(tx: Tx, clock_id: int) -> None:
    """A clock ran out: escalate one level, and again later until somebody acts."""
    clock = store.clock_by_id(tx.conn, clock_id)
    if clock is None or not clock.is_running():
        return
    incident = store.load(tx.conn, clock.incident_id)
    if incident.status is Status.CLOSED:
        return
    _escalate(tx, incident, clock)


def _escalate(tx: Tx, incident: Incident, clock: Clock) -> None:
    params = params_of(tx)
    level = clock.level + 1
    store.change_clock(tx, clock.id, level=level)
    tx.emit(IncidentEscalated(subject_id=incident.id, clock=str(clock.name), level=level))
    if level < params.levels:
        wait = timedelta(minutes=params.escalate_min[incident.grade - 1])
        timers.set_timer(tx, TIMER, clock.id, tx.now + wait)
