"""A dossier keeps to its table; shares are n of N."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qingshu.kernel.errors import TransitionNotAllowed
from qingshu.kernel.lifecycle import follow
from qingshu.learn import rules
from qingshu.learn.model import Case, DossierCommand, DossierState


@given(st.lists(st.sampled_from(list(DossierCommand)), max_size=40))
def test_follow_when_any_commands_then_held_only_after_watching(
    commands: list[DossierCommand],
) -> None:
    """Nothing is called cured that was not watched, and no end is final."""
    state, before = DossierState.OPENED, DossierState.OPENED
    for command in commands:
        try:
            before, state = state, follow(rules.CYCLE, state, command)
        except TransitionNotAllowed:
            continue
        if state is DossierState.HELD:
            assert before is DossierState.WATCHING
    assert any(origin is state for origin, _ in rules.CYCLE)


def test_tally_when_nobody_was_asked_then_the_share_has_no_base() -> None:
    """Two incidents, one resident reached and satisfied: 1 of 1, not 1 of 2."""
    asked = Case("中大槐树", 2, 2, True, True, False, True, True)
    silent = Case("中大槐树", 1, 1, True, False, True, None, None)
    only = rules.tally([asked, silent])[0]
    assert (only.incidents, only.reports, only.proved, only.recurrences) == (2, 3, 1, 1)
    assert (only.solved_n, only.solved_of, only.satisfied_n, only.satisfied_of) == (1, 1, 1, 1)
