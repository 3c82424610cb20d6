"""Engines that turn readings into alarm transitions, and the observer that runs one."""

from qingshu.warn.engine.contract import Engine
from qingshu.warn.engine.first_rule import FirstRule
from qingshu.warn.engine.observer import WarnEngine

__all__ = ["Engine", "FirstRule", "WarnEngine"]
