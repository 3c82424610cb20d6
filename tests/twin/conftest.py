"""A small city, built once."""

from __future__ import annotations

import pytest

from qingshu.twin.params import WorldParams
from qingshu.twin.world import World, build


@pytest.fixture(scope="session")
def small() -> World:
    """300 tanks, 90 sensors, 10 trucks, seed 7."""
    return build(WorldParams(seed=7, tanks=300, sensors=90, trucks=10))
