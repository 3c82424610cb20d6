"""Boosted trees, a logistic model and monotone maps, evaluated with NumPy alone.

Training needs LightGBM, running does not: a shipped forest is a few arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qingshu.warn.engine.contract import Array

BLOCK = 1024  # Rows judged together, to bound memory.


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees side by side; arrays are (tree, node), a leaf points to itself.

    A row goes left where its feature is at most the threshold.
    """

    feature: Array
    threshold: Array
    left: Array
    right: Array
    value: Array
    depth: int

    def raw(self, rows: Array) -> Array:
        """Sum of the leaves of every tree, float64, one a row."""
        if len(rows) <= BLOCK:
            return self._block(rows)
        parts = [self._block(rows[k : k + BLOCK]) for k in range(0, len(rows), BLOCK)]
        return np.concatenate(parts)

    def _block(self, rows: Array) -> Array:
        trees, nodes = self.feature.shape
        start = np.arange(trees) * nodes
        feature, threshold = self.feature.ravel(), self.threshold.ravel()
        left, right = self.left.ravel(), self.right.ravel()
        flat = np.ascontiguousarray(rows).ravel()
        at = np.arange(len(rows))[:, None] * rows.shape[1]
        node = np.zeros((len(rows), trees), np.int64)
        for _ in range(self.depth):
            place = node + start
            goes_left = flat[at + feature[place]] <= threshold[place]
            node = np.where(goes_left, left[place], right[place])
        found: Array = self.value.ravel()[node + start].astype(np.float64).sum(axis=1)
        return found

    def arrays(self, name: str) -> dict[str, Array]:
        """What is saved, under ``name``."""
        parts = ("feature", "threshold", "left", "right", "value")
        saved = {f"{name}.{part}": getattr(self, part) for part in parts}
        return {**saved, f"{name}.depth": np.array(self.depth)}

    @classmethod
    def load(cls, arrays: Mapping[str, Array], name: str) -> Forest:
        """The forest saved under ``name``."""
        return cls(
            arrays[f"{name}.feature"], arrays[f"{name}.threshold"], arrays[f"{name}.left"],
            arrays[f"{name}.right"], arrays[f"{name}.value"], int(arrays[f"{name}.depth"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Monotone:
    """A non-decreasing map through knots, flat outside them."""

    x: Array
    y: Array

    def __call__(self, values: Array) -> Array:
        """Mapped values, float64.

        >>> Monotone(np.array([0.0, 1.0]), np.array([0.1, 0.9]))(np.array([-5.0, 0.5])).tolist()
        [0.1, 0.5]
        """
        return np.asarray(np.interp(values, self.x, self.y), np.float64)


def isotonic(score: Array, happened: Array, weight: Array | None = None) -> Monotone:
    """Pool adjacent violators: the best non-decreasing probability of a score.

    >>> isotonic(np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0, 0.0])).y.tolist()
    [0.0, 0.5, 0.5]
    """
    order = np.argsort(score, kind="stable")
    score, happened = score[order].astype(np.float64), happened[order].astype(np.float64)
    weight = np.ones(len(score)) if weight is None else weight[order]
    blocks: list[list[float]] = []  # Sum, weight, lowest and highest score.
    for s, h, w in zip(score.tolist(), happened.tolist(), weight.tolist(), strict=True):
        blocks.append([h * w, w, s, s])
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
            total, much, _, high = blocks.pop()
            blocks[-1] = [blocks[-1][0] + total, blocks[-1][1] + much, blocks[-1][2], high]
    x = [edge for block in blocks for edge in ((block[2], block[3]) if block[3] > block[2]
                                               else (block[2],))]  # fmt: skip
    y = [block[0] / block[1] for block in blocks for _ in range(2 if block[3] > block[2] else 1)]
    return Monotone(np.array(x), np.array(y))


@dataclass(frozen=True, slots=True)
class Logistic:
    """Standardised, clipped features times weights: the fallback without trees."""

    middle: Array
    scale: Array
    weight: Array
    offset: float

    def raw(self, rows: Array) -> Array:
        """Log-odds, float64. No matrix product: the same bits for every batch size."""
        known = rows[:, : len(self.middle) // 2]
        part = np.clip((stretch(known) - self.middle) / self.scale, -6, 6) * self.weight
        return np.asarray(part.sum(axis=1) + self.offset, np.float64)


def stretch(rows: Array) -> Array:
    """The features and the logarithms of their sizes, float64."""
    wide = rows.astype(np.float64)
    return np.concatenate((wide, np.sign(wide) * np.log1p(20.0 * np.abs(wide))), axis=1)
