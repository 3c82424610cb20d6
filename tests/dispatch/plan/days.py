"""Small days drawn on paper, and random ones that a solver has to work on."""

from __future__ import annotations

import random
from typing import Any

Raw = dict[str, Any]


def line_day() -> Raw:
    """A street with a node every 100 s: yard 0, plant 1, tanks 2 to 5; two trucks.

    ``small`` holds 5 m3 and may go anywhere, ``large`` holds 12 and not into lanes.
    """
    nodes = 6
    return {
        "now": 32_400,
        "travel_s": [[100.0 * abs(a - b) for b in range(nodes)] for a in range(nodes)],
        "trucks": [
            truck("small", 5.0, "5"),
            truck("large", 12.0, "12"),
        ],
        "plants": [{"node": 1, "unload_s": 60, "open_s": [0, 20_000]}],
        "jobs": [job(f"J{n}", n) for n in (2, 3, 4, 5)],
    }


def truck(name: str, capacity_m3: float, truck_class: str, **fields: Any) -> Raw:
    """A truck in the yard with an empty tank and a long shift."""
    made = {
        "id": name, "node": 0, "yard_node": 0, "capacity_m3": capacity_m3, "load_m3": 0.0,
        "shift_end_s": 20_000, "class": truck_class,
    }  # fmt: skip
    return made | fields


def job(name: str, node: int, **fields: Any) -> Raw:
    """A planned job of 2 m3 and ten minutes, any time, any truck."""
    made = {
        "id": name, "node": node, "volume_m3": 2.0, "service_s": 600, "window_s": [0, 15_000],
        "kind": "planned", "prize": 6_000, "classes": [],
    }  # fmt: skip
    return made | fields


def random_day(seed: int, trucks: int = 6, jobs: int = 30) -> Raw:
    """A town of random places, 26 km/h as the crow flies, two plants, loads, windows, lanes."""
    rng = random.Random(seed)
    places = [(rng.uniform(0, 10), rng.uniform(0, 10)) for _ in range(3 + trucks + jobs)]
    travel_s = [
        [round(((x - u) ** 2 + (y - v) ** 2) ** 0.5 / 26 * 3600, 1) for u, v in places]
        for x, y in places
    ]
    sizes = [rng.choice([5.0, 8.0, 12.0]) for _ in range(trucks)]
    return {
        "now": 0,
        "travel_s": travel_s,
        "trucks": [
            truck(
                f"T{i}", size, f"{size:g}", node=3 + i, yard_node=2,
                load_m3=size * rng.choice([0, 0, 0.4, 0.8]), shift_end_s=rng.choice([18e3, 28e3]),
                free_s=rng.choice([0, 0, 900]),
            )
            for i, size in enumerate(sizes)
        ],
        "plants": [{"node": k, "unload_s": 720, "open_s": [0, 28_000]} for k in range(2)],
        "jobs": [_random_job(rng, i, 3 + trucks + i) for i in range(jobs)],
    }  # fmt: skip


def _random_job(rng: random.Random, index: int, node: int) -> Raw:
    kind = rng.choices(["emergency", "overdue", "planned"], [1, 4, 11])[0]
    begin = rng.uniform(0, 20_000)
    window = [0, 5_400] if kind == "emergency" else [begin, begin + 9_000]
    prize = {"emergency": 100_000, "overdue": 20_000, "planned": 6_000}[kind]
    return job(
        f"J{index}", node, volume_m3=round(rng.uniform(1, 5), 1), window_s=window, kind=kind,
        prize=prize, classes=["5", "8"] if rng.random() < 0.15 else [],
    )  # fmt: skip
