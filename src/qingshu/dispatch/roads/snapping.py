"""Finds the nearest road of many points at once, with a grid of straight pieces."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qingshu.dispatch.roads.model import Bools, Floats, Graph, Ints

CELL_M = 300.0
_METRES_PER_DEGREE = 111_195.0
_MAX_CELLS = 4_000_000
Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Snaps:
    """Nearest road per point: arrays of equal length; ``segment`` is -1 for none."""

    segment: Longs
    share: Floats
    offset_m: Floats
    x: Floats
    y: Floats


class SegmentIndex:
    """Straight pieces of the usable segments in a grid of square cells."""

    def __init__(self, graph: Graph, usable: Bools) -> None:
        self._lat0 = float(graph.node_lat.mean()) if graph.node_count else 0.0
        self._lon0 = float(graph.node_lon.mean()) if graph.node_count else 0.0
        self._x_scale = _METRES_PER_DEGREE * math.cos(math.radians(self._lat0))
        self._cut_pieces(graph, usable)
        self._fill_cells()

    def to_metres(self, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
        """Local metres east and north of the graph's centre."""
        return (lon - self._lon0) * self._x_scale, (lat - self._lat0) * _METRES_PER_DEGREE

    def to_degrees(self, x: float, y: float) -> tuple[float, float]:
        """``(lat, lon)`` of local metres."""
        return self._lat0 + y / _METRES_PER_DEGREE, self._lon0 + x / self._x_scale

    def nearest(self, lat: Floats, lon: Floats) -> Snaps:
        """The nearest road of each point, however far away it is."""
        x, y = self.to_metres(lat, lon)
        count = len(x)
        best = Snaps(
            np.full(count, -1, dtype=np.int64), np.zeros(count), np.full(count, np.inf),
            x.copy(), y.copy(),
        )  # fmt: skip
        if len(self._segment) == 0 or count == 0:
            return best
        self._keep_nearest(best, x, y, *self._candidates(x, y))
        # Only a hit nearer than one cell is surely the nearest: the rest is looked up whole.
        for i in np.flatnonzero(best.offset_m > self._cell_m):
            off, along = self._offsets(x[i], y[i], self._every)
            piece = int(np.argmin(off))
            self._keep(best, np.array([i]), np.array([piece]), off[[piece]], along[[piece]])
        return best

    def _cut_pieces(self, graph: Graph, usable: Bools) -> None:
        bends = np.diff(graph.bend_start)
        chosen = np.flatnonzero(usable)
        per = bends[chosen].astype(np.int64) + 2
        start = np.concatenate(([0], np.cumsum(per)))
        lat, lon = np.empty(start[-1]), np.empty(start[-1])
        first, last = start[:-1], start[1:] - 1
        for out, node, bend in (
            (lat, graph.node_lat, graph.bend_lat),
            (lon, graph.node_lon, graph.bend_lon),
        ):
            out[first] = node[graph.tail[chosen]]
            out[last] = node[graph.head[chosen]]
            inner = np.ones(len(out), dtype=bool)
            inner[first] = inner[last] = False
            out[inner] = bend[_ranges(graph.bend_start[chosen].astype(np.int64), bends[chosen])]
        x, y = self.to_metres(lat, lon)
        begins = np.ones(len(lat), dtype=bool)
        begins[last] = False
        at = np.flatnonzero(begins)
        self._x, self._y = x[at], y[at]
        self._dx, self._dy = x[at + 1] - x[at], y[at + 1] - y[at]
        self._length = np.hypot(self._dx, self._dy)
        self._per_square = 1.0 / np.maximum(self._length**2, 1e-9)
        self._segment = np.repeat(chosen, per - 1)
        owner = np.repeat(np.arange(len(chosen)), per - 1)
        run = np.cumsum(self._length) - self._length
        whole = np.bincount(owner, weights=self._length, minlength=len(chosen))
        piece_first = np.concatenate(([0], np.cumsum(per - 1)))[:-1]
        self._before = run - run[piece_first][owner] if len(owner) else run
        self._whole = whole[owner]
        self._every = slice(None)

    def _fill_cells(self) -> None:
        if len(self._segment) == 0:
            return
        low_x, high_x = _ordered(self._x, self._x + self._dx)
        low_y, high_y = _ordered(self._y, self._y + self._dy)
        self._west, self._south = float(low_x.min()), float(low_y.min())
        width, height = float(high_x.max()) - self._west, float(high_y.max()) - self._south
        self._cell_m = max(CELL_M, math.sqrt(width * height / _MAX_CELLS))
        self._columns = int(width / self._cell_m) + 1
        self._rows = int(height / self._cell_m) + 1
        c0, c1 = self._column(low_x), self._column(high_x)
        r0, r1 = self._row(low_y), self._row(high_y)
        wide, tall = c1 - c0 + 1, r1 - r0 + 1
        piece = np.repeat(np.arange(len(c0)), wide * tall)
        step = _ranges(np.zeros(len(c0), dtype=np.int64), wide * tall)
        cell = (r0[piece] + step // wide[piece]) * self._columns + c0[piece] + step % wide[piece]
        order = np.argsort(cell, kind="stable")
        self._pieces = piece[order]
        self._cell_start = np.searchsorted(cell[order], np.arange(self._columns * self._rows + 1))

    def _column(self, x: Floats) -> Longs:
        return np.clip((x - self._west) / self._cell_m, 0, self._columns - 1).astype(np.int64)

    def _row(self, y: Floats) -> Longs:
        return np.clip((y - self._south) / self._cell_m, 0, self._rows - 1).astype(np.int64)

    def _candidates(self, x: Floats, y: Floats) -> tuple[Longs, Longs]:
        column, row = self._column(x), self._row(y)
        left = np.maximum(column - 1, 0)
        right = np.minimum(column + 1, self._columns - 1)
        starts = np.empty((len(x), 3), dtype=np.int64)
        counts = np.empty((len(x), 3), dtype=np.int64)
        # Cells of one row lie side by side, so three ranges cover the nine cells.
        for i, step in enumerate((-1, 0, 1)):
            at = np.clip(row + step, 0, self._rows - 1) * self._columns
            inside = (row + step >= 0) & (row + step < self._rows)
            starts[:, i] = self._cell_start[at + left]
            counts[:, i] = np.where(inside, self._cell_start[at + right + 1] - starts[:, i], 0)
        per_point = counts.sum(axis=1)
        return np.cumsum(per_point) - per_point, self._pieces[
            _ranges(starts.ravel(), counts.ravel())
        ]

    def _offsets(
        self, x: Floats | float, y: Floats | float, pieces: Longs | slice
    ) -> tuple[Floats, Floats]:
        """Distance to each piece, and where along it (0 to 1) the nearest place is."""
        px, py = x - self._x[pieces], y - self._y[pieces]
        dx, dy = self._dx[pieces], self._dy[pieces]
        along = (px * dx + py * dy) * self._per_square[pieces]
        along = np.minimum(np.maximum(along, 0.0), 1.0)
        px -= along * dx
        py -= along * dy
        return np.sqrt(px * px + py * py), along

    def _keep_nearest(self, best: Snaps, x: Floats, y: Floats, start: Longs, pieces: Longs) -> None:
        """Of each point's run of candidates, beginning at ``start``, keep the nearest."""
        count = np.diff(np.append(start, len(pieces)))
        some = np.flatnonzero(count)
        if len(some) == 0:
            return
        points = np.repeat(np.arange(len(x)), count)
        off, along = self._offsets(x[points], y[points], pieces)
        least = np.minimum.reduceat(off, start[some])
        hits = np.flatnonzero(off == np.repeat(least, count[some]))
        # The first of equal candidates: the same answer on every machine.
        at = hits[np.searchsorted(points[hits], some)]
        self._keep(best, some, pieces[at], off[at], along[at])

    def _keep(self, best: Snaps, at: Longs, piece: Longs, off: Floats, along: Floats) -> None:
        best.segment[at] = self._segment[piece]
        best.offset_m[at] = off
        done = self._before[piece] + along * self._length[piece]
        best.share[at] = np.clip(done / np.maximum(self._whole[piece], 1e-9), 0.0, 1.0)
        best.x[at] = self._x[piece] + along * self._dx[piece]
        best.y[at] = self._y[piece] + along * self._dy[piece]


def _ranges(start: Longs, count: Longs | Ints) -> Longs:
    """The concatenation of ``range(start[i], start[i] + count[i])``."""
    total = int(count.sum())
    offset: Longs = np.cumsum(count, dtype=np.int64) - count.astype(np.int64)
    flat: Longs = np.arange(total, dtype=np.int64) + np.repeat(start - offset, count)
    return flat


def _ordered(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    return np.minimum(a, b), np.maximum(a, b)
