"""The figures of the warning benchmark as the tables of its page."""

from __future__ import annotations

from typing import Any

Figures = dict[str, Any]
GROUPS = ("engines", "baselines", "controls")
CURVES = ("persist_2h_rain_gate", "fixed_level", "foresight_score")


def render(found: Figures) -> str:
    """Markdown of one run."""
    figures: Figures = found["figures"]
    scenarios = [name for name in figures if name not in ("real_series", "calibrate")]
    parts = [
        f"Made by `python -m bench.quality.warn` from: {found['scenario']}. All of it is "
        "**simulated**.",
        _detectors(figures["test"], "test"),
        _shifted(figures, scenarios),
        *(_forecasts(figures, scenarios, name) for name in figures["test"]["engines"]),
        *(_causes(figures, scenarios, name) for name in ("first", "foresight")
          if name in figures["test"]["engines"]),
        _available(figures["test"]),
        _curve(figures["test"]),
        _real(figures.get("real_series", {})),
        _goals(found["goals"], [n for n in scenarios if n != "test"] or ["test"]),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(head: list[str], rows: list[list[Any]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(_cell(x) for x in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list):
        return "–".join(_cell(x) for x in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _detectors(test: Figures, name: str) -> str:
    head = [
        "detector", "false a tank-year", "95 %", "detected", "≥ 2 h", "by seed",
        "≥ 2 h of the obstructed", "≥ 4 h",
        "lead median h", "lead / oracle", "precision",
    ]  # fmt: skip
    rows = [
        [
            key.replace("_", " "), one["false_per_tank_year"], one["false_per_tank_year_95"],
            one["detected"], one["detected_2h"], one["detected_2h_by_seed"],
            one.get("obstructed_detected_2h"), one["detected_4h"], one["lead_h_median"],
            one.get("lead_over_oracle_median"),
            one["precision_at_half_event"],
        ]
        for group in GROUPS
        for key, one in test[group].items()
    ]  # fmt: skip
    oracle = test["oracle"]
    if oracle:
        rows.append([
            "oracle, of the obstructed", 0, None, oracle["detected"], None, None,
            oracle["detected_2h"], oracle["detected_4h"], oracle["lead_h_median"], 1.0, None,
        ])  # fmt: skip
    whole = test["engines"]["first"]
    events, kinds = whole["overflows"], whole["by_kind"]
    by_kind = ", ".join(f"{one['n']} {kind}" for kind, one in kinds.items())
    return (
        f"**World `{name}`**, {events} overflows ({by_kind}). Baselines, controls and `… frozen`: "
        "threshold frozen on `calibrate`; engines otherwise as shipped. Leads count 0 for a "
        "miss. A surcharge is an overflow by rain alone; the oracle does not know those.\n\n"
        + _table(head, rows)
    )


def _shifted(figures: Figures, scenarios: list[str]) -> str:
    names = [*figures["test"]["engines"], "persist_2h_rain_gate"]
    head = ["world", "oracle ≥ 2 h of the obstructed"] + [
        f"{name.replace('_', ' ')}: false, ≥ 2 h" for name in names
    ]
    rows = []
    for scenario in scenarios:
        found = figures[scenario]
        row: list[Any] = [f"`{scenario}`", (found["oracle"] or {}).get("detected_2h")]
        for name in names:
            one = found["engines"].get(name) or found["baselines"].get(name)
            row.append(
                "–"
                if one is None
                else f"{_cell(one['false_per_tank_year'])}, {_cell(one['detected_2h'])}"
            )
        rows.append(row)
    return "**Shifted worlds**, nothing tuned on them.\n\n" + _table(head, rows)


def _forecasts(figures: Figures, scenarios: list[str], engine: str) -> str:
    head = [
        "world", "readings scored", "Brier skill 24 h", "ECE 24 h", "80 % cover by event",
        "median error h under 12 h", "pinball 10/50/90",
    ]  # fmt: skip
    rows = []
    for scenario in scenarios:
        said = figures[scenario]["engines"].get(engine, {}).get("forecast")
        if not said:
            continue
        day, tto = said["within_24h"], said.get("tto", {})
        pinball = tto.get("pinball", {})
        rows.append([
            f"`{scenario}`", said["scored_readings"], day.get("brier_skill"), day.get("ece"),
            tto.get("cover_80_by_event"), tto.get("median_abs_error_h_under_12h"),
            " / ".join(_cell(x) for x in pinball.values()) or None,
        ])  # fmt: skip
    if not rows:
        return ""
    return f"**Forecasts of `{engine}`.**\n\n" + _table(head, rows)


def _causes(figures: Figures, scenarios: list[str], engine: str) -> str:
    rows = [
        [
            f"`{scenario}`",
            ", ".join(
                f"{cause} {count}"
                for cause, count in figures[scenario]["engines"][engine]["false_by_cause"].items()
            ) or None,
        ]
        for scenario in scenarios
        if engine in figures[scenario]["engines"]
    ]  # fmt: skip
    return f"**Causes of the false alarms of `{engine}`.**\n\n" + _table(["world", "causes"], rows)


def _available(test: Figures) -> str:
    names = [name for name in ("first", "foresight") if name in test["engines"]]
    classes = test["engines"][names[0]]["by_available_h"]
    rows = [
        [label, one["n"]]
        + [
            f"{_cell(test['engines'][name]['by_available_h'][label]['detected'])}, "
            f"{_cell(test['engines'][name]['by_available_h'][label]['detected_2h'])}"
            for name in names
        ]
        for label, one in classes.items()
    ]
    head = ["hours available", "overflows", *(f"{name}: detected, ≥ 2 h" for name in names)]
    return (
        "**By available warning**: hours from a visible rise of 5 cm to the overflow.\n\n"
        + _table(head, rows)
    )


def _curve(test: Figures) -> str:
    names = [name for name in CURVES if name in test["curves"]]
    rows = [
        [point["target"]]
        + [
            f"{_cell(test['curves'][name][k]['false_per_tank_year'])}, "
            f"{_cell(test['curves'][name][k]['detected_2h'])}"
            for name in names
        ]
        for k, point in enumerate(test["curves"][names[0]])
    ]
    head = ["target", *(f"{name.replace('_', ' ')}: achieved, ≥ 2 h" for name in names)]
    return "**The curve**: thresholds frozen at each target, run on `test`.\n\n" + _table(
        head, rows
    )


def _real(real: Figures) -> str:
    if "injected" not in real or not real["injected"]:
        return ""
    rows = [
        [
            series, engine, one["overflows"], one["false_per_tank_year"],
            one["false_per_tank_year_95"], one["detected"], one["detected_2h"],
            one["lead_h_median"],
        ]
        for series, by_engine in real["injected"].items()
        for engine, one in by_engine.items()
    ]  # fmt: skip
    head = [
        "series", "engine", "overflows", "false a tank-year", "95 %", "detected", "≥ 2 h",
        "lead median h",
    ]  # fmt: skip
    flags = [
        [
            series, one["readings"], one["flagged_by_keepers"], one["doubted"],
            one["fault_alarms"], one["recall"], one["precision"],
        ]
        for series, one in real["fault_flags"].items()
    ]  # fmt: skip
    flag_head = [
        "series", "readings", "flagged by keepers", "doubted", "fault alarms", "recall",
        "precision",
    ]  # fmt: skip
    return (
        "**Real series with simulated blockages.** "
        + real["note"][0].upper() + real["note"][1:] + ".\n\n" + _table(head, rows)
        + "\n\n**Fault flags on real river stages**, reading by reading.\n\n"
        + _table(flag_head, flags)
    )  # fmt: skip


def _goals(goals: Figures, worlds: list[str]) -> str:
    rows = [
        [name.replace("_", " "), one["goal"], one["got"], "met" if one["met"] else "**missed**"]
        for name, one in goals.items()
    ]
    return f"**Goals**, mean over {', '.join(worlds)}; engine as shipped.\n\n" + _table(
        ["goal", "wanted", "got", ""], rows
    )
