"""The suppression axis: shelve, by design, out of service. The process runs on beneath.

A suppression belongs to one kind of alarm at one tank, so an alarm that closes and
comes again within an hour stays shelved, and one raised while a crew works is hidden.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from qingshu.kernel.instants import iso
from qingshu.kernel.lifecycle import follow
from qingshu.runtime.db import Tx
from qingshu.runtime.timers import cancel, set_timer
from qingshu.warn import events, rules, store
from qingshu.warn.errors import AlarmHasNoTank
from qingshu.warn.model import Alarm, Hush, Kind, Suppression, SuppressionCommand
from qingshu.warn.params import WarnParams
from qingshu.warn.service.process import SHELF_OVER
from qingshu.warn.service.reads import alarm as load


def shelve(tx: Tx, alarm_id: int, minutes: float, reason: str) -> Alarm:
    """Hide an alarm for a time; red at most an hour, always with a reason."""
    params = tx.settings.room_params("warn", WarnParams)
    alarm = load(tx.conn, alarm_id)
    until = rules.shelving_end(alarm, minutes, reason, tx.now, params)
    alarm = _move(tx, alarm, SuppressionCommand.SHELVE, reason, until)
    set_timer(tx, SHELF_OVER, alarm.id, until)
    tx.emit(
        events.AlarmShelved(
            subject_id=alarm.id, tank_id=alarm.tank_id, until=iso(until), reason=reason
        )
    )
    return alarm


def unshelve(tx: Tx, alarm_id: int) -> Alarm:
    """Show a shelved alarm again."""
    alarm = _move(tx, load(tx.conn, alarm_id), SuppressionCommand.UNSHELVE)
    cancel(tx, SHELF_OVER, alarm.id)
    tx.emit(events.AlarmUnshelved(subject_id=alarm.id, tank_id=alarm.tank_id, because="person"))
    return alarm


def expire_shelf(tx: Tx, alarm_id: int) -> None:
    """The shelving's time is over. The alarm may have closed and come again meanwhile."""
    alarm = store.alarm(tx.conn, alarm_id)
    if alarm is None:
        return
    tank_id = _tank(alarm)
    hush = store.hushes(tx.conn, [tank_id]).get((tank_id, alarm.kind))
    if hush is None or hush.mode is not Suppression.SHELVED:
        return
    if hush.until is not None and hush.until > tx.now:
        return
    after = follow(rules.SUPPRESSION, hush.mode, SuppressionCommand.EXPIRE)
    store.put_hush(tx, replace(hush, mode=after, until=None))
    for shown in _standing(tx, tank_id, alarm.kind):
        store.save(tx, replace(shown, suppression=after, shelved_until=None))
        tx.emit(
            events.AlarmUnshelved(subject_id=shown.id, tank_id=shown.tank_id, because="expired")
        )


def out_of_service(tx: Tx, alarm_id: int, reason: str) -> Alarm:
    """Hide this kind of alarm at this tank until somebody puts it back."""
    alarm = load(tx.conn, alarm_id)
    if alarm.tank_id is None:
        msg = "Expected an alarm of a tank, got a gateway alarm; take its sensors out instead."
        raise AlarmHasNoTank(msg, alarm_id=alarm_id)
    alarm = _move(tx, alarm, SuppressionCommand.TAKE_OUT, reason)
    tx.emit(
        events.AlarmSuppressed(
            subject_id=alarm.id, tank_id=alarm.tank_id, mode=alarm.suppression.value,
            reason=reason,
        )
    )  # fmt: skip
    return alarm


def return_to_service(tx: Tx, alarm_id: int) -> Alarm:
    """Watch this kind of alarm at this tank again."""
    alarm = _move(tx, load(tx.conn, alarm_id), SuppressionCommand.PUT_BACK)
    _tell_unsuppressed(tx, alarm)
    return alarm


def suppress_by_design(tx: Tx, tank_id: int, reason: str) -> None:
    """A crew works at this tank: hide what their work itself sets off."""
    hidden = _move_tank(tx, tank_id, SuppressionCommand.SUPPRESS, reason)
    tx.emit(
        events.WatchHushed(
            subject_id=tank_id, alarm_kinds=[k.value for k in rules.HIDDEN_BY_CREW],
            mode=Suppression.BY_DESIGN.value, reason=reason,
        )
    )  # fmt: skip
    for alarm in hidden:
        tx.emit(
            events.AlarmSuppressed(
                subject_id=alarm.id, tank_id=tank_id, mode=alarm.suppression.value,
                reason=reason,
            )
        )  # fmt: skip


def lift_by_design(tx: Tx, tank_id: int) -> None:
    """The crew has left: what still stands shows itself. Harmless when nothing was hidden."""
    shown = _move_tank(tx, tank_id, SuppressionCommand.LIFT, "")
    tx.emit(
        events.WatchResumed(subject_id=tank_id, alarm_kinds=[k.value for k in rules.HIDDEN_BY_CREW])
    )
    for alarm in shown:
        if alarm.suppression is Suppression.NONE:
            _tell_unsuppressed(tx, alarm)


def _move(
    tx: Tx, alarm: Alarm, command: SuppressionCommand, reason: str = "",
    until: datetime | None = None,
) -> Alarm:  # fmt: skip
    after = follow(rules.SUPPRESSION, alarm.suppression, command)
    store.put_hush(tx, Hush(_tank(alarm), alarm.kind, after, reason, until))
    alarm = replace(alarm, suppression=after, shelved_until=until)
    store.save(tx, alarm)
    return alarm


def _move_tank(tx: Tx, tank_id: int, command: SuppressionCommand, reason: str) -> list[Alarm]:
    hushes = store.hushes(tx.conn, [tank_id])
    moved = []
    for kind in rules.HIDDEN_BY_CREW:
        hush = hushes.get((tank_id, kind)) or Hush(tank_id, kind, Suppression.NONE, "", None)
        if not rules.can(hush.mode, command):
            continue
        after = follow(rules.SUPPRESSION, hush.mode, command)
        if after is hush.mode:
            continue
        store.put_hush(tx, Hush(tank_id, kind, after, reason, None))
        for alarm in _standing(tx, tank_id, kind):
            changed = replace(alarm, suppression=after, shelved_until=None)
            store.save(tx, changed)
            moved.append(changed)
    return moved


def _standing(tx: Tx, tank_id: int, kind: Kind) -> list[Alarm]:
    if tank_id == store.STATION:
        alarms = [a for a in store.standing(tx.conn) if a.tank_id is None]
    else:
        alarms = store.of_tank(tx.conn, tank_id)
    return [a for a in alarms if a.kind is kind and a.is_standing]


def _tank(alarm: Alarm) -> int:
    return store.STATION if alarm.tank_id is None else alarm.tank_id


def _tell_unsuppressed(tx: Tx, alarm: Alarm) -> None:
    tx.emit(
        events.AlarmUnsuppressed(
            subject_id=alarm.id, tank_id=alarm.tank_id, alarm_kind=alarm.kind.value,
            grade=alarm.grade,
        )
    )  # fmt: skip
