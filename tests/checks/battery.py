"""Finds every engine and offers the scenes that each of them must pass."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import numpy as np

import qingshu.warn.engine as engines
from qingshu.warn.engine.contract import Rows

METHODS = ("new_state", "load_state", "limits", "advance", "severity")


def every_engine() -> list[type[Any]]:
    """All classes of the engine folder that offer what an engine must offer."""
    found = set()
    for module in pkgutil.walk_packages(engines.__path__, engines.__name__ + "."):
        for _, cls in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            complete = all(callable(getattr(cls, method, None)) for method in METHODS)
            own = cls.__module__ == module.name and not getattr(cls, "_is_protocol", False)
            if complete and own:
                found.add(cls)
    return sorted(found, key=lambda cls: cls.__name__)


def town(tanks: int = 40, hours: int = 40, seed: int = 4) -> Rows:
    """Interleaved readings of many tanks: uneven steps, some rising, gas and lids between."""
    rng = np.random.default_rng(seed)
    parts = []
    for tank in range(1, tanks + 1):
        steps = rng.choice([120, 600, 900, 1800, 3600], size=hours * 4)
        at = 1_795_500_000_000 + np.cumsum(steps) * 1000
        at = at[at < at[0] + hours * 3_600_000]
        level = 1.52 + 0.005 * rng.standard_normal(len(at))
        if tank % 5 == 0:
            level += np.linspace(0, 0.6, len(at)) ** 2
        quantity = np.where(rng.random(len(at)) < 0.1, rng.choice([2, 3, 4, 5, 6], len(at)), 1)
        value = np.where(quantity == 1, level, rng.random(len(at)) * 40)
        quality = np.where(rng.random(len(at)) < 0.05, rng.choice([1, 4, 8, 32], len(at)), 0)
        parts.append((np.full(len(at), tank), quantity, at, value, quality))
    tank_, quantity, at, value, quality = (np.concatenate(c) for c in zip(*parts, strict=True))
    order = np.argsort(at, kind="stable")
    return Rows(
        tank_[order],
        tank_[order],
        quantity[order].astype(np.uint8),
        at[order],
        value[order],
        quality[order].astype(np.uint8),
    )
