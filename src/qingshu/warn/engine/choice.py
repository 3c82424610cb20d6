"""Which engine a station runs: ``[params.warn] engine = "first" | "foresight"``."""

from __future__ import annotations

from qingshu.warn.engine.contract import Engine
from qingshu.warn.engine.first_rule import FirstRule
from qingshu.warn.params import WarnParams


def engine_of(params: WarnParams) -> Engine:
    """The engine that the parameters name; the learned one reads its model only then."""
    if params.engine == "foresight":
        from qingshu.warn.engine.foresight import Foresight

        return Foresight(params)
    return FirstRule(params)
