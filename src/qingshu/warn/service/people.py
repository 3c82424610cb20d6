"""What people and timers do on the process axis: acknowledge, escalate, re-alarm."""

from __future__ import annotations

from qingshu.runtime.db import Tx
from qingshu.runtime.timers import cancel, set_timer
from qingshu.warn import events, rules, store
from qingshu.warn.model import Alarm, Process, ProcessCommand, Suppression
from qingshu.warn.params import WarnParams
from qingshu.warn.service.process import ESCALATE, REALARM, tell_closed
from qingshu.warn.service.reads import alarm as load


def acknowledge(tx: Tx, alarm_id: int, note: str = "") -> Alarm:
    """A person has seen the alarm; one that had returned is closed by it."""
    params = tx.settings.room_params("warn", WarnParams)
    alarm = rules.moved(load(tx.conn, alarm_id), ProcessCommand.ACKNOWLEDGE, tx.now, by=tx.actor)
    store.save(tx, alarm)
    cancel(tx, ESCALATE, alarm.id)
    tx.emit(events.AlarmAcknowledged(subject_id=alarm.id, tank_id=alarm.tank_id, note=note))
    if alarm.process is Process.NORMAL:
        tell_closed(tx, alarm)
        return alarm
    due = rules.realarm_due(alarm, tx.now, params)
    if due is not None:
        set_timer(tx, REALARM, alarm.id, due)
    return alarm


def escalate(tx: Tx, alarm_id: int) -> None:
    """Nobody acknowledged in time: tell the next level up, until the levels end."""
    params = tx.settings.room_params("warn", WarnParams)
    alarm = store.alarm(tx.conn, alarm_id)
    if alarm is None or alarm.process is not Process.ACTIVE_UNACKNOWLEDGED:
        return
    level = store.escalations(tx.conn, alarm_id)
    if alarm.suppression is Suppression.NONE:
        level += 1
        store.set_escalations(tx, alarm_id, level)
        _tell(tx, alarm, level, "unacknowledged")
    # A hidden alarm keeps its timer, so that it escalates once it shows itself.
    due = rules.escalation_due(alarm, tx.now, params)
    if due is not None and level < params.escalate_levels:
        set_timer(tx, ESCALATE, alarm_id, due)


def realarm(tx: Tx, alarm_id: int) -> None:
    """An acknowledged alarm still stands: it asks to be acknowledged again."""
    params = tx.settings.room_params("warn", WarnParams)
    found = store.alarm(tx.conn, alarm_id)
    if found is None or found.process is not Process.ACTIVE_ACKNOWLEDGED:
        return
    alarm = rules.moved(found, ProcessCommand.REALARM, tx.now)
    store.save(tx, alarm)
    store.set_escalations(tx, alarm_id, 0)
    _tell(tx, alarm, 0, "standing")
    due = rules.escalation_due(alarm, tx.now, params)
    if due is not None:
        set_timer(tx, ESCALATE, alarm_id, due)


def _tell(tx: Tx, alarm: Alarm, level: int, because: str) -> None:
    tx.emit(
        events.AlarmEscalated(
            subject_id=alarm.id, tank_id=alarm.tank_id, alarm_kind=alarm.kind.value,
            grade=alarm.grade, level=level, because=because,
        )
    )  # fmt: skip
