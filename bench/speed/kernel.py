"""Speed of the tank kernel: nanoseconds a reading at 100,000 tanks, bytes a tank.

The scenario gives every tank one reading a batch in random order, cuts the batch into
shards and advances each; cutting is part of the figure.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from qingshu.warn.engine.contract import Shape, Surroundings, split
from qingshu.warn.engine.first_rule import FirstRule

STEP_MS = 600_000
START_MS = 1_795_000_000_000


def run(quick: bool) -> dict[str, Any]:
    """Measure; ``quick`` takes fewer batches of the same size."""
    tanks, shards, batches = 100_000, 16, 12 if quick else 60
    rng = np.random.default_rng(7)
    engine = FirstRule()
    states = [engine.new_state() for _ in range(shards)]
    limits = [
        engine.limits([Shape(t, 1.5, 2.0) for t in range(s, tanks, shards)], shards)
        for s in range(shards)
    ]
    usual = 1.5 + 0.02 * rng.random(tanks)
    one = np.ones(tanks, np.uint8)
    took, moved = [], 0
    for number in range(batches):
        order = rng.permutation(tanks)
        # 2 % of the tanks rise, so that delays, grades and transitions are exercised.
        rise = np.where(order % 50 == 0, 0.02 * number, 0.0)
        level = usual[order] + 0.004 * rng.standard_normal(tanks) + rise
        at = np.full(tanks, START_MS + number * STEP_MS)
        now = int(at[0])
        begun = time.perf_counter()
        for shard, rows in split(order, one, at, level, 0 * one, shards):
            moved += len(engine.advance(states[shard], rows, limits[shard], Surroundings(), now))
        took.append(time.perf_counter() - begun)
    ns = float(np.median(took[2:])) / tanks * 1e9
    size = states[0].bytes_per_tank
    blob = states[0].to_bytes()
    begun = time.perf_counter()
    engine.load_state(blob)
    loaded = time.perf_counter() - begun
    return {
        "scenario": "kernel-1: 100,000 tanks, 16 shards, one reading each in random order",
        "figures": {
            "ns_per_reading": round(ns, 1),
            "ns_per_reading_p90": round(float(np.quantile(took[2:], 0.9)) / tanks * 1e9, 1),
            "bytes_per_tank": size,
            "transitions": moved,
            "batches": batches,
            "load_shard_ms": round(loaded * 1000, 2),
        },
        "goals": {
            "ns_per_reading": {"goal": "<= 150", "got": round(ns, 1), "met": ns <= 150},
            "bytes_per_tank": {"goal": "<= 240", "got": size, "met": size <= 240},
        },
    }
