"""What each overflow and each false alarm came to, by the rules of an honest benchmark.

* The unit is a physical overflow, never a reading. An alarm counts for it when it stands at
  some moment between the onset and the overflow; the lead runs from the later of alarm and
  onset to the overflow. An alarm at or after the overflow is none.
* Every moment an alarm is raised, and every 24 h that it still stands, is a false alarm when
  it lies outside all events of its tank. An event lasts from its onset until 12 h after it
  was cleared. Events without an overflow are neutral: neither detected nor false.
* Only time in the watch counts. What began before a tank's watch is neutral.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qingshu.warn.backtest.model import (
    DAY_MS,
    HOUR_MS,
    NEVER,
    Alarms,
    Causes,
    Floats,
    Ints,
    Rain,
    Truth,
    Watch,
)

AFTER_MS = 12 * HOUR_MS
YEAR_MS = 365.25 * DAY_MS
# A cause explains an alarm this long after it ended.
LINGERS_MS = 6 * HOUR_MS
WET_MM_24H = 2.0
_CAUSE_ORDER = ("foam", "stuck", "jump", "drift", "outage", "refill")


@dataclass(frozen=True, slots=True)
class Ledger:
    """Per overflow: place in the truth, tank and lead in hours (0: not before). Per tank:
    false alarms and watched years outside events. Per false alarm: tank, moment, cause."""

    event: Ints
    event_tank: Ints
    lead_h: Floats
    false_by_tank: Ints
    years_by_tank: Floats
    false_tank: Ints
    false_ms: Ints
    cause: list[str]


def keep_ledger(
    alarms: Alarms,
    truth: Truth,
    watch: Watch,
    causes: Causes | None = None,
    rain: Rain | None = None,
    least_grade: int = 1,
) -> Ledger:
    """Settle level alarms of at least ``least_grade`` against the truth."""
    size = len(watch.from_ms)
    chosen = (alarms.grade >= least_grade) & np.array([k == "level" for k in alarms.kind], bool)
    spans = _by_tank(alarms.tank[chosen], size, alarms.raised_ms[chosen], alarms.cleared_ms[chosen])
    events = _by_tank(truth.tank, size, truth.onset_ms, truth.overflow_ms, truth.cleared_ms,
                      np.arange(len(truth), dtype=np.int64))  # fmt: skip
    counted: list[tuple[int, int, float]] = []
    false_by, years_by = np.zeros(size, np.int64), np.zeros(size)
    false_tank: list[int] = []
    false_ms: list[int] = []
    for tank in range(size):
        begin, end = int(watch.from_ms[tank]), int(watch.to_ms[tank])
        if end <= begin:
            continue
        raised, cleared = _clipped(spans[tank], begin, end)
        onset, overflow, cleared_ms, place = events[tank]
        windows = _windows(onset, cleared_ms, end)
        counted += _leads(tank, raised, cleared, onset, overflow, place, begin, end)
        wrong = _outside(_moments(raised, cleared), windows)
        false_by[tank] = len(wrong)
        years_by[tank] = _free_ms(windows, begin, end) / YEAR_MS
        false_tank += [tank] * len(wrong)
        false_ms += wrong.tolist()
    table = np.array(counted, np.float64).reshape(-1, 3)
    tanks, moments = np.array(false_tank, np.int64), np.array(false_ms, np.int64)
    return Ledger(
        table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2],
        false_by, years_by, tanks, moments, _explained(tanks, moments, causes, rain),
    )  # fmt: skip


def _by_tank(tank: Ints, size: int, *columns: Ints) -> list[tuple[Ints, ...]]:
    order = np.argsort(tank, kind="stable")
    bounds = np.searchsorted(tank[order], np.arange(size + 1))
    return [
        tuple(column[order[bounds[k] : bounds[k + 1]]] for column in columns) for k in range(size)
    ]


def _clipped(spans: tuple[Ints, ...], begin: int, end: int) -> tuple[Ints, Ints]:
    raised, cleared = spans
    cleared = np.minimum(np.where(cleared == NEVER, end, cleared), end)
    raised = np.maximum(raised, begin)
    keep = (raised <= end) & ((cleared > raised) | (cleared == raised) & (spans[0] >= begin))
    return raised[keep], cleared[keep]


def _windows(onset: Ints, cleared: Ints, end: int) -> NDArray[np.int64]:
    """Merged (from, to) of the events of one tank; one never cleared lasts to the end."""
    last = np.where(cleared == NEVER, end, cleared) + AFTER_MS
    merged: list[list[int]] = []
    for a, b in sorted(zip(onset.tolist(), last.tolist(), strict=True)):
        if merged and a <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], b)
        else:
            merged.append([a, b])
    return np.array(merged, np.int64).reshape(-1, 2)


def _leads(
    tank: int, raised: Ints, cleared: Ints, onset: Ints, overflow: Ints, place: Ints,
    begin: int, end: int,
) -> list[tuple[int, int, float]]:  # fmt: skip
    found = []
    for a, b, number in zip(onset.tolist(), overflow.tolist(), place.tolist(), strict=True):
        if b == NEVER or a < begin or b > end:
            continue
        hits = (raised < b) & (cleared >= a)
        first = max(int(raised[hits].min()), a) if hits.any() else b
        found.append((number, tank, (b - first) / HOUR_MS))
    return found


def _moments(raised: Ints, cleared: Ints) -> Ints:
    """When each alarm is counted: when raised, and every 24 h while it stands.

    >>> _moments(np.array([0]), np.array([2 * 86_400_000 + 5])).tolist()
    [0, 86400000, 172800000]
    """
    times = 1 + np.maximum(cleared - raised - 1, 0) // DAY_MS
    number = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    return np.asarray(np.repeat(raised, times) + number * DAY_MS)


def _outside(moments: Ints, windows: NDArray[np.int64]) -> Ints:
    if len(windows) == 0:
        return moments
    place = np.searchsorted(windows[:, 0], moments, side="right") - 1
    inside = (place >= 0) & (moments <= windows[np.maximum(place, 0), 1])
    return np.asarray(moments[~inside])


def _free_ms(windows: NDArray[np.int64], begin: int, end: int) -> int:
    inside = np.clip(windows, begin, end)
    return end - begin - int((inside[:, 1] - inside[:, 0]).sum())


def _explained(tank: Ints, moment: Ints, causes: Causes | None, rain: Rain | None) -> list[str]:
    """The likeliest cause of each false alarm: a known fault, rain, or unknown."""
    found = ["unknown"] * len(tank)
    if rain is not None and len(rain.at_ms):
        total = np.concatenate(([0.0], np.cumsum(rain.mm)))
        last = np.searchsorted(rain.at_ms, moment, side="right")
        first = np.searchsorted(rain.at_ms, moment - DAY_MS, side="right")
        wet = total[last] - total[first] >= WET_MM_24H
        found = ["rain" if one else "unknown" for one in wet.tolist()]
    if causes is None:
        return found
    rank = {name: k for k, name in enumerate(_CAUSE_ORDER)}
    for k, (one, at) in enumerate(zip(tank.tolist(), moment.tolist(), strict=True)):
        near = np.flatnonzero(
            (causes.tank == one) & (causes.from_ms <= at) & (causes.to_ms + LINGERS_MS >= at)
        )
        names = sorted((causes.cause[n] for n in near.tolist()), key=lambda c: rank.get(c, 99))
        found[k] = names[0] if names else found[k]
    return found
