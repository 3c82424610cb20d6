"""The alarm's life cycle: two literal tables, and the decisions that use them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from qingshu.kernel.errors import TransitionNotAllowed
from qingshu.kernel.instants import from_ms
from qingshu.kernel.lifecycle import Table, follow
from qingshu.warn.errors import ShelvingRefused
from qingshu.warn.model import (
    Alarm,
    Channel,
    Forecast,
    Kind,
    Process,
    ProcessCommand,
    Silence,
    Suppression,
    SuppressionCommand,
    Transition,
)
from qingshu.warn.params import WarnParams

_P, _PC = Process, ProcessCommand
PROCESS: Table[Process, ProcessCommand] = {
    (_P.NORMAL, _PC.RAISE): _P.ACTIVE_UNACKNOWLEDGED,
    (_P.ACTIVE_UNACKNOWLEDGED, _PC.WORSEN): _P.ACTIVE_UNACKNOWLEDGED,
    (_P.ACTIVE_UNACKNOWLEDGED, _PC.EASE): _P.ACTIVE_UNACKNOWLEDGED,
    (_P.ACTIVE_UNACKNOWLEDGED, _PC.ACKNOWLEDGE): _P.ACTIVE_ACKNOWLEDGED,
    (_P.ACTIVE_UNACKNOWLEDGED, _PC.RETURN): _P.RETURNED_UNACKNOWLEDGED,
    (_P.ACTIVE_ACKNOWLEDGED, _PC.WORSEN): _P.ACTIVE_UNACKNOWLEDGED,
    (_P.ACTIVE_ACKNOWLEDGED, _PC.EASE): _P.ACTIVE_ACKNOWLEDGED,
    (_P.ACTIVE_ACKNOWLEDGED, _PC.REALARM): _P.ACTIVE_UNACKNOWLEDGED,
    (_P.ACTIVE_ACKNOWLEDGED, _PC.RETURN): _P.NORMAL,
    (_P.RETURNED_UNACKNOWLEDGED, _PC.RAISE): _P.ACTIVE_UNACKNOWLEDGED,
    (_P.RETURNED_UNACKNOWLEDGED, _PC.ACKNOWLEDGE): _P.NORMAL,
}

_S, _SC = Suppression, SuppressionCommand
SUPPRESSION: Table[Suppression, SuppressionCommand] = {
    (_S.NONE, _SC.SHELVE): _S.SHELVED,
    (_S.NONE, _SC.SUPPRESS): _S.BY_DESIGN,
    (_S.NONE, _SC.TAKE_OUT): _S.OUT_OF_SERVICE,
    (_S.SHELVED, _SC.SHELVE): _S.SHELVED,
    (_S.SHELVED, _SC.UNSHELVE): _S.NONE,
    (_S.SHELVED, _SC.EXPIRE): _S.NONE,
    (_S.SHELVED, _SC.SUPPRESS): _S.BY_DESIGN,
    (_S.SHELVED, _SC.TAKE_OUT): _S.OUT_OF_SERVICE,
    (_S.BY_DESIGN, _SC.SUPPRESS): _S.BY_DESIGN,
    (_S.BY_DESIGN, _SC.LIFT): _S.NONE,
    (_S.BY_DESIGN, _SC.TAKE_OUT): _S.OUT_OF_SERVICE,
    # A crew may come to a tank that is out of service; it stays out when they leave.
    (_S.OUT_OF_SERVICE, _SC.SUPPRESS): _S.OUT_OF_SERVICE,
    (_S.OUT_OF_SERVICE, _SC.LIFT): _S.OUT_OF_SERVICE,
    (_S.OUT_OF_SERVICE, _SC.PUT_BACK): _S.NONE,
}

KIND_OF: dict[Channel, Kind] = {
    Channel.LEVEL: Kind.LEVEL,
    Channel.GAS: Kind.GAS,
    Channel.LID: Kind.LID,
    Channel.FAULT: Kind.FAULT,
}
# A crew at work opens the lid, vents gas, pumps the level down and may upset the sensor.
HIDDEN_BY_CREW = (Kind.LEVEL, Kind.GAS, Kind.LID, Kind.FAULT)
RED = 1


def grade_of(channel: Channel, severity: int) -> int:
    """Grade 1 red … 4 blue of a severity; 0 for normal and for faults, which have none.

    >>> grade_of(Channel.LEVEL, 4), grade_of(Channel.LEVEL, 1), grade_of(Channel.FAULT, 2)
    (1, 4, 0)
    """
    if severity == 0 or channel is Channel.FAULT:
        return 0
    return 5 - severity


def is_worse(grade: int, than: int) -> bool:
    """Whether a grade is more urgent; 0 is the least.

    >>> is_worse(1, 2), is_worse(3, 2), is_worse(0, 4)
    (True, False, False)
    """
    return (grade or 9) < (than or 9)


def command_of(transition: Transition, standing: Alarm | None) -> ProcessCommand | None:
    """What a kernel's transition asks of the standing alarm; None when it is so already.

    The same transition may be told again after a restart, so every answer depends on
    the alarm's own state, not on ``transition.before``.
    """
    grade = grade_of(transition.channel, transition.after)
    active = standing is not None and standing.is_active
    if transition.after == 0:
        return ProcessCommand.RETURN if active else None
    if standing is None or not active:
        return ProcessCommand.RAISE
    if grade == standing.grade:
        return None
    return ProcessCommand.WORSEN if is_worse(grade, standing.grade) else ProcessCommand.EASE


def moved(alarm: Alarm, command: ProcessCommand, now: datetime, by: str = "") -> Alarm:
    """The alarm after a command on its process axis; the suppression axis is untouched."""
    after = follow(PROCESS, alarm.process, command)
    changed = replace(alarm, process=after, changed_at=now)
    if command is ProcessCommand.ACKNOWLEDGE:
        return replace(changed, acknowledged_at=now, acknowledged_by=by)
    if command is ProcessCommand.RETURN:
        return replace(changed, returned_at=now)
    if command in (ProcessCommand.RAISE, ProcessCommand.WORSEN, ProcessCommand.REALARM):
        return replace(changed, returned_at=None, acknowledged_at=None, acknowledged_by="")
    return changed


def shelving_end(
    alarm: Alarm, minutes: float, reason: str, now: datetime, params: WarnParams
) -> datetime:
    """When a shelving ends; refused without a reason or past the grade's limit."""
    longest = params.shelve_red_min if alarm.grade == RED else params.shelve_max_min
    if not 0 < minutes <= longest:
        msg = f"Expected minutes in (0, {longest:g}] for this grade, got {minutes:g}."
        raise ShelvingRefused(msg, minutes=f"at most {longest:g}")
    if not reason.strip():
        msg = "Expected a reason for shelving, got none."
        raise ShelvingRefused(msg, reason="missing")
    return now + timedelta(minutes=minutes)


def ends_shelf(command: ProcessCommand, grade: int, mode: Suppression) -> bool:
    """A shelved alarm that turns red shows itself again."""
    worsens = command in (ProcessCommand.WORSEN, ProcessCommand.RAISE)
    return mode is Suppression.SHELVED and worsens and grade == RED


def can(state: Suppression, command: SuppressionCommand) -> bool:
    """Whether the second axis has an arrow for this command."""
    try:
        follow(SUPPRESSION, state, command)
    except TransitionNotAllowed:
        return False
    return True


def forecast(transition: Transition, params: WarnParams) -> Forecast | None:
    """Overflow instant with an honest 80 % interval; None while nothing rises."""
    hours = transition.overflow_h
    if hours is None or transition.after == 0:
        return None
    at = from_ms(transition.at_ms)
    # Past a fortnight a straight line says nothing worth storing.
    longest = 14 * 24.0
    if hours > longest:
        return None
    low, high = hours / params.left_factor, hours * params.left_factor
    if transition.overflow_low_h is not None and transition.overflow_high_h is not None:
        low, high = transition.overflow_low_h, transition.overflow_high_h
    return Forecast(
        at=at + timedelta(hours=hours),
        earliest=at + timedelta(hours=low),
        latest=at + timedelta(hours=high),
    )


def escalation_due(alarm: Alarm, now: datetime, params: WarnParams) -> datetime | None:
    """When an unacknowledged alarm is told to the next person up; None for never."""
    minutes = params.escalate_min[alarm.grade - 1] if alarm.grade else 0.0
    return now + timedelta(minutes=minutes) if minutes else None


def realarm_due(alarm: Alarm, now: datetime, params: WarnParams) -> datetime | None:
    """When an acknowledged alarm that still stands asks again; None for never."""
    minutes = params.realarm_min[alarm.grade - 1] if alarm.grade else 0.0
    return now + timedelta(minutes=minutes) if minutes else None


@dataclass(frozen=True, slots=True)
class SilenceVerdict:
    """What a sweep found: one group that fell silent together, and single ones."""

    together: tuple[Silence, ...]
    single: tuple[Silence, ...]


def judge_silence(
    sensors: list[Silence], already: frozenset[int], now_ms: int, params: WarnParams
) -> SilenceVerdict:
    """Which sensors are silent against their own interval, and which of them together.

    ``already`` are sensors that a standing comms alarm covers. A group needs at least
    ``comms_group_min`` sensors (and ``comms_group_share`` of all) whose last words lie
    within one interval of each other; it takes along those that have only missed one
    and a half intervals, so one outage gives one alarm and not a trickle.
    """
    overdue, suspects = [], []
    for sensor in sensors:
        if sensor.sensor_id in already or sensor.last_seen_ms <= 0:
            continue
        silent_s = (now_ms - sensor.last_seen_ms) / 1000
        if silent_s > params.comms_intervals * sensor.interval_s + params.comms_slack_s:
            overdue.append(sensor)
        if silent_s > params.comms_suspect_intervals * sensor.interval_s:
            suspects.append(sensor)
    needed = max(params.comms_group_min, params.comms_group_share * len(sensors))
    for first in overdue:
        reach_ms = first.interval_s * 1000
        group = [s for s in suspects if abs(s.last_seen_ms - first.last_seen_ms) <= reach_ms]
        if len(group) >= needed:
            inside = {s.sensor_id for s in group}
            return SilenceVerdict(
                tuple(group), tuple(s for s in overdue if s.sensor_id not in inside)
            )
    return SilenceVerdict((), tuple(overdue))


def is_heard(sensor: Silence, now_ms: int, params: WarnParams) -> bool:
    """Whether a sensor speaks again (fresh against its own interval)."""
    silent_s = (now_ms - sensor.last_seen_ms) / 1000
    return silent_s <= params.comms_suspect_intervals * sensor.interval_s


def smoothed_rain(hours: list[tuple[int, float]], now_ms: int, params: WarnParams) -> float:
    """Rain rate, mm/h, smoothed with an exponential memory.

    ``hours`` are (end of hour in ms, mm) in any order.

    >>> round(smoothed_rain([(0, 10.0)], 0, WarnParams()), 2)
    2.0
    """
    memory_ms = params.rain_memory_h * 3.6e6
    total = sum(
        mm * math.exp(-(now_ms - at_ms) / memory_ms) for at_ms, mm in hours if at_ms <= now_ms
    )
    return total / params.rain_memory_h
