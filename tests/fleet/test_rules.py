"""Positions are judged, states follow their table, arrival is stood for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.fleet.model import Fix, Flag, Report, TruckCommand, TruckState
from qingshu.fleet.params import FleetParams
from qingshu.fleet.rules import STATES, arrived_at, is_lost, judge, moved, terminal_key
from qingshu.kernel.errors import InvalidInput, TransitionNotAllowed
from qingshu.kernel.geodesy import Point
from qingshu.kernel.lifecycle import follow

NOW = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)
STATION = Point(36.655, 116.975)
PARAMS = FleetParams()
HERE = Report(1, NOW, NOW, 36.65, 117.0)
BEFORE = Fix(NOW - timedelta(seconds=10), 36.65, 117.0)


@pytest.mark.parametrize(
    ("report", "flag"),
    [
        (HERE, Flag.GOOD),
        (replace(HERE, has_fix=False), Flag.NO_FIX),
        (replace(HERE, lat=0.0, lon=0.0), Flag.AT_NULL),
        (replace(HERE, lat=116.3, lon=40.0), Flag.OUT_OF_AREA),
        (replace(HERE, lat=31.2, lon=121.5), Flag.OUT_OF_AREA),
        (replace(HERE, at=NOW + timedelta(hours=1)), Flag.CLOCK),
        (replace(HERE, at=NOW - timedelta(days=3000)), Flag.CLOCK),
        (replace(HERE, at=NOW - timedelta(minutes=5)), Flag.LATE),
        (replace(HERE, at=None), Flag.NO_TIME),
        # 0.01 degree of latitude = 1,112 m in 10 s (+1 s grace) = 364 km/h.
        (replace(HERE, lat=36.66), Flag.JUMP),
        # 0.005 degree = 556 m in 11 s = 182 km/h: below 200.
        (replace(HERE, lat=36.655), Flag.GOOD),
    ],
)
def test_judge_when_one_thing_is_off_then_one_flag(report: Report, flag: Flag) -> None:
    """Each doubt has its own flag and no other comes with it."""
    assert judge(report, BEFORE, STATION, PARAMS)[1] is flag


def test_judge_when_the_last_fix_was_wrong_then_truck_is_not_locked_out() -> None:
    """11 km away looks like a jump after 10 s and like a drive after 4 minutes."""
    wrong = Fix(NOW, 36.75, 117.0)
    flags = [
        judge(replace(HERE, at=NOW + timedelta(seconds=s)), wrong, STATION, PARAMS)[1]
        for s in (10, 240)
    ]
    assert flags == [Flag.JUMP, Flag.GOOD]


@given(st.lists(st.sampled_from(TruckCommand), max_size=20))
def test_states_when_any_commands_then_never_leave_the_table(commands: list[TruckCommand]) -> None:
    """Every state reached is in the table; what has no arrow is refused."""
    state = TruckState.IDLE
    for command in commands:
        try:
            state = follow(STATES, state, command)
        except TransitionNotAllowed:
            assert (state, command) not in STATES
    assert any(origin is state for origin, _ in STATES)


def test_moved_when_working_truck_signs_off_then_refused() -> None:
    """A truck with its hose down cannot go off duty."""
    with pytest.raises(TransitionNotAllowed):
        moved(TruckState.WORKING, TruckState.OFF_DUTY)


@pytest.mark.parametrize(
    ("state", "silent_s", "lost"),
    [
        (TruckState.EN_ROUTE, 601, True),
        (TruckState.EN_ROUTE, 599, False),
        (TruckState.OFF_DUTY, 9999, False),
        (TruckState.OFFLINE, 9999, False),
    ],
)
def test_is_lost_when_silent_then_only_on_duty(
    state: TruckState, silent_s: int, lost: bool
) -> None:
    """Ten minutes of silence lose a truck that is on duty, once."""
    heard = NOW - timedelta(seconds=silent_s)
    assert is_lost(state, heard, heard, NOW, PARAMS) is lost


def test_arrived_at_when_passing_by_slowly_then_not_arrived() -> None:
    """A red light beside the tank is no arrival; a minute's stand is."""
    tank = Point(36.65, 117.0)
    at_light = [Fix(NOW + timedelta(seconds=s), 36.6501, 117.0, 0.0) for s in (0, 20, 40)]
    assert arrived_at(at_light, tank, PARAMS) is None
    on = [*at_light, Fix(NOW + timedelta(seconds=60), 36.6501, 117.0, 20.0)]
    assert arrived_at(on, tank, PARAMS) is None
    stood = [*at_light, Fix(NOW + timedelta(seconds=60), 36.6501, 117.0, 0.0)]
    assert arrived_at(stood, tank, PARAMS) == NOW
    away = [replace(fix, lat=36.66) for fix in stood]
    assert arrived_at(away, tank, PARAMS) is None
    assert arrived_at([], tank, PARAMS) is None


def test_params_when_out_of_range_then_refused() -> None:
    """A wrong tunable names itself."""
    with pytest.raises(InvalidInput) as caught:
        FleetParams(lost_after_s=1)
    assert "params.fleet.lost_after_s" in caught.value.fields


def test_terminal_key_when_zeros_lead_then_they_do_not_count() -> None:
    """A 2019 terminal pads its phone to 20 digits."""
    assert terminal_key("00000000013800138000") == terminal_key("013800138000")
