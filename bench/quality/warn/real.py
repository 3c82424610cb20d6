"""Simulated blockages in real level series, and fault flags on a labelled one.

The noise, the gaps and the day are real; the blockage is simulated on top: the water that
cannot leave rises by the tank's own inflow. None of the series is from a septic tank. The
level of each is scaled to the swing of a tank (its 5 to 95 % range becomes 6 cm) because a
river's or a sewer's metres are not those of a tank; that scaling is ours and is stated.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from qingshu.twin.hydraulics import diurnal
from qingshu.warn.backtest import engines, play
from qingshu.warn.backtest.figures import figures as ledger_figures
from qingshu.warn.backtest.forecast_score import forecast_figures
from qingshu.warn.backtest.judge import judge
from qingshu.warn.backtest.ledger import keep_ledger
from qingshu.warn.backtest.model import DAY_MS, HOUR_MS, NEVER, Series, Tanks, Truth

Array = np.ndarray[Any, Any]
COPIES, EVERY_D, WARMUP_D = 8, 12.0, 30
SWING_M, OUTLET_M = 0.06, 1.5
THINNED_MS = 600_000
LRO = ("FranklinBasin", "MainStreet", "Mendon", "WaterLab")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A real series: milliseconds, metres; and which readings its keepers flagged."""

    name: str
    at_ms: Array
    level_m: Array
    flagged: Array


def shared() -> Path:
    """Where recorded data lies."""
    default = Path(__file__).resolve().parents[4] / "shared"
    return Path(os.environ.get("QINGSHU_SHARED", default)) / "data"


def lro(name: str) -> Recorded:
    """Stage of a river station every 15 minutes in 2020, centimetres, with quality flags."""
    path = shared() / "level_lro_faults" / f"{name}2020.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        table = [r for r in csv.DictReader(file) if r["stage"] not in ("NULL", "")]
    at = [datetime.fromisoformat(r["datetime"]).replace(tzinfo=UTC).timestamp() for r in table]
    flagged = np.array([r["stage_qual"] not in ("NULL", "") for r in table])
    stage = np.array([float(r["stage"]) for r in table]) / 100
    at_ms = (np.array(at) * 1000).astype(np.int64)
    order = np.argsort(at_ms, kind="stable")
    return Recorded(f"lro:{name}", at_ms[order], stage[order], flagged[order])


def overflow2min() -> Recorded:
    """Height over a sewer's weir every 2 minutes for 48 days; zero while nothing runs over."""
    path = shared() / "level_overflow2min" / "overflow.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        table = [
            (float(r["epoch_ms_utc"]), float(r["overflow_height_m"])) for r in csv.DictReader(file)
        ]
    at, height = np.array(table).T
    order = np.argsort(at, kind="stable")
    return Recorded(
        "overflow2min", at[order].astype(np.int64), height[order], np.zeros(len(at), bool)
    )


def floodnet() -> Recorded:
    """The street flood sensor with most events: its profiles, gaps as they are."""
    path = shared() / "level_floodnet" / "flood-events.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        table = [r for r in csv.DictReader(file) if r["flood_profile_time_secs"]]
    names = [r["sensor_id"] for r in table]
    most = max(set(names), key=names.count)
    at, level = [], []
    for row in (r for r in table if r["sensor_id"] == most):
        start = datetime.fromisoformat(row["flood_start_time"]).replace(tzinfo=UTC).timestamp()
        at.append(start + np.array(json.loads(row["flood_profile_time_secs"]), float))
        level.append(np.array(json.loads(row["flood_profile_depth_inches"]), float) * 0.0254)
    when, height = np.concatenate(at) * 1000, np.concatenate(level)
    order = np.argsort(when, kind="stable")
    return Recorded(
        f"floodnet:{most}", when[order].astype(np.int64), height[order],
        np.zeros(len(when), bool),
    )  # fmt: skip


def thinned(recorded: Recorded) -> Recorded:
    """At most one reading in ten minutes, as a tank's sensor would send; the first one."""
    keep = np.append(True, np.diff(recorded.at_ms // THINNED_MS) > 0)
    return Recorded(
        recorded.name, recorded.at_ms[keep], recorded.level_m[keep], recorded.flagged[keep]
    )


def scaled(recorded: Recorded) -> Array:
    """The series as a tank's: its 5 to 95 % range is 6 cm over the weir."""
    low, high = np.quantile(recorded.level_m, [0.05, 0.95])
    swing = float(high - low)
    factor = SWING_M / swing if swing > 0 else 1.0
    return np.asarray((recorded.level_m - low) * min(factor, 1.0))


def inject(recorded: Recorded, seed: int, warmup_ms: int) -> tuple[Tanks, Series, Truth]:
    """Copies of one series as tanks, each with sudden and growing blockages of its own."""
    rng = np.random.default_rng(seed)
    base, at = scaled(recorded), recorded.at_ms
    room = np.round(rng.uniform(0.3, 0.8, COPIES), 3)
    rise = np.clip(np.exp(0.5 * rng.standard_normal(COPIES)), 0.3, 3.5)
    levels, rows = [], []
    for tank in range(COPIES):
        level = base.copy()
        when = float(at[0]) + warmup_ms + rng.uniform(0, EVERY_D) * DAY_MS
        while when < at[-1] - 3 * DAY_MS:
            when, row = _blockage(rng, tank, when, at, level, base, room[tank], rise[tank])
            rows.append(row)
        levels.append(np.minimum(level, room[tank] + 0.05))
    place = np.tile(np.arange(COPIES, dtype=np.int32), len(at))
    series = Series(
        place, np.repeat(at, COPIES), np.repeat(np.maximum.accumulate(at), COPIES),
        (np.stack(levels, axis=1) + OUTLET_M).ravel().astype(np.float32),
    )  # fmt: skip
    flat = np.full(COPIES, OUTLET_M)
    tanks = Tanks(
        [f"{recorded.name}#{k}" for k in range(COPIES)], flat, flat + room, np.zeros(COPIES),
        [recorded.name] * COPIES, np.ones(COPIES, bool),
    )  # fmt: skip
    table = np.array([row[:6] for row in rows], np.int64).reshape(-1, 6)
    truth = Truth(*(table[:, k] for k in range(6)), [row[6] for row in rows])
    return tanks, series, truth


def _blockage(
    rng: np.random.Generator, tank: int, when: float, at: Array, level: Array, base: Array,
    room: float, rise: float,
) -> tuple[float, tuple[Any, ...]]:  # fmt: skip
    """Add one blockage in place; the instant of the next, and the event's row."""
    kind = "sudden" if rng.random() < 0.6 else "gradual"
    hours = rng.uniform(0.2, 2) if kind == "sudden" else rng.uniform(12, 96)
    tick = np.arange(when, when + 12 * DAY_MS, 300_000.0)
    share = np.minimum(1.0, (tick - when) / (hours * HOUR_MS))
    inflow = rise * diurnal((tick / HOUR_MS + 8) % 24) * 300 / 86_400
    pent = np.cumsum(share * inflow)
    # The level that is usual at the time stands under what is pent up.
    under = np.interp(tick, at, base)
    over = np.flatnonzero(under + pent >= room)
    spill = tick[over[0]] if len(over) else NEVER
    cleared = spill + rng.uniform(2, 12) * HOUR_MS if len(over) else tick[-1]
    inside = (at >= when) & (at < cleared)
    level[inside] = np.minimum(base[inside] + np.interp(at[inside], tick, pent), room)
    seen = tick[np.flatnonzero(pent > 0.05)[:1]]
    row = (tank, int(when), int(spill), int(cleared), int(seen[0]) if len(seen) else NEVER,
           NEVER, kind)  # fmt: skip
    return float(cleared) + (4 + rng.exponential(EVERY_D)) * DAY_MS, row


def injected_figures(recorded: Recorded, seed: int) -> dict[str, Any]:
    """Every engine on the copies of one series."""
    span = float(recorded.at_ms[-1] - recorded.at_ms[0])
    warmup = int(min(WARMUP_D * DAY_MS, span / 3))
    tanks, series, truth = inject(recorded, seed, warmup)
    found: dict[str, Any] = {}
    for name in engines.ENGINES:
        player = engines.make(name, 0.1)
        plan = play.Plan(warmup_ms=warmup, params=player.params)
        played = play.play(player.engine, tanks, series, None, plan, player.tap)
        whole = ledger_figures(keep_ledger(played.alarms, truth, played.watch), truth, draws=0)
        found[name] = {
            key: whole[key]
            for key in (
                "overflows", "detected", "detected_2h", "lead_h_median", "false_alarms",
                "tank_years", "false_per_tank_year", "false_per_tank_year_95",
            )
        }  # fmt: skip
        said = forecast_figures(played.predictions, truth, played.watch)
        if said:
            found[name]["brier_skill_24h"] = said["within_24h"].get("brier_skill")
    return found


def fault_figures(recorded: Recorded) -> dict[str, Any]:
    """What the product doubts against what the keepers flagged; nothing is tuned to it.

    A reading is doubted when the way in flags it, or while a fault alarm of the first rule
    stands. The keepers' flags are a person's, made long after.
    """
    place, at = np.zeros(len(recorded.at_ms), np.int32), recorded.at_ms
    flat, floor = np.zeros(1), float(recorded.level_m.min()) - 1.0
    series = Series(place, at, at, (recorded.level_m - floor).astype(np.float32))
    tanks = Tanks(
        [recorded.name], flat + 1.0, flat + float(np.ptp(recorded.level_m)) + 2.0, flat,
        [recorded.name], np.ones(1, bool),
    )  # fmt: skip
    doubted = judge(series, play.Plan().sense)[0] != 0
    player = engines.make("first", 0.1)
    said = play.play(player.engine, tanks, series, None, play.Plan(warmup_ms=0)).alarms
    faults = 0
    for k in np.flatnonzero([kind == "fault" for kind in said.kind]).tolist():
        until = said.cleared_ms[k] if said.cleared_ms[k] != NEVER else at[-1] + 1
        doubted |= (at >= said.raised_ms[k]) & (at < until)
        faults += 1
    real = recorded.flagged
    both = int((doubted & real).sum())
    return {
        "readings": len(real),
        "flagged_by_keepers": int(real.sum()),
        "doubted": int(doubted.sum()),
        "fault_alarms": faults,
        "both": both,
        "recall": round(both / int(real.sum()), 3) if real.any() else None,
        "precision": round(both / int(doubted.sum()), 3) if doubted.any() else None,
    }


def figures(*, quick: bool) -> dict[str, Any]:
    """All real series, or why they are not there."""
    home = shared()
    if not (home / "level_lro_faults").is_dir():
        return {"skipped": "shared data is not here"}
    stations = [lro(name) for name in (LRO[:1] if quick else LRO)]
    series = [] if quick else [*map(thinned, [*stations, overflow2min(), floodnet()])]
    return {
        "note": "real noise, simulated blockages; not septic tanks; scaled to a 6 cm swing, "
        "at most one reading in ten minutes",
        "injected": {one.name: injected_figures(one, 1) for one in series},
        "fault_flags": {one.name: fault_figures(one) for one in stations},
    }
