"""The first rule on series like those that sensors send."""

from __future__ import annotations

import numpy as np
import pytest

from qingshu.warn.engine.contract import Surroundings
from qingshu.warn.model import Cause, Channel
from tests.warn.series import CH4, HOUR, LID, MINUTE, T0, Player, rows, usual

STUCK, OUT_OF_RANGE, SPIKE, LATE = 16, 4, 8, 1


def _after_two_days(step_min: float = 10) -> tuple[Player, int]:
    player = Player()
    levels, at = usual(48, step_min)
    player.play(rows(levels, at))
    assert player.said == []
    return player, int(at[-1])


@pytest.mark.parametrize("step_min", [2, 10, 15, 30, 60])
def test_ramp_of_4_cm_an_hour_then_alarm_hours_before_overflow(step_min: float) -> None:
    """Freeboard 0.48 m at 4 cm/h lasts 12 h; the alarm must leave at least 4 h of it."""
    player, end = _after_two_days(step_min)
    at = end + (np.arange(1, int(13 * 60 / step_min)) * step_min * MINUTE).astype(np.int64)
    levels = 1.52 + 0.04 * (at - end) / HOUR
    player.play(rows(levels, at))
    overflow = end + int(0.48 / 0.04 * HOUR)
    first = player.of(Channel.LEVEL)[0]
    assert overflow - first.at_ms >= 4 * HOUR
    assert player.of(Channel.LEVEL)[-1].after == 4
    red = next(t for t in player.of(Channel.LEVEL) if t.after == 4)
    assert red.at_ms < overflow


def test_ramp_then_time_left_lies_inside_the_interval() -> None:
    """The middle estimate of each raise is within a factor of four of the truth."""
    player, end = _after_two_days()
    at = end + np.arange(1, 72) * 10 * MINUTE
    player.play(rows(1.52 + 0.04 * (at - end) / HOUR, at))
    for said in player.of(Channel.LEVEL):
        truth_h = (end + 12 * HOUR - said.at_ms) / HOUR
        assert said.overflow_h is not None
        assert truth_h / 4 <= said.overflow_h <= truth_h * 4


def test_hover_at_the_limit_then_one_alarm() -> None:
    """Six hours of 1 cm noise about the yellow limit raise once and never chatter."""
    player, end = _after_two_days()
    rng = np.random.default_rng(3)
    at = end + np.arange(1, 37) * 10 * MINUTE
    player.play(rows(1.70 + 0.01 * rng.standard_normal(36), at))
    assert [t.before == 0 for t in player.of(Channel.LEVEL)].count(True) == 1
    assert all(t.after > 0 for t in player.of(Channel.LEVEL))


def test_single_spike_then_nothing() -> None:
    """One reading 40 cm up is no alarm, flagged by nobody."""
    player, end = _after_two_days()
    levels, at = usual(2, seed=5)
    levels[5] += 0.4
    player.play(rows(levels, at - T0 + end + 10 * MINUTE))
    assert player.said == []


def test_sensor_lost_while_active_then_alarm_stays() -> None:
    """Six hours of refused readings, then silence: the level alarm is still up."""
    player, end = _after_two_days()
    at = end + np.arange(1, 6) * 10 * MINUTE
    player.play(rows([1.75] * 5, at))
    assert player.of(Channel.LEVEL)[-1].after > 0
    bad = int(at[-1]) + np.arange(1, 37) * 10 * MINUTE
    player.play(rows([0.2] * 36, bad, quality=OUT_OF_RANGE))
    assert player.engine.severity(player.state, 1)[Channel.LEVEL] > 0
    assert [t.cause for t in player.of(Channel.FAULT)] == [Cause.BLIND]


def test_late_low_readings_then_alarm_stays() -> None:
    """An upload of stored readings from before the rise clears nothing."""
    player, end = _after_two_days()
    at = end + np.arange(1, 6) * 10 * MINUTE
    player.play(rows([1.75] * 5, at))
    before = player.state.to_bytes()
    player.play(rows([1.5] * 20, at[0] - np.arange(20, 0, -1) * MINUTE))
    player.play(rows([1.5] * 20, at[-1] + np.arange(1, 21) * MINUTE, quality=LATE))
    assert player.state.to_bytes() == before


def test_level_falls_for_an_hour_then_alarm_returns() -> None:
    """Good readings below the deadband for the off-delay clear it."""
    player, end = _after_two_days()
    at = end + np.arange(1, 20) * 10 * MINUTE
    player.play(rows([1.75] * 5 + [1.52] * 14, at))
    said = player.of(Channel.LEVEL)
    assert said[-1].after == 0
    assert said[-1].at_ms - int(at[5]) >= HOUR


def test_rain_bump_then_gated_and_without_rain_not() -> None:
    """A 14 cm bump of four hours is an alarm on a dry day and none in rain."""
    said = {}
    for rain in (0.0, 2.0):
        player, end = _after_two_days()
        player.rain = rain
        at = end + np.arange(1, 25) * 10 * MINUTE
        player.play(rows([1.66] * 24, at))
        said[rain] = len(player.of(Channel.LEVEL))
    assert said[0.0] == 1
    assert said[2.0] == 0


def test_rain_and_red_level_then_alarm_all_the_same() -> None:
    """The rain gate holds back the baseline rule only, never the absolute grades."""
    player, end = _after_two_days()
    player.rain = 5.0
    at = end + np.arange(1, 6) * 10 * MINUTE
    player.play(rows([1.95] * 5, at))
    assert player.of(Channel.LEVEL)[-1].after == 4


def test_rain_given_for_each_row_then_each_row_has_its_own() -> None:
    """A batch of history may carry its own rain."""
    player, end = _after_two_days()
    at = end + np.arange(1, 49) * 10 * MINUTE
    rain = np.where(np.arange(48) < 24, 2.0, 0.0)
    found = player.engine.advance(
        player.state, rows([1.66] * 48, at), player.limits, Surroundings(rain), int(at[-1])
    )
    assert len(found) == 1
    assert found[0].at_ms > at[24] + HOUR


def test_restart_in_the_middle_of_a_delay_then_same_alarms() -> None:
    """State goes through bytes after every reading and nothing changes."""
    levels, at = usual(30)
    levels[-20:] += np.linspace(0, 0.4, 20)
    whole, broken = Player(), Player()
    whole.play(rows(levels, at))
    for k in range(len(levels)):
        broken.play(rows(levels[k : k + 1], at[k : k + 1]))
        broken.reload()
    assert whole.said
    assert broken.said == whole.said


def test_gap_in_the_middle_of_a_delay_then_the_delay_starts_again() -> None:
    """One high reading each side of five silent hours is not two in a row."""
    player, end = _after_two_days()
    player.play(rows([1.75], [end + 10 * MINUTE]))
    player.play(rows([1.75], [end + 310 * MINUTE]))
    assert player.said == []


def test_stuck_for_a_day_then_fault_and_moving_clears_it() -> None:
    """A day of one value is a fault; three that differ end it. No level alarm either way."""
    player, end = _after_two_days()
    at = end + np.arange(1, 160) * 10 * MINUTE
    player.play(rows([1.52] * 159, at))
    assert [t.cause for t in player.said] == [Cause.STUCK]
    more = int(at[-1]) + np.arange(1, 6) * 10 * MINUTE
    player.play(rows([1.521, 1.523, 1.519, 1.522, 1.52], more))
    assert [t.after for t in player.of(Channel.FAULT)][-1] == 0
    assert player.of(Channel.LEVEL) == []


def test_spike_storm_then_fault() -> None:
    """Many flagged spikes within hours are a fault of the sensor."""
    player, end = _after_two_days()
    levels, at = usual(4, 10, seed=8)
    quality = np.where(np.arange(len(levels)) % 2 == 0, SPIKE, 0)
    player.play(rows(levels, at - T0 + end + 10 * MINUTE, quality=quality))
    assert [t.cause for t in player.said] == [Cause.SPIKES]


def test_already_blocked_when_first_seen_then_alarm_within_minutes() -> None:
    """A tank whose first reading stands at the cover does not wait for a warm-up."""
    player = Player()
    player.play(rows([1.97] * 3, T0 + np.arange(3) * 10 * MINUTE))
    assert player.of(Channel.LEVEL)[-1].after == 4


def test_methane_rises_and_falls_then_grades_with_hysteresis() -> None:
    """30 % LEL is orange; 24 % holds it (limit 25 less a tenth); 5 % for 10 min clears."""
    player = Player()
    at = T0 + np.arange(12) * 5 * MINUTE
    player.play(rows([5, 30, 30, 24, 24, 24, 24, 5, 5, 5, 5, 5], at, quantity=CH4))
    assert [t.after for t in player.of(Channel.GAS)] == [3, 0]


def test_lid_opens_then_alarm_at_once() -> None:
    """An open lid is an alarm with its first reading."""
    player = Player()
    player.play(rows([0, 1, 1, 0, 0], T0 + np.arange(5) * MINUTE, quantity=LID))
    assert [t.after for t in player.of(Channel.LID)] == [3, 0]


def test_unknown_tank_then_no_absolute_alarm() -> None:
    """Without cover and outlet only the baseline rule can speak."""
    player = Player()
    player.play(rows([9.0] * 5, T0 + np.arange(5) * 10 * MINUTE, tank=700))
    assert player.said == []


def test_healthy_tank_for_sixty_days_then_silence() -> None:
    """Sixty days of a healthy tank raise nothing."""
    player = Player()
    player.play(rows(*usual(24 * 60)))
    assert player.said == []
