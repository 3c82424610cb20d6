"""Worlds for training, calibrating and testing early warning. Everything is simulated."""

from qingshu.twin.worlds.scenarios import SCENARIOS, SHIFTED, Scenario
from qingshu.twin.worlds.world import Cause, Readings, Station, Truth, World, make

__all__ = [
    "SCENARIOS",
    "SHIFTED",
    "Cause",
    "Readings",
    "Scenario",
    "Station",
    "Truth",
    "World",
    "make",
]
