"""Scoring: per physical overflow, false alarms again every 24 h, neutral windows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from qingshu.warn.backtest.figures import figures, poisson_interval
from qingshu.warn.backtest.forecast_score import forecast_figures, next_overflow
from qingshu.warn.backtest.ledger import Ledger, keep_ledger
from qingshu.warn.backtest.model import (
    DAY_MS,
    HOUR_MS,
    NEVER,
    Alarms,
    Causes,
    Predictions,
    Rain,
    Truth,
    Watch,
)

END = 100 * DAY_MS


def alarms(*spans: tuple[int, float, float]) -> Alarms:
    """(tank, raised h, cleared h or -1)."""
    size = len(spans)
    blank = np.full(size, np.nan)
    return Alarms(
        np.array([s[0] for s in spans], np.int64),
        np.array([s[1] * HOUR_MS for s in spans], np.int64),
        np.array([s[2] * HOUR_MS if s[2] >= 0 else NEVER for s in spans], np.int64),
        np.ones(size, np.int64), blank, blank, blank, blank, ["level"] * size, [""] * size,
    )  # fmt: skip


def truth(*events: tuple[int, float, float, float]) -> Truth:
    """(tank, onset h, overflow h or -1, cleared h or -1)."""

    def ms(k: int) -> Any:
        return np.array([e[k] * HOUR_MS if e[k] >= 0 else NEVER for e in events], np.int64)

    tank = np.array([e[0] for e in events], np.int64)
    return Truth(tank, ms(1), ms(2), ms(3), ms(1), ms(1), ["sudden"] * len(events))


def settle(said: Alarms, real: Truth, tanks: int = 1, **more: Any) -> Ledger:
    watch = Watch(np.zeros(tanks, np.int64), np.full(tanks, END))
    return keep_ledger(said, real, watch, **more)


EVENT = (0, 100.0, 120.0, 126.0)


@pytest.mark.parametrize(
    ("span", "lead"),
    [
        ((0, 110, 130), 10.0),
        ((0, 90, 130), 20.0),  # Stood already: counts from the onset, not before it.
        ((0, 119, 119.5), 1.0),  # Cleared before the overflow: still told in time.
        ((0, 120, 130), 0.0),  # At the overflow is too late.
        ((0, 50, 99), 0.0),  # Over before the onset.
        ((1, 110, 130), 0.0),  # Another tank.
    ],
)
def test_lead_when_an_alarm_stands_then_it_counts_from_the_later_of_alarm_and_onset(
    span: tuple[int, float, float], lead: float
) -> None:
    """The unit is the overflow."""
    assert settle(alarms(span), truth(EVENT), 2).lead_h.tolist() == [lead]


def test_false_alarm_when_it_stands_for_days_then_it_counts_again_every_day() -> None:
    """Always on is 365 a tank-year."""
    found = settle(alarms((0, 0, -1)), truth(EVENT))
    # 100 days less the moments inside the event and its 12 h.
    assert 98 <= found.false_by_tank[0] <= 99
    assert found.lead_h.tolist() == [20.0]
    rate = found.false_by_tank.sum() / found.years_by_tank.sum()
    assert 355 < rate < 370


def test_false_alarm_when_inside_an_event_or_its_twelve_hours_then_it_is_none() -> None:
    """Neutral: the window of an event with or without an overflow."""
    calm = (0, 500.0, -1.0, 540.0)
    said = alarms((0, 110, 115), (0, 137, 137.9), (0, 510, 520), (0, 551, 552))
    assert settle(said, truth(EVENT, calm)).false_by_tank.tolist() == [0]
    assert settle(alarms((0, 139, 140)), truth(EVENT)).false_by_tank.tolist() == [1]
    assert settle(said, truth(EVENT, calm)).lead_h.tolist() == [10.0]


def test_alarm_when_it_outlives_its_event_then_the_days_after_are_false() -> None:
    """Raised rightly, never cleared."""
    found = settle(alarms((0, 110, 110 + 24 * 4)), truth(EVENT))
    assert found.false_by_tank.tolist() == [2]


def test_event_when_it_never_clears_then_its_window_lasts() -> None:
    """What was not cleared excuses to the end."""
    found = settle(alarms((0, 110, -1)), truth((0, 100.0, 120.0, -1.0)))
    assert found.false_by_tank.tolist() == [0]


def test_event_when_it_began_before_the_watch_then_it_is_neutral() -> None:
    """The warm-up neither detects nor blames."""
    watch = Watch(np.array([110 * HOUR_MS]), np.array([END]))
    found = keep_ledger(alarms((0, 105, 130)), truth(EVENT), watch)
    assert len(found.lead_h) == 0
    assert found.false_by_tank.tolist() == [0]


def test_cause_when_a_fault_or_rain_is_near_then_it_is_named() -> None:
    """Fault before rain before unknown."""
    said = alarms((0, 200, 201), (0, 300, 301), (0, 400, 401))
    causes = Causes(np.array([0]), np.array([199 * HOUR_MS]), np.array([200 * HOUR_MS]), ["foam"])
    rain = Rain(np.array([190, 299]) * HOUR_MS, np.array([5.0, 5.0]))
    found = settle(said, truth(EVENT), causes=causes, rain=rain)
    assert found.cause == ["foam", "rain", "unknown"]


def test_figures_when_nothing_happened_then_rates_are_empty_not_wrong() -> None:
    """No event, no alarm."""
    found = figures(settle(alarms(), truth()), truth(), draws=10)
    assert found["overflows"] == 0
    assert found["detected"] is None
    assert found["false_per_tank_year"] == 0.0
    assert found["false_per_tank_year_95"][1] > 0


def test_figures_when_half_is_seen_then_they_say_half() -> None:
    """Shares, classes, precision at half an event a tank-year."""
    real = truth(EVENT, (1, 100.0, 120.0, 126.0))
    found = figures(settle(alarms((0, 110, 130)), real, 2), real, draws=50)
    assert found["detected"] == found["detected_2h"] == 0.5
    assert found["by_available_h"]["16-32"]["n"] == 2
    assert found["precision_at_half_event"] == 1.0
    assert found["oracle"]["detected_2h"] == 1.0


def test_poisson_interval_when_compared_with_tables_then_it_agrees() -> None:
    """Exact two-sided 95 % limits."""
    assert poisson_interval(5) == pytest.approx((1.6235, 11.668), abs=0.01)
    assert poisson_interval(100) == pytest.approx((81.36, 121.63), abs=0.05)


def predictions(at_h: list[float], p24: list[float], tto: list[float]) -> Predictions:
    n = len(at_h)
    at, zero = np.array([h * HOUR_MS for h in at_h], np.int64), np.zeros(n, np.int64)
    p, mid = np.array(p24), np.array(tto)
    return Predictions(zero, at, at, zero, p, p, p, p, mid / 2, mid, mid * 2, p)


def test_forecasts_when_right_then_skill_is_one_and_hours_are_covered() -> None:
    """Rows after the overflow are left out until 12 h after the clearing."""
    said = predictions([99, 101, 110, 121, 200], [1, 1, 1, 0, 0], [21, 19, 10, 5, 50])
    watch = Watch(np.array([0]), np.array([END]))
    found = forecast_figures(said, truth(EVENT), watch)
    assert found["within_24h"]["n"] == 4
    assert found["within_24h"]["brier_skill"] == 1.0
    assert found["within_24h"]["ece"] == 0.0
    assert found["tto"]["events"] == 1
    assert found["tto"]["cover_80_by_event"] == 1.0
    assert found["tto"]["median_abs_error_h_under_12h"] == 0.0


def test_next_overflow_when_there_are_two_then_the_nearer_one_ahead_counts() -> None:
    """Hours to it, its event, and whether the last one still spoils."""
    real = truth(EVENT, (0, 300.0, 320.0, 330.0))
    at = np.array([90, 119, 125, 310, 900], np.int64) * HOUR_MS
    left, event, spoilt = next_overflow(np.zeros(5, np.int64), at, real)
    assert left.tolist() == [30.0, 1.0, 195.0, 10.0, np.inf]
    assert event.tolist() == [0, 0, 1, 1, -1]
    assert spoilt.tolist() == [False, False, True, False, False]
