"""The alarm budget as it stands: what the station accepts and what its stream costs now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from qingshu.warn import store
from qingshu.warn.params import WarnParams


@dataclass(frozen=True, slots=True)
class BudgetState:
    """False alarms a tank-year: accepted, and the running estimate with a 95 % interval.

    ``estimate`` is None while the engine keeps no estimate (the first rule) or has watched
    nothing yet. ``tank_years`` is how much was watched.
    """

    engine: str
    accepted: float
    estimate: float | None
    low: float | None
    high: float | None
    tank_years: float


def alarm_budget(conn: Connection, params: WarnParams) -> BudgetState:
    """Read from the last checkpoint, all shards and sensor models together."""
    none = BudgetState(params.engine, params.alarm_budget, None, None, None, 0.0)
    if params.engine != "foresight":
        return none
    from qingshu.warn.engine.foresight import Foresight

    engine = Foresight(params)
    rows = [
        row for row in store.shards(conn)
        if row.engine == engine.name and row.shard != store.SEEN_SHARD
    ]  # fmt: skip
    found = engine.running_of([engine.load_state(bytes(row.body)) for row in rows])
    if found.tank_years <= 0:
        return none
    return BudgetState(
        params.engine, params.alarm_budget, found.estimate, found.low, found.high,
        found.tank_years,
    )  # fmt: skip
