"""Grid design on a SIMULATED town of 33 offices: largest deviation for N = 28, 12, 8, 5."""

from __future__ import annotations

from typing import Any

import numpy as np

from qingshu.schedule.grids.model import Office, Town
from qingshu.schedule.grids.offices import by_centroids
from qingshu.schedule.grids.partition import design
from qingshu.schedule.grids.report import describe

OFFICES, WIDE_KM, HIGH_KM = 33, 18.0, 14.0


def build(seed: int = 9) -> Town:
    """Offices about a town with lognormal loads."""
    rng = np.random.default_rng(seed)
    offices = [
        Office(f"O{k}", f"O{k}", float(rng.lognormal(6.2, 0.45)), float(rng.uniform(0, WIDE_KM)),
               float(rng.uniform(0, HIGH_KM)))
        for k in range(OFFICES)
    ]  # fmt: skip
    return Town(tuple(offices), by_centroids(offices), "centroids")


def run(quick: bool) -> dict[str, Any]:
    """Each N within seconds; contiguity is checked again on the answer."""
    town = build()
    seconds = 4.0 if quick else 15.0
    figures: dict[str, Any] = {}
    pieces, excess = True, 0.0
    for count in (28, 12, 8, 5):
        found = design(town, count, seconds)
        told = describe(town, [str(g) for g in found.grid_of], crews=60)
        pieces &= all(grid["contiguous"] for grid in told["grids"])
        excess = max(excess, told["largest_deviation"] - told["unavoidable_deviation"])
        figures[f"n{count}"] = {
            "largest_deviation": told["largest_deviation"],
            "unavoidable": told["unavoidable_deviation"],
            "per_crew_of_60": told["largest_deviation_per_crew"],
            "proven": found.proven, "cost": found.cost, "bound": found.bound,
            "seconds": found.seconds,
        }  # fmt: skip
    return {
        "scenario": f"SIMULATED: {OFFICES} offices, {WIDE_KM:g} x {HIGH_KM:g} km, {seconds:g} s",
        "figures": figures,
        "goals": {
            "contiguous": {"goal": True, "got": pieces, "met": pieces},
            "above_unavoidable": {"goal": 0.15, "got": round(excess, 4), "met": excess <= 0.15},
        },
    }
