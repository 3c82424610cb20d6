"""What a served product said to replayed water, against the record and the rule alone.

``qingshu log show DIR --limit 1000000 | python -m bench.rig.replayed`` reads the log of a
workspace where the series were replayed at tanks 1 to 3 (``docs/real-input.md``).
``product`` is what the log holds; ``rule`` is the first rule played over the same rows
without doors, quality flags or storage.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from bench.quality import first_rule
from qingshu.kernel.instants import from_ms, iso, parse_instant, to_ms
from qingshu.warn.model import Channel

OWN_MS = 12 * first_rule.HOUR_MS

Span = tuple[int, int]


def spans_of(entries: Iterable[dict[str, Any]], end_ms: int) -> dict[tuple[int, str], list[Span]]:
    """(raised, returned) in measured instants by tank and kind of alarm."""
    begun: dict[tuple[int, str], int] = {}
    spans: defaultdict[tuple[int, str], list[Span]] = defaultdict(list)
    for entry in entries:
        said = entry["payload"]
        if entry["kind"] not in ("alarm.raised", "alarm.returned") or not said.get("measured_at"):
            continue
        key = said["tank_id"], said["alarm_kind"]
        at = to_ms(parse_instant(said["measured_at"]))
        if entry["kind"] == "alarm.raised":
            begun.setdefault(key, at)
        elif key in begun:
            spans[key].append((begun.pop(key), at))
    for key, at in begun.items():
        spans[key].append((at, max(at, end_ms)))
    return dict(spans)


def against(series: first_rule.Series, spans: list[Span]) -> dict[str, Any]:
    """Level alarms held against the recorded overflow."""
    overflows = first_rule.episodes(series, first_rule.COVER_ABOVE_M)
    water = first_rule.episodes(series, 0.02)
    leads = [first_rule.lead_min(spans, start, end) for start, end in overflows]
    # An alarm may still stand from the water before; this asks for one of its own.
    own = [
        next((a for a, _ in spans if start - OWN_MS <= a <= end), None) for start, end in overflows
    ]
    seen = [lead for lead in leads if lead is not None]
    dry = [s for s in spans if not any(s[0] <= end and s[1] >= start for start, end in water)]
    return {
        "level_alarms": len(spans),
        "on_dry_ground": len(dry),
        "overflows": len(overflows),
        "alarmed": len(seen),
        "before": sum(lead > 0 for lead in seen),
        "lead_min_median": _median(seen),
        "raised_within_12_h": sum(at is not None for at in own),
        "own_lead_min_median": _median(
            [(s - a) / 60_000 for (s, _), a in zip(overflows, own, strict=True) if a]
        ),
        "overflow_at": [iso(from_ms(start)) for start, _ in overflows],
        "lead_min_each": [None if lead is None else round(lead, 1) for lead in leads],
    }


def _median(values: list[float]) -> float | None:
    return round(float(np.median(values)), 1) if values else None


def record(series: first_rule.Series) -> dict[str, Any]:
    """What the record itself is like, in file order."""
    steps = np.diff(np.sort(series.at_ms))
    return {
        "readings": len(series.at_ms),
        "instants": len(np.unique(series.at_ms)),
        "days": round(float(np.ptp(series.at_ms)) / 86_400_000, 1),
        "longest_gap_h": round(float(steps.max()) / first_rule.HOUR_MS, 1),
        "gaps_over_3_h": int((steps > 3 * first_rule.HOUR_MS).sum()),
        "steps_back_in_file": int((np.diff(series.at_ms) < 0).sum()),
    }


def all_series() -> list[first_rule.Series]:
    """What stands at the tanks 1 to 3: the sewer, two floods as published, two filled in."""
    return [
        first_rule.overflow2min(), *first_rule.floodnet(fill=False), *first_rule.floodnet()
    ]  # fmt: skip


def compare(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Figures of every series by tank."""
    found: dict[str, Any] = {}
    every = [first_rule.overflow2min(), *first_rule.floodnet(fill=False)]
    for tank_id, series in enumerate(every, start=1):
        end = int(series.at_ms.max())
        spans = spans_of(entries, end)
        level = [t for t in first_rule.play(series) if t.channel is Channel.LEVEL]
        others = {kind: len(s) for (tank, kind), s in sorted(spans.items()) if tank == tank_id}
        found[f"tank {tank_id} {series.name}"] = {
            "record": record(series),
            "product": against(series, spans.get((tank_id, "level"), [])),
            "other_alarms": {kind: n for kind, n in others.items() if kind != "level"},
            "rule": against(series, first_rule.spans_of(level, end)),
        }
    return found


def main() -> None:
    """Read the log from standard input and print the figures, one part a line."""
    for name, figures in compare([json.loads(line) for line in sys.stdin]).items():
        print(name)
        for part, values in figures.items():
            print(f"  {part}: {json.dumps(values)}")


if __name__ == "__main__":
    main()
