"""The largest part of a road graph within which every place reaches every other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qingshu.dispatch.roads.model import Bools

Longs = NDArray[np.int64]


def main_part(node_count: int, tail: Longs, head: Longs) -> Bools:
    """Which nodes belong to the largest strongly connected part.

    A seed's part is what it reaches and what reaches it. Seeds are taken from the
    best-connected nodes not yet placed, until what is left is smaller than the best part.

    >>> main_part(4, np.array([0, 1, 2, 2]), np.array([1, 2, 0, 3])).tolist()
    [True, True, True, False]
    """
    best = np.zeros(node_count, dtype=bool)
    open_nodes = np.ones(node_count, dtype=bool)
    degree = np.bincount(tail, minlength=node_count) + np.bincount(head, minlength=node_count)
    ahead, back = _neighbours(node_count, tail, head), _neighbours(node_count, head, tail)
    while int(open_nodes.sum()) > int(best.sum()):
        seed = int(np.argmax(np.where(open_nodes, degree, -1)))
        part = _reached(node_count, *ahead, seed) & _reached(node_count, *back, seed)
        if part.sum() > best.sum():
            best = part
        open_nodes &= ~part
    return best


def _neighbours(node_count: int, tail: Longs, head: Longs) -> tuple[Longs, Longs]:
    order = np.argsort(tail, kind="stable")
    start = np.searchsorted(tail[order], np.arange(node_count + 1))
    return start.astype(np.int64), head[order].astype(np.int64)


def _reached(node_count: int, start: Longs, head: Longs, seed: int) -> Bools:
    seen = np.zeros(node_count, dtype=bool)
    seen[seed] = True
    front = np.array([seed], dtype=np.int64)
    while len(front):
        count = start[front + 1] - start[front]
        offset = np.cumsum(count) - count
        at = np.arange(int(count.sum())) + np.repeat(start[front] - offset, count)
        found = np.unique(head[at])
        front = found[~seen[found]]
        seen[front] = True
    return seen
