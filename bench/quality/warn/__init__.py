"""Early warning on simulated worlds and on simulated blockages in real level series.

SIMULATED figures: no overflow of a real septic tank is in here. Thresholds of baselines,
controls and the engine's score are frozen on ``calibrate`` at 0.1 false alarms a tank-year
and then run once on ``test`` and on every shifted world. Engines are also scored as shipped.
Rules: ``docs/early-warning.md``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.quality.warn import real
from bench.quality.warn.detectors import CONTROLS
from bench.quality.warn.runs import BUDGET, Run, Size, note, run_world, size_of
from bench.quality.warn.tables import SHUFFLED, freeze_all, scenario_figures
from qingshu.twin.worlds import SHIFTED

Figures = dict[str, Any]
# A control fails when it finds less than this share two hours ahead at the frozen
# threshold, or when its false alarms are more than twice the target, which voids it.
CONTROL_MOST, VOID = 0.15, 2.0


def run(quick: bool) -> Figures:
    """All figures; ``quick`` takes one small calibration and one small test world."""
    return measure(("test",) if quick else ("test", *SHIFTED), size_of(quick), quiet=quick)


def measure(scenarios: tuple[str, ...], size: Size, *, quiet: bool = False) -> Figures:
    """Freeze on ``calibrate``, then run each scenario once."""
    calibrated = [_noted("calibrate", seed, size, quiet) for seed in size.seeds]
    thresholds = freeze_all(calibrated)
    figures: Figures = {"calibrate": scenario_figures(calibrated, thresholds)}
    for name in scenarios:
        runs = [_noted(name, seed, size, quiet) for seed in size.seeds]
        figures[name] = scenario_figures(runs, thresholds)
    figures["real_series"] = real.figures(quick=quiet)
    return {
        "scenario": (
            f"warn-1 (simulated): calibrate, {', '.join(scenarios)}; {size.tanks} tanks, "
            f"{size.days} days of which {size.warmup_d} warm-up, seeds {size.seeds}, "
            f"budget {BUDGET}"
        ),
        "figures": figures,
        "goals": goals(figures, scenarios),
    }


def _noted(name: str, seed: int, size: Size, quiet: bool) -> Run:
    found = run_world(name, seed, size)
    note(f"{name} seed {seed}: {len(found.scene.truth)} events", quiet)
    return found


def goals(figures: Figures, scenarios: tuple[str, ...]) -> Figures:
    """The issue's goals, on the mean over the shifted worlds (or what was run)."""
    shifted = [name for name in scenarios if name in SHIFTED] or list(scenarios)
    found: Figures = {}
    controls = _controls(figures, scenarios)
    found["controls_fail"] = {"goal": "all", "got": controls or "all fail", "met": not controls}
    if "foresight" not in figures[shifted[0]]["engines"]:
        return found
    rows = {name: figures[name]["engines"]["foresight"] for name in shifted}
    found |= {
        "false_per_tank_year": _most(_mean(rows, "false_per_tank_year"), BUDGET),
        "detected_2h": _least(_mean(rows, "detected_2h"), 0.90),
        "detected_2h_where_8h_available": _least(
            _mean(rows, "detected_2h_where_8h_available"), 0.95
        ),
        "lead_over_oracle_median": _least(_mean(rows, "lead_over_oracle_median"), 0.6),
        "brier_skill_24h": _least(_mean(rows, "forecast", "within_24h", "brier_skill"), 0.30),
        "ece_24h": _most(_mean(rows, "forecast", "within_24h", "ece"), 0.01),
        "median_abs_error_h_under_12h": _most(
            _mean(rows, "forecast", "tto", "median_abs_error_h_under_12h"), 4.0
        ),
    }
    cover = _mean(rows, "forecast", "tto", "cover_80_by_event")
    found["cover_80_by_event"] = {
        "goal": ".77 to .83", "got": cover, "met": cover is not None and 0.77 <= cover <= 0.83,
    }  # fmt: skip
    if "foam3" in rows:
        found["foam3_false_per_tank_year"] = _most(rows["foam3"]["false_per_tank_year"], 2 * BUDGET)
    return found


def _controls(figures: Figures, scenarios: tuple[str, ...]) -> list[str]:
    """Controls that did not fail, by scenario."""
    passed = []
    for name in scenarios:
        for control in (*CONTROLS, SHUFFLED):
            got = figures[name]["controls"].get(control)
            if got is None:
                continue
            void = got["false_per_tank_year"] > VOID * BUDGET
            if not void and (got["detected_2h"] or 0.0) > CONTROL_MOST:
                passed.append(f"{name}: {control} {got['detected_2h']}")
    return passed


def _mean(rows: Figures, *path: str) -> float | None:
    values = []
    for row in rows.values():
        value: Any = row
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            values.append(float(value))
    return round(float(np.mean(values)), 3) if values else None


def _least(got: float | None, goal: float) -> Figures:
    return {"goal": f">= {goal}", "got": got, "met": got is not None and got >= goal}


def _most(got: float | None, goal: float) -> Figures:
    return {"goal": f"<= {goal}", "got": got, "met": got is not None and got <= goal}
