"""The engines that can be played, by name, with what each offers beyond its alarms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qingshu.kernel.errors import InvalidInput
from qingshu.warn.backtest.errors import EngineUnknown
from qingshu.warn.backtest.model import Floats, Heard, Tap
from qingshu.warn.engine.contract import Engine
from qingshu.warn.engine.first_rule import FirstRule
from qingshu.warn.params import WarnParams

ENGINES = ("first", "foresight")


@dataclass(frozen=True, slots=True)
class Player:
    """An engine ready to be played, and its tap where it has one."""

    engine: Engine
    tap: Tap | None
    params: WarnParams


def make(name: str, budget: float, params: WarnParams | None = None) -> Player:
    """An engine that accepts ``budget`` false alarms a tank-year, (0, 365].

    The first rule knows no budget. Raises :class:`EngineUnknown`.
    """
    if not 0 < budget <= 365:
        msg = f"Expected a budget in (0, 365] false alarms a tank-year, got {budget}."
        raise InvalidInput(msg, budget=budget)
    params = params or WarnParams()
    if name == "first":
        return Player(FirstRule(params), None, params)
    if name != "foresight":
        msg = f"Expected one of {', '.join(ENGINES)}, got {name!r}."
        raise EngineUnknown(msg, engine=name)
    from qingshu.warn.engine.foresight import Foresight

    params = replace(params, alarm_budget=budget)
    tap = _ForesightTap()
    engine = Foresight(params, listener=tap)
    tap.engine = engine
    return Player(engine, tap, params)


class _ForesightTap:
    """Listens to the learned engine and works its forecasts out of what it scored."""

    def __init__(self) -> None:
        self.engine: Any = None
        self.heard: list[Heard] = []

    def __call__(self, scored: Any) -> None:
        """One scored step; called by the engine."""
        self.heard.append(
            Heard(scored.tank, scored.measured_ms, scored.score + scored.urgent, scored.rows)
        )

    def drain(self) -> list[Heard]:
        """What was scored since the last call."""
        found, self.heard = self.heard, []
        return found

    def forecasts(self, made: NDArray[Any]) -> dict[str, Floats]:
        """Probabilities that never fall with the horizon, and ordered quantiles."""
        learned = self.engine.learned
        found: dict[str, Floats] = {}
        before: Floats = np.zeros(len(made))
        for hours in (2, 6, 24, 72):
            before = np.maximum(learned.probability(made, hours), before)
            found[f"p{hours}"] = before
        left = learned.left(made)
        for k, quantile in enumerate((10, 50, 90)):
            found[f"tto_p{quantile}_h"] = left[:, k]
        return found
