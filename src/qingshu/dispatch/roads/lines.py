"""Cutting and thinning lines of ``(lon, lat)``."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

Place = tuple[float, float]
_METRES_PER_DEGREE = 111_195.0


def cut_line(line: Sequence[Place], begin: float, end: float) -> list[Place]:
    """The part of a line between two shares of its length, turned when ``end < begin``.

    >>> cut_line([(0.0, 0.0), (0.0, 1.0), (0.0, 2.0)], 0.75, 0.25)
    [(0.0, 1.5), (0.0, 1.0), (0.0, 0.5)]
    """
    if end < begin:
        return cut_line(line, end, begin)[::-1]
    if begin <= 0.0 and end >= 1.0:
        return list(line)
    squeeze = math.cos(math.radians(line[0][1]))
    steps = [math.hypot((b[0] - a[0]) * squeeze, b[1] - a[1]) for a, b in itertools.pairwise(line)]
    whole = sum(steps) or 1.0
    result: list[Place] = []
    run = 0.0
    for (a, b), step in zip(itertools.pairwise(line), steps, strict=True):
        low, high = run / whole, (run + step) / whole
        if high >= begin and low <= end and step > 0:
            for share in (max(begin, low), min(end, high)):
                at = (share - low) / (high - low)
                place = (a[0] + at * (b[0] - a[0]), a[1] + at * (b[1] - a[1]))
                if not result or place != result[-1]:
                    result.append(place)
        run += step
    return result if len(result) > 1 else [line[0], line[0]]


def thin_line(line: Sequence[Place], tolerance_m: float) -> list[Place]:
    """Leave out bends that lie within ``tolerance_m`` of the line without them.

    Douglas and Peucker's method.

    >>> thin_line([(117.0, 36.0), (117.001, 36.000001), (117.002, 36.0)], 2.0)
    [(117.0, 36.0), (117.002, 36.0)]
    """
    if len(line) < 3:
        return list(line)
    keep = [False] * len(line)
    keep[0] = keep[-1] = True
    todo = [(0, len(line) - 1)]
    while todo:
        first, last = todo.pop()
        farthest, away = first, tolerance_m
        for i in range(first + 1, last):
            off = _off_m(line[i], line[first], line[last])
            if off > away:
                farthest, away = i, off
        if farthest != first:
            keep[farthest] = True
            todo += [(first, farthest), (farthest, last)]
    return [place for place, kept in zip(line, keep, strict=True) if kept]


def _off_m(p: Place, a: Place, b: Place) -> float:
    squeeze = math.cos(math.radians(a[1])) * _METRES_PER_DEGREE
    px, py = (p[0] - a[0]) * squeeze, (p[1] - a[1]) * _METRES_PER_DEGREE
    dx, dy = (b[0] - a[0]) * squeeze, (b[1] - a[1]) * _METRES_PER_DEGREE
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, (px * dx + py * dy) / length))
    return math.hypot(px - along * dx, py - along * dy)
