"""No walk leaves the tables, and what must never happen never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.kernel.errors import InvalidInput, TransitionNotAllowed
from qingshu.kernel.lifecycle import follow
from qingshu.warn import rules
from qingshu.warn.errors import ShelvingRefused
from qingshu.warn.model import (
    Alarm,
    Cause,
    Channel,
    Kind,
    Process,
    ProcessCommand,
    Silence,
    Suppression,
    SuppressionCommand,
    Transition,
)
from qingshu.warn.params import WarnParams

NOW = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)
PARAMS = WarnParams()


def _alarm(process: Process = Process.NORMAL, grade: int = 3) -> Alarm:
    return Alarm(
        id=1, number="A20261124-001", kind=Kind.LEVEL, tank_id=1, grade=grade, process=process,
        suppression=Suppression.NONE, shelved_until=None, raised_at=NOW, regraded_at=None,
        returned_at=None, acknowledged_at=None, acknowledged_by="", reason_zh="", reason_en="",
        level_m=None, freeboard_m=None, overflow_at=None, overflow_from=None, overflow_to=None,
        changed_at=NOW,
    )  # fmt: skip


@given(st.lists(st.sampled_from(ProcessCommand), max_size=40))
def test_process_when_any_commands_then_stays_in_the_table(
    commands: list[ProcessCommand],
) -> None:
    """Refused commands change nothing; the state is always one that the table knows."""
    alarm = _alarm()
    for command in commands:
        try:
            after = rules.moved(alarm, command, NOW, by="account:li")
        except TransitionNotAllowed:
            assert (alarm.process, command) not in rules.PROCESS
            continue
        assert rules.PROCESS[alarm.process, command] is after.process
        assert after.suppression is alarm.suppression
        alarm = after
    if alarm.process is Process.ACTIVE_ACKNOWLEDGED:
        assert alarm.acknowledged_by == "account:li"
    if alarm.process is Process.ACTIVE_UNACKNOWLEDGED:
        assert alarm.acknowledged_at is None


@given(st.lists(st.sampled_from(ProcessCommand), max_size=40))
def test_process_when_closed_then_it_had_returned_and_was_seen(
    commands: list[ProcessCommand],
) -> None:
    """The way to normal needs both a return and an acknowledgement since the last raise."""
    state, returned, seen = Process.NORMAL, True, True
    for command in commands:
        try:
            state = follow(rules.PROCESS, state, command)
        except TransitionNotAllowed:
            continue
        if command in (ProcessCommand.RAISE, ProcessCommand.WORSEN, ProcessCommand.REALARM):
            returned, seen = False, False
        returned = returned or command is ProcessCommand.RETURN
        seen = seen or command is ProcessCommand.ACKNOWLEDGE
        assert (state is Process.NORMAL) == (returned and seen)


@given(st.lists(st.sampled_from(SuppressionCommand), max_size=40))
def test_suppression_when_any_commands_then_stays_in_the_table(
    commands: list[SuppressionCommand],
) -> None:
    """Only putting back ends out-of-service, whatever a crew or a timer does."""
    state = Suppression.NONE
    for command in commands:
        before = state
        try:
            state = follow(rules.SUPPRESSION, state, command)
        except TransitionNotAllowed:
            assert not rules.can(before, command)
            continue
        if before is Suppression.OUT_OF_SERVICE and state is not before:
            assert command is SuppressionCommand.PUT_BACK


@given(
    st.sampled_from([None, *Process]),
    st.integers(0, 4),
    st.integers(0, 4),
    st.sampled_from([Channel.LEVEL, Channel.GAS]),
)
def test_command_of_when_told_twice_then_second_has_nothing_to_do(
    process: Process | None, before: int, after: int, channel: Channel
) -> None:
    """A transition told again after a restart asks for nothing."""
    standing = None
    if process not in (None, Process.NORMAL):
        standing = _alarm(process, grade=5 - before if before else 4)
    transition = Transition(1, channel, before, after, 10, Cause.FREEBOARD, 0)
    command = rules.command_of(transition, standing)
    if command is None:
        return
    start = standing or _alarm()
    grade = rules.grade_of(channel, after) or start.grade
    changed = replace(rules.moved(start, command, NOW), grade=grade)
    again = changed if changed.is_standing else None
    assert rules.command_of(transition, again) is None


def test_shelving_when_red_then_at_most_an_hour() -> None:
    """Red may be hidden for sixty minutes, others for eight hours, never without reason."""
    red, yellow = _alarm(grade=1), _alarm(grade=3)
    assert rules.shelving_end(red, 60, "泵送中", NOW, PARAMS) == NOW + timedelta(minutes=60)
    assert rules.shelving_end(yellow, 480, "x", NOW, PARAMS) == NOW + timedelta(hours=8)
    for alarm, minutes, reason in (
        (red, 61, "x"),
        (yellow, 481, "x"),
        (red, 10, " "),
        (red, 0, "x"),
    ):
        with pytest.raises(ShelvingRefused):
            rules.shelving_end(alarm, minutes, reason, NOW, PARAMS)


def test_params_when_out_of_order_then_refused_by_name() -> None:
    """A red limit above the yellow one is a mistake that its field names."""
    with pytest.raises(InvalidInput) as caught:
        WarnParams(red_freeboard_m=0.5)
    assert "red_freeboard_m" in caught.value.fields


def test_silence_when_twelve_fall_together_then_one_group() -> None:
    """Twelve sensors of 10 minutes that died within one interval are one outage."""
    now_ms = 10**9
    group = [Silence(k, f"S{k}", k, 600, now_ms - 1_960_000 - k * 40_000) for k in range(12)]
    alone = [Silence(90, "S90", 90, 600, now_ms - 7_200_000)]
    fine = [Silence(100 + k, "", k, 600, now_ms - 60_000) for k in range(50)]
    verdict = rules.judge_silence(group + alone + fine, frozenset(), now_ms, PARAMS)
    assert {s.sensor_id for s in verdict.together} == set(range(12))
    assert [s.sensor_id for s in verdict.single] == [90]


def test_silence_when_nine_then_nine_alarms() -> None:
    """Fewer than the smallest group stay single."""
    group = [Silence(k, f"S{k}", k, 600, 10**9 - 2_500_000) for k in range(9)]
    verdict = rules.judge_silence(group, frozenset(), 10**9, PARAMS)
    assert verdict.together == ()
    assert len(verdict.single) == 9
