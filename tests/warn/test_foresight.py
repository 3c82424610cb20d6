"""The learned engine on series like those that sensors send, once it knows the tank."""

from __future__ import annotations

import numpy as np
import pytest

from qingshu.kernel.errors import InvalidInput
from qingshu.warn.engine import FirstRule
from qingshu.warn.engine.choice import engine_of
from qingshu.warn.engine.contract import Rows, Shape, Surroundings
from qingshu.warn.engine.foresight import Foresight, budget
from qingshu.warn.engine.foresight.artefact import Learned, shipped
from qingshu.warn.engine.foresight.excursion import FEATURES
from qingshu.warn.engine.foresight.forest import isotonic
from qingshu.warn.errors import ModelUnreadable
from qingshu.warn.model import Cause, Channel, Transition
from qingshu.warn.params import WarnParams
from qingshu.warn.reasons import reason_of
from qingshu.warn.rules import forecast
from tests.checks.battery import town

T0, HOUR, STEP = 1_795_500_000_000, 3_600_000, 600_000
# The battery's town lasts 40 h: let its tanks be learned after six.
EARLY = WarnParams(learned_after_h=6.0)
SHAPES = [Shape(tank, 1.5, 2.0) for tank in range(1, 60)]


def _usual(hours: float, rng: np.random.Generator) -> np.ndarray:
    at = np.arange(int(hours * 6)) / 6
    humps = 0.012 * np.exp(-0.5 * ((at % 24 - 7.5) / 1.5) ** 2)
    humps += 0.015 * np.exp(-0.5 * ((at % 24 - 20) / 2) ** 2)
    return 1.51 + humps + 0.003 * rng.standard_normal(len(at))


def _play(levels: np.ndarray, params: WarnParams | None = None) -> list[Transition]:
    engine = Foresight(params)
    state, limits = engine.new_state(), engine.limits([Shape(1, 1.5, 2.0)], 1)
    at = T0 + np.arange(len(levels)) * STEP
    one = np.ones(len(levels), np.int64)
    rows = Rows(one, one, one.astype(np.uint8), at, levels, np.zeros(len(levels), np.uint8))
    said = engine.advance(state, rows, limits, Surroundings(), int(at[-1]))
    return [t for t in said if t.channel is Channel.LEVEL]


def _blocked(rng: np.random.Generator, days: int = 20) -> tuple[np.ndarray, int]:
    """Usual days, then the outlet shuts: 4 cm an hour until the cover."""
    calm = _usual(24 * days, rng)
    rise = np.minimum(1.52 + 0.04 / 6 * np.arange(1, 90), 2.0)
    return np.concatenate((calm, rise + 0.003 * rng.standard_normal(len(rise)))), len(calm)


def test_blockage_of_a_known_tank_then_alarm_hours_ahead_with_probability() -> None:
    """Twelve hours to the cover: the alarm comes with at least four of them left."""
    levels, onset = _blocked(np.random.default_rng(5))
    said = _play(levels)
    assert said
    first = said[0]
    assert first.cause is Cause.FORESIGHT
    assert T0 + onset * STEP < first.at_ms < T0 + onset * STEP + 8 * HOUR
    assert first.probability is not None
    assert first.probability > 0.05
    assert max(t.probability or 0.0 for t in said) > 0.3
    assert max(t.after for t in said) == 4


def test_forecast_of_an_alarm_then_interval_from_the_quantiles() -> None:
    """What is stored with the alarm is the model's own 80 % interval."""
    levels, _ = _blocked(np.random.default_rng(6))
    raised = next(t for t in _play(levels) if t.overflow_h is not None)
    coming = forecast(raised, WarnParams())
    assert coming is not None
    assert raised.overflow_low_h is not None
    assert raised.overflow_high_h is not None
    assert raised.overflow_low_h <= raised.overflow_h <= raised.overflow_high_h
    hours = (coming.latest - coming.at).total_seconds() / 3600
    assert hours == pytest.approx(raised.overflow_high_h - raised.overflow_h, abs=0.01)


def test_reason_then_says_how_much_since_when_how_sure_and_what_clears() -> None:
    """Both languages carry the level, the usual, the probability and the clearing level."""
    levels, _ = _blocked(np.random.default_rng(7))
    first = _play(levels)[0]
    reason = reason_of(first, WarnParams(), "Asia/Shanghai")
    for text in (reason.zh, reason.en):
        assert f"{first.level_m:.2f}" in text
        assert f"{first.base_m:.2f}" in text
        assert f"{100 * first.probability:.0f}" in text
        assert f"{first.clears_below:.2f}" in text
    assert "概率" in reason.zh
    assert "Probability" in reason.en


def test_flat_false_echo_then_no_alarm() -> None:
    """Foam that jumps up 15 cm, jitters for six hours and goes again is not a blockage."""
    rng = np.random.default_rng(8)
    levels = _usual(24 * 25, rng)
    levels[3000:3036] += 0.15 * (1 + 0.15 * rng.standard_normal(36))
    assert _play(levels) == []


def test_alarm_then_returns_when_the_level_is_usual_again() -> None:
    """Pumped empty and clear again: the alarm ends by itself."""
    rng = np.random.default_rng(9)
    levels, _ = _blocked(rng)
    said = _play(np.concatenate((levels, _usual(48, rng))))
    assert said[-1].after == 0


def _run(parts: list[Rows], *, reload: bool = False) -> tuple[bytes, list[Transition]]:
    engine = Foresight(EARLY)
    state, limits, said = engine.new_state(), engine.limits(SHAPES, 1), []
    for part in parts:
        said += engine.advance(state, part, limits, Surroundings(), int(part.measured_ms.max()))
        if reload:
            state = engine.load_state(state.to_bytes())
    return state.to_bytes(), sorted(said, key=lambda t: (t.tank_id, t.channel, t.at_ms))


def _cut(rows: Rows, size: int) -> list[Rows]:
    at = np.arange(len(rows))
    return [rows.pick(at[k : k + size]) for k in range(0, len(rows), size)]


def test_learned_tanks_when_cut_saved_or_doubled_then_same_alarms() -> None:
    """The battery's promises hold where trees judge, not only in a tank's first days."""
    rows = town()
    whole = _run([rows])
    assert any(t.cause is Cause.FORESIGHT for t in whole[1])
    assert _run(_cut(rows, 61), reload=True) == whole
    assert _run(_cut(rows, 1)) == whole
    assert _run([rows.pick(np.repeat(np.arange(len(rows)), 2))]) == whole


def test_engine_of_params_then_named_engine() -> None:
    """The station's setting chooses; another word is refused."""
    assert isinstance(engine_of(WarnParams(engine="foresight")), Foresight)
    assert type(engine_of(WarnParams(engine="first"))) is FirstRule
    with pytest.raises(InvalidInput):
        WarnParams(engine="oracle")
    with pytest.raises(InvalidInput):
        WarnParams(alarm_budget=0.0)


def test_bar_then_falls_as_the_budget_grows() -> None:
    """More false alarms accepted, a lower bar."""
    bars = [shipped().bar(b) for b in (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)]
    assert bars == sorted(bars, reverse=True)
    assert bars[0] > bars[-1]


def test_three_times_the_false_echoes_then_bar_rises_and_estimate_follows() -> None:
    """The stream alone, without labels, shows that the bar has become too cheap."""
    learned, hours = shipped(), 50 * budget.YEAR_H
    bar = learned.bar(0.1)
    wanted = budget.false_rate(
        learned.false_peaks * 1e6, hours, learned.true_peaks, learned.false_peaks
    )
    scale = 0.1 / float(np.interp(bar, budget.edges(), wanted))
    counts = learned.false_peaks * 1e6 * scale + learned.true_peaks * 25.0
    usual = budget.shift(counts, hours, learned.true_peaks, learned.false_peaks, 0.1, bar)
    more = counts + 2 * learned.false_peaks * 1e6 * scale
    shifted = budget.shift(more, hours, learned.true_peaks, learned.false_peaks, 0.1, bar)
    assert abs(usual) < 0.35
    assert shifted > usual + 0.2
    seen = budget.running(more, hours, learned.true_peaks, learned.false_peaks, bar)
    assert seen.low < 0.3 < seen.high


def test_model_file_then_small_and_same_after_reading() -> None:
    """The artefact fits in the repository and says what it was made of."""
    blob = shipped().to_bytes()
    assert len(blob) < 600_000
    again = Learned.from_bytes(blob)
    rows = np.random.default_rng(1).random((50, len(FEATURES))).astype(np.float32)
    assert (again.score.raw(rows) == shipped().score.raw(rows)).all()
    assert "--seed" in again.card["command"]
    for bad in (b"", b"nonsense", blob[: len(blob) // 2]):
        with pytest.raises(ModelUnreadable):
            Learned.from_bytes(bad)


def test_probabilities_and_hours_then_ordered() -> None:
    """Quantiles never cross and probabilities stay in [0, 1]."""
    rows = np.random.default_rng(2).random((200, len(FEATURES))).astype(np.float32)
    hours = shipped().left(rows)
    assert (np.diff(hours, axis=1) >= 0).all()
    for horizon in (2, 6, 24, 72):
        chance = shipped().probability(rows, horizon)
        assert ((chance >= 0) & (chance <= 1)).all()


def test_isotonic_then_non_decreasing_and_mean_kept() -> None:
    """Pooling neither turns the order round nor changes how much happened."""
    rng = np.random.default_rng(3)
    score = rng.standard_normal(500)
    happened = (rng.random(500) < 1 / (1 + np.exp(-score))) * 1.0
    curve = isotonic(score, happened)
    assert (np.diff(curve.y) >= 0).all()
    assert curve(score).mean() == pytest.approx(happened.mean(), abs=0.01)
