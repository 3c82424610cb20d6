"""From a ledger to figures: detection, lead, false alarms with intervals, by class."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from qingshu.warn.backtest.ledger import Ledger
from qingshu.warn.backtest.model import HOUR_MS, NEVER, Floats, Truth

# A city's rate of overflow-bound events, per tank-year (EW 8); for precision.
CITY_EVENTS = 0.5
# The kind of an overflow that no obstruction caused.
RAIN_ALONE = "surcharge"
AVAILABLE_H = ((0, 4), (4, 8), (8, 16), (16, 32), (32, math.inf))


def poisson_interval(count: int, share: float = 0.95) -> tuple[float, float]:
    """Exact interval of the mean of a Poisson count.

    >>> [round(x, 2) for x in poisson_interval(10)]
    [4.8, 18.39]
    >>> round(poisson_interval(0)[1], 2)
    3.69
    """
    tail = (1 - share) / 2
    low = 0.0 if count == 0 else _solve(lambda m: 1 - _below(count - 1, m), tail, count, up=True)
    return low, _solve(lambda m: _below(count, m), tail, count, up=False)


def _below(count: int, mean: float) -> float:
    """P(X <= count) of a Poisson mean."""
    if mean <= 0:
        return 1.0
    k = np.arange(count + 1)
    logs = k * math.log(mean) - mean - np.cumsum(np.log(np.maximum(k, 1)))
    return float(np.exp(logs).sum())


def _solve(tail_of: Any, tail: float, count: int, *, up: bool) -> float:
    low, high = 0.0, count + 10 * math.sqrt(count + 1) + 10
    for _ in range(60):
        middle = (low + high) / 2
        if (tail_of(middle) > tail) == up:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def figures(ledger: Ledger, truth: Truth, seed: int = 1, draws: int = 400) -> dict[str, Any]:
    """The whole set for one run."""
    lead, count = ledger.lead_h, int(ledger.false_by_tank.sum())
    years = float(ledger.years_by_tank.sum())
    rate = count / years if years > 0 else math.nan
    low, high = poisson_interval(count)
    overflow = truth.overflow_ms[ledger.event]
    seen = truth.seen_ms[ledger.event]
    available = np.where(seen != NEVER, (overflow - seen) / HOUR_MS, math.nan)
    found: dict[str, Any] = {
        **_detection(lead),
        "false_alarms": count,
        "tanks_with_false_alarms": int((ledger.false_by_tank > 0).sum()),
        "tank_years": _r(years, 2),
        "false_per_tank_year": _r(rate, 3),
        "false_per_tank_year_95": [_r(low / years, 3), _r(high / years, 3)] if years else None,
        "false_by_cause": dict(Counter(ledger.cause).most_common()),
        "precision_at_half_event": _precision(lead, rate),
        "bootstrap_by_tank_95": bootstrap(ledger, seed, draws),
        "by_kind": _by_kind(lead, [truth.kind[k] for k in ledger.event.tolist()]),
        "by_available_h": _by_available(lead, available),
    }
    wide = np.nan_to_num(available, nan=-1.0) >= 8
    found["detected_2h_where_8h_available"] = _share(lead[wide] >= 2)
    return found | _against_oracle(ledger, truth)


def _detection(lead: Floats) -> dict[str, Any]:
    return {
        "overflows": len(lead),
        "detected": _share(lead > 0),
        "detected_2h": _share(lead >= 2),
        "detected_4h": _share(lead >= 4),
        # Over all overflows, a missed one counting 0.
        "lead_h_median": _quantile(lead, 0.5),
        "lead_h_p10": _quantile(lead, 0.1),
    }


def _precision(lead: Floats, rate: float) -> float | None:
    if len(lead) == 0 or not math.isfinite(rate):
        return None
    right = CITY_EVENTS * float((lead > 0).mean())
    return _r(right / (right + rate), 3) if right + rate > 0 else None


def bootstrap(ledger: Ledger, seed: int, draws: int) -> dict[str, Any]:
    """95 % intervals when tanks are drawn again with replacement."""
    size = len(ledger.years_by_tank)
    if size == 0 or draws == 0:
        return {}
    rng = np.random.default_rng(seed)
    weight = rng.multinomial(size, np.full(size, 1 / size), draws).astype(float)
    events = np.bincount(ledger.event_tank, minlength=size)
    early = np.bincount(ledger.event_tank, ledger.lead_h >= 2, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (weight @ early) / (weight @ events)
        rate = (weight @ ledger.false_by_tank) / (weight @ ledger.years_by_tank)
    return {"detected_2h": _interval(share), "false_per_tank_year": _interval(rate)}


def _interval(drawn: Floats) -> list[float] | None:
    good = drawn[np.isfinite(drawn)]
    return [_r(float(np.quantile(good, q)), 3) for q in (0.025, 0.975)] if len(good) else None


def _by_kind(lead: Floats, kinds: list[str]) -> dict[str, Any]:
    names = np.array(kinds, dtype=object)
    return {
        name or "unnamed": {
            "n": int((names == name).sum()),
            "detected": _share(lead[names == name] > 0),
            "detected_2h": _share(lead[names == name] >= 2),
        }
        for name in sorted(set(kinds))
    }


def _by_available(lead: Floats, available: Floats) -> dict[str, Any]:
    """By hours between the first visible rise and the overflow."""
    found = {}
    for low, high in AVAILABLE_H:
        with np.errstate(invalid="ignore"):
            some = (available >= low) & (available < high)
        name = f"{low}-{high}" if math.isfinite(high) else f">{low}"
        found[name] = {
            "n": int(some.sum()),
            "detected": _share(lead[some] > 0),
            "detected_2h": _share(lead[some] >= 2),
        }
    return found


def _against_oracle(ledger: Ledger, truth: Truth) -> dict[str, Any]:
    """Against a detector that knows what the water would be without the obstruction.

    Overflows by rain alone have no such water, so they are left out here; those that no
    reading showed in time count 0 for the oracle too.
    """
    oracle_ms = truth.oracle_ms[ledger.event]
    if not (oracle_ms != NEVER).any():
        return {}
    obstructed = np.array([truth.kind[k] != RAIN_ALONE for k in ledger.event.tolist()], bool)
    oracle_ms, lead = oracle_ms[obstructed], ledger.lead_h[obstructed]
    overflow = truth.overflow_ms[ledger.event][obstructed]
    best = np.where(oracle_ms == NEVER, 0.0, (overflow - oracle_ms) / HOUR_MS)
    ratio = lead[best > 0] / best[best > 0]
    return {
        "obstructed": _detection(lead),
        "oracle": _detection(best),
        "lead_over_oracle_median": _quantile(ratio, 0.5),
        "lead_median_over_oracle_median": _r(
            float(np.median(lead)) / max(float(np.median(best)), 1e-9), 3
        ),
    }


def _share(mask: Any) -> float | None:
    return _r(float(np.mean(mask)), 3) if len(mask) else None


def _quantile(values: Floats, q: float) -> float | None:
    return _r(float(np.quantile(values, q)), 2) if len(values) else None


def _r(value: float, digits: int) -> float:
    return round(value, digits)
