"""A job keeps to its table, and nothing leads around the gas gate."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qingshu.fieldwork.model import ENDED, JobCommand, JobState
from qingshu.fieldwork.rules import cycle, gas
from qingshu.kernel.errors import TransitionNotAllowed
from qingshu.kernel.lifecycle import follow

MINUTE = 60_000
VALID = 30 * MINUTE


@given(st.lists(st.sampled_from(list(JobCommand)), max_size=60))
def test_follow_when_any_commands_then_stays_on_the_table(commands: list[JobCommand]) -> None:
    """An ended job never moves again, except that a finished one can be checked."""
    state = JobState.PLANNED
    for command in commands:
        before = state
        try:
            state = follow(cycle.CYCLE, state, command)
        except TransitionNotAllowed:
            continue
        if before in ENDED:
            assert (before, state) == (JobState.FINISHED, JobState.CHECKED)


def test_table_when_the_arrow_of_a_passed_test_is_removed_then_pumping_is_unreachable() -> None:
    """From no state at all can a job reach PUMPING without CLEAR_GAS."""
    arrows = {k: v for k, v in cycle.CYCLE.items() if k[1] is not JobCommand.CLEAR_GAS}
    for start in JobState:
        if start in (JobState.GAS_CLEARED, JobState.PUMPING):
            continue
        seen: set[JobState] = {start}
        todo: list[JobState] = [start]
        while todo:
            state = todo.pop()
            for (origin, _), after in arrows.items():
                if origin is state and after not in seen:
                    seen.add(after)
                    todo.append(after)
        assert JobState.PUMPING not in seen


moves = st.one_of(
    st.sampled_from(sorted(set(JobCommand) - {JobCommand.CLEAR_GAS, JobCommand.LOCK_GAS})),
    st.sampled_from(["pass", "fail"]),
    st.integers(1, 60),
)


@given(st.lists(moves, max_size=80))
def test_pumping_when_it_starts_then_the_last_test_passed_and_is_fresh(
    sequence: list[JobCommand | str | int],
) -> None:
    """Walk the table with tests and time: whoever pumps has a fresh passed test."""
    state, cleared, valid_until, now = JobState.OFFERED, False, 0, 0
    for move in sequence:
        if isinstance(move, int):
            now += move * MINUTE
        elif move in ("pass", "fail") and cycle.takes_gas_tests(state):
            cleared = move == "pass"
            valid_until = now + (VALID if cleared else 0)
            if cleared and state is not JobState.PUMPING:
                state = follow(cycle.CYCLE, state, JobCommand.CLEAR_GAS)
            elif not cleared and state is not JobState.ARRIVED:
                state = follow(cycle.CYCLE, state, JobCommand.LOCK_GAS)
        elif isinstance(move, JobCommand) and (state, move) in cycle.CYCLE:
            if move is JobCommand.START_PUMPING:
                if not gas.is_open(state, cleared=cleared, valid_until_ms=valid_until, now_ms=now):
                    continue
                assert cleared
                assert now < valid_until
            state = follow(cycle.CYCLE, state, move)
        if state is JobState.PUMPING:
            assert cleared
