"""The learned engine: a cheap filter on every reading, trees on the suspicious ones."""

from qingshu.warn.engine.foresight.engine import Foresight

__all__ = ["Foresight"]
