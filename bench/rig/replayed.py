"""What a served product said to replayed water, against the record and the rule alone.

``python -m bench.rig.replayed series DIR`` writes the two street flood series of
:mod:`bench.quality.first_rule` as csv, with dry readings filled in between the floods.
``qingshu log show DIR --limit 1000000 | python -m bench.rig.replayed`` reads the log of a
workspace where the series were replayed at tanks 1 to 5 (``docs/real-input.md``).
``product`` is what the log holds; ``rule`` is the first rule played over the same rows
without doors, quality flags or storage.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from bench.quality import first_rule
from qingshu.kernel.instants import parse_instant, to_ms
from qingshu.warn.model import Channel

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
    seen = [lead for lead in leads if lead is not None]
    dry = [s for s in spans if not any(s[0] <= end and s[1] >= start for start, end in water)]
    return {
        "level_alarms": len(spans),
        "on_dry_ground": len(dry),
        "overflows": len(overflows),
        "alarmed": len(seen),
        "before": sum(lead > 0 for lead in seen),
        "lead_min_median": round(float(np.median(seen)), 1) if seen else None,
        "lead_min_each": [None if lead is None else round(lead, 1) for lead in leads],
    }


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
    """What stands at the tanks 1 to 5: the sewer, two floods as published, two filled in."""
    return [
        first_rule.overflow2min(), *first_rule.floodnet(fill=False), *first_rule.floodnet()
    ]  # fmt: skip


def write_series(folder: Path) -> None:
    """The filled-in flood series as ``flood-1.csv`` and ``flood-2.csv``, metres above floor."""
    for number, series in enumerate(first_rule.floodnet(), start=1):
        rows = zip(series.at_ms.tolist(), series.level_m.tolist(), strict=True)
        lines = "".join(f"{at},{level:.6f}\n" for at, level in rows)
        (folder / f"flood-{number}.csv").write_text(f"measured_at,level_m\n{lines}")


def compare(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Figures of every series by tank."""
    found: dict[str, Any] = {}
    for tank_id, series in enumerate(all_series(), start=1):
        end = int(series.at_ms.max())
        spans = spans_of(entries, end)
        level = [t for t in first_rule.play(series) if t.channel is Channel.LEVEL]
        others = {kind: len(s) for (tank, kind), s in sorted(spans.items()) if tank == tank_id}
        found[f"tank {tank_id} {series.name}, {series.filled} filled in"] = {
            "record": record(series),
            "product": against(series, spans.get((tank_id, "level"), [])),
            "other_alarms": {kind: n for kind, n in others.items() if kind != "level"},
            "rule": against(series, first_rule.spans_of(level, end)),
        }
    return found


def main() -> None:
    """Write the series, or read the log from standard input and print one JSON object."""
    if sys.argv[1:2] == ["series"]:
        write_series(Path(sys.argv[2]))
        return
    for name, figures in compare([json.loads(line) for line in sys.stdin]).items():
        print(name)
        for part, values in figures.items():
            print(f"  {part}: {json.dumps(values)}")


if __name__ == "__main__":
    main()
