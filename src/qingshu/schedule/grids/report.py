"""What a partition is worth: loads, the imbalance nothing removes, crews, one move."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Any

from qingshu.schedule.grids.model import GridsNotPossible, Town
from qingshu.schedule.grids.partition import components


def floor_of(loads: Sequence[float], count: int) -> float:
    """The largest deviation from the mean that no partition into ``count`` can avoid.

    A grid holds at least the largest office. With many grids some hold one office only:
    of ``m`` offices in ``n`` grids at least ``2n - m``, so the smallest grid is at most
    the ``2n - m``-th largest office. In the unit of the loads.

    >>> floor_of([90.0, 10.0, 10.0, 10.0], 2), floor_of([30.0, 30.0, 30.0, 10.0], 4)
    (30.0, 15.0)
    """
    mean = sum(loads) / count
    alone = 2 * count - len(loads)
    largest = sorted(loads, reverse=True)
    above = largest[0] - mean
    below = mean - largest[alone - 1] if 1 <= alone <= len(largest) else 0.0
    return max(above, below, 0.0)


def crews_for(loads: Sequence[float], crews: int) -> list[int]:
    """Crews per grid so that the busiest crew has as little as can be; each grid gets one.

    >>> crews_for([30.0, 10.0], 4)
    [3, 1]
    """
    if crews < len(loads):
        msg = f"Expected at least one crew a grid, got {crews} for {len(loads)} grids."
        raise GridsNotPossible(msg, crews=crews)
    given = [1] * len(loads)
    queue = [(-load, k) for k, load in enumerate(loads)]
    heapq.heapify(queue)
    for _ in range(crews - len(loads)):
        _, k = heapq.heappop(queue)
        given[k] += 1
        heapq.heappush(queue, (-loads[k] / given[k], k))
    return given


def describe(town: Town, grid_of: Sequence[str], crews: int | None = None) -> dict[str, Any]:
    """Loads, deviations, whether each grid is in one piece, and crews where asked for."""
    names = sorted(set(grid_of), key=_by_number)
    members = {name: [i for i, g in enumerate(grid_of) if g == name] for name in names}
    loads = [sum(town.offices[i].load for i in members[name]) for name in names]
    mean = sum(loads) / len(loads)
    given = None if crews is None else crews_for(loads, crews)
    worst = max(abs(load - mean) for load in loads)
    floor = floor_of([office.load for office in town.offices], len(names))
    largest = max(town.offices, key=lambda office: office.load)
    grids = [
        {
            "grid": name, "offices": [town.offices[i].code for i in members[name]],
            "names": [town.offices[i].name for i in members[name]], "load": round(load, 3),
            "deviation": round(load / mean - 1.0, 4),
            "contiguous": len(components(town, set(members[name]))) == 1,
            **({} if given is None else {
                "crews": given[k], "load_per_crew": round(load / given[k], 3)}),
        }
        for k, (name, load) in enumerate(zip(names, loads, strict=True))
    ]  # fmt: skip
    found: dict[str, Any] = {
        "grids": grids, "mean_load": round(mean, 3),
        "largest_deviation": round(worst / mean, 4),
        "unavoidable_deviation": round(floor / mean, 4),
        "unavoidable_because_zh": f"{largest.name}一处负荷即为均值的 {largest.load / mean:.0%}",
        "unavoidable_because_en": f"{largest.name} alone is {largest.load / mean:.0%} of the mean",
    }  # fmt: skip
    if given is not None:
        per_crew = [load / k for load, k in zip(loads, given, strict=True)]
        even = sum(loads) / sum(given)
        found["crews"] = sum(given)
        found["largest_deviation_per_crew"] = round(max(abs(p - even) for p in per_crew) / even, 4)
    return found


def moved(town: Town, grid_of: Sequence[str], office: str, grid: str) -> list[str]:
    """The partition after one office went to another grid."""
    codes = [one.code for one in town.offices]
    if office not in codes:
        msg = f"Expected an office of the file to move, got {office!r}."
        raise GridsNotPossible(msg, move=office)
    if grid not in grid_of:
        msg = f"Expected a grid of the design, got {grid!r}. There are {', '.join(set(grid_of))}."
        raise GridsNotPossible(msg, move=grid)
    after = list(grid_of)
    after[codes.index(office)] = grid
    if len(set(after)) < len(set(grid_of)):
        msg = f"Expected a grid to keep an office, {office} is the last of its own."
        raise GridsNotPossible(msg, move=office)
    return after


def _by_number(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdigit() else (10**9, name)
