"""The three tracks keep to their tables and never hold each other up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qingshu.incident import rules
from qingshu.incident.model import (
    CoordinateCommand,
    HandleCommand,
    HandleState,
    RegulariseCommand,
    Track,
)
from qingshu.kernel.errors import QingshuError

START = {Track.HANDLE: "open", Track.COORDINATE: "not_started", Track.REGULARISE: "not_started"}
COMMANDS = {
    Track.HANDLE: [str(c) for c in HandleCommand],
    Track.COORDINATE: [str(c) for c in CoordinateCommand],
    Track.REGULARISE: [str(c) for c in RegulariseCommand],
}
moves = st.lists(
    st.sampled_from([(t, c) for t, commands in COMMANDS.items() for c in commands]), max_size=40
)


@given(moves)
def test_move_when_any_commands_then_each_track_stays_on_its_table(
    sequence: list[tuple[Track, str]],
) -> None:
    """Whatever is asked, a track only follows arrows, and no other track changes."""
    states = dict(START)
    for track, command in sequence:
        before = dict(states)
        try:
            states[track] = rules.move(track, states[track], command)
        except QingshuError:
            assert command not in rules.allowed(track, before[track])
            assert states == before
        else:
            assert command in rules.allowed(track, before[track])
            assert {t: s for t, s in states.items() if t is not track} == {
                t: s for t, s in before.items() if t is not track
            }


@given(moves)
def test_handle_when_other_tracks_are_anywhere_then_runs_to_cleared(
    sequence: list[tuple[Track, str]],
) -> None:
    """No state of coordinate or regularise takes an arrow away from handle."""
    for track, command in sequence:
        if track is not Track.HANDLE and command in rules.allowed(track, START[track]):
            rules.move(track, START[track], command)
    state = "open"
    for command in ("assign", "arrive", "contain", "clear"):
        state = rules.move(Track.HANDLE, state, command)
    assert state == HandleState.CLEARED


def test_handle_when_not_on_site_then_cannot_be_contained() -> None:
    """Sewage is contained by people on site, never from the desk."""
    for state in ("open", "assigned"):
        assert "contain" not in rules.allowed(Track.HANDLE, state)
        assert "clear" not in rules.allowed(Track.HANDLE, state)
