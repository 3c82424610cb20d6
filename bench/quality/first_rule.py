"""The first rule on recorded series: alarms, and lead against the recorded overflow.

Two worlds of real water, neither of them a septic tank:

* ``overflow2min``: height over a sewer's overflow weir every 2 minutes. The record is 0
  until water runs over, so the weir is taken as the tank's outlet and the cover is put
  ``COVER_ABOVE_M`` higher; reaching that is the overflow to be seen coming.
* ``floodnet``: street flood profiles of two ultrasonic sensors, about a minute apart. The
  publisher keeps only the events; dry readings every 15 minutes are filled in for three
  days before and six hours after each, and the rest is left as a gap.

The parameters are the product's defaults. One of them, ``level_urgent_s``, was added after
a first look at ``overflow2min``, so that series is not a clean held-out test.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qingshu.kernel.instants import parse_instant, to_ms
from qingshu.warn.engine.contract import Rows, Shape, Surroundings
from qingshu.warn.engine.first_rule import FirstRule
from qingshu.warn.model import Channel, Transition

OUTLET_M = 1.0
COVER_ABOVE_M = 0.25
INCH_M = 0.0254
HOUR_MS = 3_600_000
DRY_STEP_MS = 900_000
LEAD_IN_MS = 3 * 24 * HOUR_MS
FLOODNET_SENSORS = 2


@dataclass(frozen=True, slots=True)
class Series:
    """One recorded series as a tank: metres above the floor, milliseconds."""

    name: str
    at_ms: np.ndarray
    level_m: np.ndarray
    filled: int = 0


def shared() -> Path:
    """Where recorded data lies."""
    default = Path(__file__).resolve().parents[3] / "shared"
    return Path(os.environ.get("QINGSHU_SHARED", default)) / "data"


def overflow2min() -> Series:
    """The sewer overflow record, in file order with its gaps and uneven steps."""
    path = shared() / "level_overflow2min" / "overflow.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [
            (float(r["epoch_ms_utc"]), float(r["overflow_height_m"])) for r in csv.DictReader(file)
        ]
    at, height = np.array(rows).T
    return Series("overflow2min", at.astype(np.int64), OUTLET_M + height)


def floodnet(*, fill: bool = True) -> list[Series]:
    """The two sensors with most events; dry readings filled in around their profiles.

    ``fill=False`` leaves the record as it was published: flood profiles only.
    """
    path = shared() / "level_floodnet" / "flood-events.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        events = [r for r in csv.DictReader(file) if r["flood_profile_time_secs"]]
    most = Counter(r["sensor_id"] for r in events).most_common(FLOODNET_SENSORS)
    return [
        _profiles(name, [r for r in events if r["sensor_id"] == name], fill=fill)
        for name, _ in most
    ]


def _profiles(name: str, events: list[dict[str, str]], *, fill: bool) -> Series:
    wet_at, wet = [], []
    for event in events:
        start = to_ms(parse_instant(event["flood_start_time"] + "+00:00"))
        seconds = np.array(json.loads(event["flood_profile_time_secs"]), float)
        inches = np.array(json.loads(event["flood_profile_depth_inches"]), float)
        wet_at.append(start + (seconds * 1000).astype(np.int64))
        wet.append(inches * INCH_M)
    dry = [np.arange(p[0] - LEAD_IN_MS, p[-1] + 6 * HOUR_MS, DRY_STEP_MS) for p in wet_at]
    dry_at = np.unique(np.concatenate(dry) // DRY_STEP_MS) * DRY_STEP_MS
    for part in wet_at:
        dry_at = dry_at[(dry_at < part[0]) | (dry_at > part[-1])]
    if not fill:
        dry_at = dry_at[:0]
    # A dry street gives a millimetre or so of echo noise; exact zeros would look stuck.
    noise = 0.001 * np.random.default_rng(5).standard_normal(len(dry_at))
    at = np.concatenate([dry_at, *wet_at])
    level = OUTLET_M + np.concatenate([noise, *wet])
    order = np.argsort(at, kind="stable")
    return Series(f"floodnet:{name}", at[order], level[order], filled=len(dry_at))


def play(series: Series) -> list[Transition]:
    """The whole series through the product's engine, online, without a rain gauge."""
    engine = FirstRule()
    size = len(series.at_ms)
    one = np.ones(size, np.int64)
    rows = Rows(
        one, one, one.astype(np.uint8), series.at_ms, series.level_m, np.zeros(size, np.uint8)
    )
    limits = engine.limits([Shape(1, OUTLET_M, OUTLET_M + COVER_ABOVE_M)], 1)
    return engine.advance(engine.new_state(), rows, limits, Surroundings(), int(series.at_ms.max()))


def episodes(series: Series, above_m: float, apart_h: float = 2.0) -> list[tuple[int, int]]:
    """(first, last) instants of stretches at or above a height; close ones are one."""
    high = series.at_ms[series.level_m >= OUTLET_M + above_m]
    if len(high) == 0:
        return []
    breaks = np.flatnonzero(np.diff(high) > apart_h * HOUR_MS)
    starts = np.concatenate(([0], breaks + 1))
    ends = np.concatenate((breaks, [len(high) - 1]))
    return [(int(high[a]), int(high[b])) for a, b in zip(starts, ends, strict=True)]


def figures(series: Series) -> dict[str, Any]:
    """What happened on one series."""
    said = play(series)
    level = [t for t in said if t.channel is Channel.LEVEL]
    spans = spans_of(level, int(series.at_ms[-1]))
    overflows = episodes(series, COVER_ABOVE_M)
    water = episodes(series, 0.02)
    leads = [lead_min(spans, start, end) for start, end in overflows]
    seen = [lead for lead in leads if lead is not None]
    ahead = [lead for lead in seen if lead > 0]
    useful = sum(any(a <= end and b >= start for start, end in water) for a, b in spans)
    steps = np.diff(series.at_ms)
    return {
        "readings": len(series.at_ms),
        "filled_in": series.filled,
        "days": round((series.at_ms[-1] - series.at_ms[0]) / 86_400_000, 1),
        "repeated_instants": int((steps <= 0).sum()),
        "longest_gap_h": round(float(steps.max()) / HOUR_MS, 1),
        "level_alarms": len(spans),
        "level_alarms_on_dry_ground": len(spans) - useful,
        "red_alarms": sum(t.after == 4 for t in level),
        "fault_alarms": sum(t.channel is Channel.FAULT and t.after > 0 for t in said),
        "water_episodes": len(water),
        "overflows": len(overflows),
        "overflows_alarmed": len(seen),
        "overflows_alarmed_before": len(ahead),
        "lead_min_median": round(float(np.median(seen)), 1) if seen else None,
        "lead_min_each": [None if lead is None else round(lead, 1) for lead in leads],
        "minutes_from_first_water": [
            round((start - _onset(water, start)) / 60_000, 1) for start, _ in overflows
        ],
    }


def spans_of(level: list[Transition], end: int) -> list[tuple[int, int]]:
    spans, begun = [], None
    for t in level:
        if t.before == 0:
            begun = t.at_ms
        if t.after == 0 and begun is not None:
            spans.append((begun, t.at_ms))
            begun = None
    return spans if begun is None else [*spans, (begun, end)]


def lead_min(spans: list[tuple[int, int]], start: int, end: int) -> float | None:
    for a, b in spans:
        if a <= end and b >= start:
            return (start - a) / 60_000
    return None


def _onset(water: list[tuple[int, int]], at: int) -> int:
    return max((a for a, _ in water if a <= at), default=at)


def run(quick: bool) -> dict[str, Any]:
    """Figures of every series; ``quick`` leaves out the longer flood series."""
    found = [overflow2min(), *floodnet()[1 if quick else 0 :]]
    return {
        "scenario": f"first-rule-real-1: outlet {OUTLET_M} m, cover {COVER_ABOVE_M} m above it",
        "figures": {series.name: figures(series) for series in found},
        "goals": {},
    }
