"""Ranks trucks by when they can start, and says why each may or may not go."""

from __future__ import annotations

from qingshu.dispatch.rules.ranking import rank
from qingshu.dispatch.rules.shifts import plant_windows, shift_of

__all__ = ["plant_windows", "rank", "shift_of"]
