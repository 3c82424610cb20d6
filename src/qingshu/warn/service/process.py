"""The process axis: kernel transitions become alarms, each exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qingshu.kernel.instants import from_ms, iso, to_ms
from qingshu.kernel.lifecycle import follow
from qingshu.runtime.db import Tx
from qingshu.runtime.numbers import next_number
from qingshu.runtime.timers import cancel, set_timer
from qingshu.warn import events, rules, store
from qingshu.warn.model import (
    Alarm,
    Channel,
    Hush,
    Kind,
    Process,
    ProcessCommand,
    Reason,
    Suppression,
    SuppressionCommand,
    Transition,
)
from qingshu.warn.params import WarnParams
from qingshu.warn.reasons import reason_of

ESCALATE = "alarm.escalate"
REALARM = "alarm.realarm"
SHELF_OVER = "alarm.shelf_over"
NUMBER_PREFIX = "A"


def apply(tx: Tx, transitions: Sequence[Transition]) -> int:
    """Turn a kernel's transitions into alarms; return how many changed something.

    Telling the same transition again changes nothing: each alarm remembers the measured
    instant up to which it was told.
    """
    if not transitions:
        return 0
    params = tx.settings.room_params("warn", WarnParams)
    tank_ids = {t.tank_id for t in transitions}
    newest = store.newest(tx.conn, tank_ids)
    hushes = store.hushes(tx.conn, tank_ids)
    count = 0
    for transition in transitions:
        key = (transition.tank_id, rules.KIND_OF[transition.channel])
        told = newest.get(key)
        if told is not None and transition.at_ms <= told.told_ms:
            continue
        standing = told.alarm if told is not None and told.alarm.is_standing else None
        command = rules.command_of(transition, standing)
        if command is None:
            continue
        changed = _change(tx, transition, standing, command, hushes.get(key), params)
        newest[key] = store.Told(changed, transition.at_ms)
        count += 1
    return count


def _change(
    tx: Tx, transition: Transition, standing: Alarm | None, command: ProcessCommand,
    hush: Hush | None, params: WarnParams,
) -> Alarm:  # fmt: skip
    if command is ProcessCommand.RETURN:
        assert standing is not None
        return returned(tx, standing, transition.at_ms)
    grade = rules.grade_of(transition.channel, transition.after)
    reason = reason_of(transition, params, tx.settings.station.zone)
    kind = rules.KIND_OF[transition.channel]
    before = standing or blank(tx, kind, transition.tank_id)
    before = _with_numbers(replace(before, grade=grade), transition, reason, params)
    if standing is None:
        return raise_new(tx, before, transition.at_ms, hush)
    return _again(tx, standing, before, command, transition.at_ms, params)


def blank(tx: Tx, kind: Kind, tank_id: int | None) -> Alarm:
    """An alarm about to be raised."""
    return Alarm(
        id=0, number=next_number(tx, NUMBER_PREFIX), kind=kind, tank_id=tank_id, grade=0,
        process=Process.NORMAL, suppression=Suppression.NONE, shelved_until=None,
        raised_at=tx.now, regraded_at=None, returned_at=None, acknowledged_at=None,
        acknowledged_by="", reason_zh="", reason_en="", level_m=None, freeboard_m=None,
        overflow_at=None, overflow_from=None, overflow_to=None, changed_at=tx.now,
    )  # fmt: skip


def raise_new(tx: Tx, draft: Alarm, told_ms: int, hush: Hush | None) -> Alarm:
    """Store a new alarm, hidden when its kind is suppressed at this tank."""
    params = tx.settings.room_params("warn", WarnParams)
    draft = rules.moved(draft, ProcessCommand.RAISE, tx.now)
    red_shelf = hush is not None and rules.ends_shelf(ProcessCommand.RAISE, draft.grade, hush.mode)
    if hush is not None and not red_shelf:
        draft = replace(draft, suppression=hush.mode, shelved_until=hush.until)
    alarm = replace(draft, id=store.insert(tx, draft, told_ms))
    _tell_raised(tx, alarm, told_ms)
    if hush is not None and red_shelf:
        _end_shelf(tx, alarm)
    _watch(tx, alarm, params)
    return alarm


def raise_again(tx: Tx, alarm: Alarm) -> Alarm:
    """A returned alarm that nobody acknowledged becomes active again."""
    params = tx.settings.room_params("warn", WarnParams)
    return _again(tx, alarm, alarm, ProcessCommand.RAISE, to_ms(tx.now), params)


def _again(
    tx: Tx, standing: Alarm, drafted: Alarm, command: ProcessCommand, told_ms: int,
    params: WarnParams,
) -> Alarm:  # fmt: skip
    alarm = rules.moved(drafted, command, tx.now)
    if command is ProcessCommand.RAISE:
        _tell_raised(tx, alarm, told_ms)
    else:
        alarm = replace(alarm, regraded_at=tx.now)
        tx.emit(
            events.AlarmRegraded(
                subject_id=alarm.id, tank_id=alarm.tank_id, alarm_kind=alarm.kind.value,
                from_grade=standing.grade, grade=alarm.grade, reason_zh=alarm.reason_zh,
                reason_en=alarm.reason_en, suppression=alarm.suppression.value,
                measured_at=iso(from_ms(told_ms)),
            )
        )  # fmt: skip
    if rules.ends_shelf(command, alarm.grade, alarm.suppression):
        _end_shelf(tx, alarm)
        alarm = replace(alarm, suppression=Suppression.NONE, shelved_until=None)
    store.save(tx, alarm, told_ms)
    if alarm.process is Process.ACTIVE_UNACKNOWLEDGED and command is not ProcessCommand.EASE:
        _watch(tx, alarm, params)
    return alarm


def returned(tx: Tx, standing: Alarm, told_ms: int) -> Alarm:
    """The condition has gone; closed at once when a person had acknowledged it."""
    alarm = rules.moved(standing, ProcessCommand.RETURN, tx.now)
    store.save(tx, alarm, told_ms)
    tx.emit(
        events.AlarmReturned(
            subject_id=alarm.id, tank_id=alarm.tank_id, alarm_kind=alarm.kind.value,
            measured_at=iso(from_ms(told_ms)),
        )
    )  # fmt: skip
    cancel(tx, REALARM, alarm.id)
    if alarm.process is Process.NORMAL:
        tell_closed(tx, alarm)
    return alarm


def tell_closed(tx: Tx, alarm: Alarm) -> None:
    """Say that nothing of the alarm is left to do."""
    cancel(tx, ESCALATE, alarm.id)
    cancel(tx, REALARM, alarm.id)
    tx.emit(
        events.AlarmClosed(subject_id=alarm.id, tank_id=alarm.tank_id, alarm_kind=alarm.kind.value)
    )


def _tell_raised(tx: Tx, alarm: Alarm, told_ms: int) -> None:
    tx.emit(
        events.AlarmRaised(
            subject_id=alarm.id, tank_id=alarm.tank_id, alarm_kind=alarm.kind.value,
            grade=alarm.grade, reason_zh=alarm.reason_zh, reason_en=alarm.reason_en,
            suppression=alarm.suppression.value, level_m=alarm.level_m,
            freeboard_m=alarm.freeboard_m, measured_at=iso(from_ms(told_ms)),
        )
    )  # fmt: skip


def _end_shelf(tx: Tx, alarm: Alarm) -> None:
    tank_id = store.STATION if alarm.tank_id is None else alarm.tank_id
    mode = follow(rules.SUPPRESSION, Suppression.SHELVED, SuppressionCommand.UNSHELVE)
    store.put_hush(tx, Hush(tank_id, alarm.kind, mode, "", None))
    cancel(tx, SHELF_OVER, alarm.id)
    tx.emit(events.AlarmUnshelved(subject_id=alarm.id, tank_id=alarm.tank_id, because="red"))


def _watch(tx: Tx, alarm: Alarm, params: WarnParams) -> None:
    cancel(tx, REALARM, alarm.id)
    store.set_escalations(tx, alarm.id, 0)
    due = rules.escalation_due(alarm, tx.now, params)
    if due is not None:
        set_timer(tx, ESCALATE, alarm.id, due)


def _with_numbers(
    alarm: Alarm, transition: Transition, reason: Reason, params: WarnParams
) -> Alarm:
    alarm = replace(alarm, reason_zh=reason.zh, reason_en=reason.en)
    if transition.channel is not Channel.LEVEL:
        return alarm
    coming = rules.forecast(transition, params)
    level, cover = transition.level_m, transition.cover_m
    return replace(
        alarm,
        level_m=level,
        freeboard_m=None if level is None or cover is None else round(cover - level, 4),
        overflow_at=coming.at if coming else None,
        overflow_from=coming.earliest if coming else None,
        overflow_to=coming.latest if coming else None,
    )
