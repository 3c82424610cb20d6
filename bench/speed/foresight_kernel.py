"""Speed of the learned engine at 100,000 tanks: calm, and with two in a hundred suspicious.

As ``kernel``: one reading a tank and batch in random order, cut into shards. All tanks are
old enough to be judged by the model.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from qingshu.warn.engine.contract import Shape, Surroundings, split
from qingshu.warn.engine.foresight import Foresight

STEP_MS, START_MS, SHARDS, TANKS = 600_000, 1_795_000_000_000, 16, 100_000


def run(quick: bool) -> dict[str, Any]:
    """Measure; ``quick`` takes fewer batches of the same size."""
    batches = 12 if quick else 60
    calm, size = _measure(batches, every=0)
    busy, _ = _measure(batches, every=50)
    return {
        "scenario": "foresight-kernel-1: 100,000 tanks, 16 shards, random order",
        "figures": {
            "ns_per_reading_calm": calm,
            "ns_per_reading_2_pct_suspicious": busy,
            "bytes_per_tank": size,
        },
        "goals": {
            "ns_per_reading_calm": {"goal": "<= 150", "got": calm, "met": calm <= 150},
            "bytes_per_tank": {"goal": "<= 240", "got": size, "met": size <= 240},
        },
    }


def _measure(batches: int, every: int) -> tuple[float, int]:
    rng = np.random.default_rng(7)
    engine = Foresight()
    states = [engine.new_state() for _ in range(SHARDS)]
    limits = [
        engine.limits([Shape(t, 1.5, 2.0) for t in range(s, TANKS, SHARDS)], SHARDS)
        for s in range(SHARDS)
    ]
    usual, one, took = 1.5 + 0.02 * rng.random(TANKS), np.ones(TANKS, np.uint8), []
    for number in range(batches):
        order = rng.permutation(TANKS)
        rising = (order % every == 0) if every else np.zeros(TANKS, bool)
        level = usual[order] + 0.002 * rng.standard_normal(TANKS)
        level += np.where(rising, 0.02 * max(number - 4, 0), 0.0)
        at = np.full(TANKS, START_MS + number * STEP_MS)
        begun = time.perf_counter()
        for shard, rows in split(order, one, at, level, 0 * one, SHARDS):
            engine.advance(states[shard], rows, limits[shard], Surroundings(), int(at[0]))
        took.append(time.perf_counter() - begun)
        if number == 0:
            for state in states:
                state.columns["first"] -= np.uint32(40 * 86_400)
    return round(float(np.median(took[5:])) / TANKS * 1e9, 1), states[0].bytes_per_tank
