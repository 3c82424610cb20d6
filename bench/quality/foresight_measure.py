"""The learned engine on worlds it was not made from. SIMULATED figures.

``python -m bench.quality.foresight_measure --scenario test --seed 1`` plays one world with the
frozen model and the frozen bar, and the first rule beside it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np

from bench.quality.foresight_play import Heap, Labels, alarms, label, play, score
from qingshu.twin.worlds import World, make
from qingshu.warn.engine.contract import Engine
from qingshu.warn.engine.first_rule import FirstRule
from qingshu.warn.engine.foresight import Foresight
from qingshu.warn.engine.foresight.artefact import Learned, shipped
from qingshu.warn.params import WarnParams

MOST_ROWS = 150_000


def forecasts(learned: Learned, rows: np.ndarray, truth: Labels) -> dict[str, float]:
    """Brier skill and calibration within 24 h; cover of the 80 % interval by event."""
    chance = learned.probability(rows[truth.known], 24)
    happened = (truth.hours[truth.known] <= 24) * 1.0
    rate = happened.mean()
    brier, climate = ((chance - happened) ** 2).mean(), rate * (1 - rate)
    bins = np.minimum((chance * 20).astype(int), 19)
    gap = sum(
        abs(chance[bins == b].mean() - happened[bins == b].mean()) * (bins == b).mean()
        for b in range(20)
        if (bins == b).any()
    )
    mine = (truth.event >= 0) & (truth.hours > 0) & (truth.hours <= 72)
    left, hours, event = learned.left(rows[mine]), truth.hours[mine], truth.event[mine]
    inside = (hours >= left[:, 0]) & (hours <= left[:, 2])
    counts = np.bincount(event)
    cover = np.bincount(event, inside)[counts > 0] / counts[counts > 0]
    near = hours < 12
    off = np.abs(left[near, 1] - hours[near])
    return {
        "base_rate_24h": round(float(rate), 4),
        "brier_skill_24h": round(float(1 - brier / climate), 3),
        "ece_24h": round(float(gap), 4),
        "cover_80_by_event": round(float(cover.mean()), 3),
        "tto_abs_error_h_median_under_12h": round(float(np.median(off)), 2),
        "tto_abs_error_h_mean_under_12h": round(float(off.mean()), 2),
    }


def one(world: World, engine: Engine) -> dict[str, Any]:
    """Alarms of one engine, scored from each grade up."""
    said, end = play(world, engine), int(world.base_ms[-1])
    names = {1: "any", 2: "yellow_or_worse", 3: "orange_or_worse", 4: "red"}
    return {name: score(world, alarms(said, end, least)) for least, name in names.items()}


def measure(world: World, learned: Learned, budget: float, *, first: bool) -> dict[str, Any]:
    """Everything about one world."""
    heap = Heap([])
    params = replace(WarnParams(), alarm_budget=budget)
    found = {"foresight": one(world, Foresight(params, learned, heap))}
    rows = heap.joined()
    found["forecasts"] = forecasts(learned, rows.rows, label(world, rows.tank, rows.measured_ms))
    if first:
        found["first_rule"] = one(world, FirstRule())
    return found


@click.command()
@click.option("--scenario", default="test")
@click.option("--seed", default=1)
@click.option("--tanks", default=400)
@click.option("--days", default=150)
@click.option("--budget", default=0.1)
@click.option("--first/--no-first", default=True)
@click.option("--model", type=click.Path(exists=True, path_type=Path))
def main(
    scenario: str, seed: int, tanks: int, days: int, budget: float, first: bool, model: Path | None
) -> None:  # fmt: skip
    """Play and print JSON."""
    learned = Learned.from_bytes(model.read_bytes()) if model else shipped()
    world = make(scenario, seed, tanks, days)
    click.echo(json.dumps(measure(world, learned, budget, first=first), indent=1))


if __name__ == "__main__":
    main()
