"""From runs to figures: pooled over seeds, spread over seeds, goals and controls."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.quality.warn import frozen
from bench.quality.warn.detectors import BASELINES, CONTROLS
from bench.quality.warn.runs import BUDGET, Run, shuffled
from qingshu.warn.backtest.figures import figures
from qingshu.warn.backtest.forecast_score import forecast_figures
from qingshu.warn.backtest.ledger import Ledger, keep_ledger
from qingshu.warn.backtest.model import Predictions, Truth, Watch

Figures = dict[str, Any]
SHUFFLED = "foresight_shuffled"
KEPT = (
    "overflows", "detected", "detected_2h", "detected_4h", "detected_2h_where_8h_available",
    "lead_h_median", "lead_h_p10", "false_alarms", "tank_years", "false_per_tank_year",
    "false_per_tank_year_95", "precision_at_half_event", "lead_over_oracle_median",
    "lead_median_over_oracle_median",
)  # fmt: skip


def freeze_all(calibrated: list[Run]) -> dict[str, dict[float, float]]:
    """Threshold of every score at every target, on the calibration worlds together."""
    names = list(calibrated[0].streams)
    scenes = [run.scene for run in calibrated]
    return {
        name: {
            target: frozen.freeze([run.streams[name] for run in calibrated], scenes, target)
            for target in frozen.TARGETS
        }
        for name in names
    }


def pool(ledgers: list[Ledger], truths: list[Truth]) -> tuple[Ledger, Truth]:
    """Several worlds as one: tanks and events renumbered."""
    tanks = np.cumsum([0] + [len(x.years_by_tank) for x in ledgers])
    events = np.cumsum([0] + [len(t) for t in truths])
    join = np.concatenate
    ledger = Ledger(
        join([x.event + events[k] for k, x in enumerate(ledgers)]),
        join([x.event_tank + tanks[k] for k, x in enumerate(ledgers)]),
        join([x.lead_h for x in ledgers]),
        join([x.false_by_tank for x in ledgers]),
        join([x.years_by_tank for x in ledgers]),
        join([x.false_tank + tanks[k] for k, x in enumerate(ledgers)]),
        join([x.false_ms for x in ledgers]),
        [cause for x in ledgers for cause in x.cause],
    )
    return ledger, pool_truth(truths)


def pool_truth(truths: list[Truth], tanks: list[int] | None = None) -> Truth:
    """Events of several worlds, renumbered where the tanks of each are given."""
    shift = np.cumsum([0, *(tanks or [0] * len(truths))])
    join = np.concatenate
    return Truth(
        join([t.tank + shift[k] for k, t in enumerate(truths)]),
        *(
            join([getattr(t, name) for t in truths])
            for name in ("onset_ms", "overflow_ms", "cleared_ms", "seen_ms", "oracle_ms")
        ),
        [kind for t in truths for kind in t.kind],
    )


def scenario_figures(runs: list[Run], thresholds: dict[str, dict[float, float]]) -> Figures:
    """Every engine, baseline and control on the worlds of one scenario."""
    found: Figures = {"engines": {}, "baselines": {}, "controls": {}, "curves": {}}
    for name in runs[0].played:
        found["engines"][name] = _engine(name, runs)
    for name, by_target in thresholds.items():
        threshold = by_target[BUDGET]
        ledgers = [frozen.settle(r.streams[name], threshold, r.scene) for r in runs]
        group = "controls" if name in CONTROLS else "baselines"
        if name not in (*BASELINES, *CONTROLS):
            group = "engines"
            found["engines"][f"{name}_frozen"] = _short(ledgers, runs)
            found["controls"][SHUFFLED] = _shuffled(name, threshold, runs)
        else:
            found[group][name] = _short(ledgers, runs)
        found["curves"][name] = [_point(name, target, t, runs) for target, t in by_target.items()]
    whole = found["engines"][next(iter(runs[0].played))]
    found["oracle"] = whole.get("oracle")
    return found


def _short(ledgers: list[Ledger], runs: list[Run]) -> Figures:
    ledger, truth = pool(ledgers, [r.scene.truth for r in runs])
    whole = figures(ledger, truth)
    short = {name: whole.get(name) for name in KEPT}
    short["obstructed_detected_2h"] = whole.get("obstructed", {}).get("detected_2h")
    return short | {"bootstrap_by_tank_95": whole["bootstrap_by_tank_95"]} | spread(ledgers)


def spread(ledgers: list[Ledger]) -> Figures:
    """Lowest and highest over the seeds."""
    shares = [float((x.lead_h >= 2).mean()) for x in ledgers if len(x.lead_h)]
    rates = [float(x.false_by_tank.sum() / x.years_by_tank.sum()) for x in ledgers]
    return {
        "detected_2h_by_seed": [round(x, 3) for x in shares],
        "false_per_tank_year_by_seed": [round(x, 3) for x in rates],
    }


def _engine(name: str, runs: list[Run]) -> Figures:
    """An engine as shipped: its own alarms, causes, classes and forecasts."""
    ledgers = [
        keep_ledger(
            r.played[name].alarms, r.scene.truth, r.scene.watch, r.scene.causes, r.scene.rain
        )
        for r in runs
    ]
    ledger, truth = pool(ledgers, [r.scene.truth for r in runs])
    found = figures(ledger, truth) | spread(ledgers)
    found["obstructed_detected_2h"] = found.get("obstructed", {}).get("detected_2h")
    found["ns_per_reading_whole_harness"] = round(
        float(np.mean([r.ns_per_reading[name] for r in runs]))
    )
    said = [r.played[name].predictions for r in runs]
    if all(len(one) for one in said):
        sizes = [len(r.scene.watch.from_ms) for r in runs]
        shift = np.cumsum([0, *sizes])
        joined = _joined(said, shift)
        watch = Watch(
            np.concatenate([r.scene.watch.from_ms for r in runs]),
            np.concatenate([r.scene.watch.to_ms for r in runs]),
        )
        events = pool_truth([r.scene.truth for r in runs], sizes)
        found["forecast"] = forecast_figures(joined, events, watch)
    return found


def _joined(said: list[Predictions], shift: np.ndarray[Any, Any]) -> Predictions:
    names = Predictions.__slots__
    columns = {name: np.concatenate([getattr(one, name) for one in said]) for name in names}
    columns["tank"] = np.concatenate([one.tank + shift[k] for k, one in enumerate(said)])
    return Predictions(**columns)


def _shuffled(name: str, threshold: float, runs: list[Run]) -> Figures:
    ledgers = [
        frozen.settle(
            shuffled(r.streams[name], len(r.scene.watch.from_ms), r.seed), threshold, r.scene
        )
        for r in runs
    ]
    return _short(ledgers, runs)


def _point(name: str, target: float, threshold: float, runs: list[Run]) -> Figures:
    ledgers = [frozen.settle(r.streams[name], threshold, r.scene) for r in runs]
    lead = np.concatenate([x.lead_h for x in ledgers])
    count = sum(int(x.false_by_tank.sum()) for x in ledgers)
    years = sum(float(x.years_by_tank.sum()) for x in ledgers)
    return {
        "target": target,
        "false_per_tank_year": round(count / years, 3),
        "detected": round(float((lead > 0).mean()), 3) if len(lead) else None,
        "detected_2h": round(float((lead >= 2).mean()), 3) if len(lead) else None,
        "lead_h_median": round(float(np.median(lead)), 2) if len(lead) else None,
    }
