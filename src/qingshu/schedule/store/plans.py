"""Year plans and their visits in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from qingshu.kernel.instants import from_ms, to_ms
from qingshu.runtime.db import Tx
from qingshu.schedule.model import Reason, Visit, YearPlan
from qingshu.schedule.tables import year_plan, year_visit


def add_plan(tx: Tx, year: int, from_week: int) -> YearPlan:
    """A new version that waits to be made."""
    newest = select(func.max(year_plan.c.version)).where(year_plan.c.year == year)
    version = int(tx.conn.execute(newest).scalar() or 0) + 1
    row = {
        "year": year, "version": version, "state": "asked", "from_week": from_week,
        "asked_ms": to_ms(tx.now), "actor": tx.actor, "figures": "{}",
    }  # fmt: skip
    made = tx.conn.execute(insert(year_plan).values(**row)).inserted_primary_key
    assert made is not None
    return YearPlan(int(made[0]), year, version, "asked", from_week, tx.now, None, tx.actor, {})


def end_plan(tx: Tx, plan_id: int, state: str, figures: dict[str, Any]) -> None:
    """A plan became ready or failed."""
    text = msgspec.json.encode(figures).decode()
    chosen = update(year_plan).where(year_plan.c.id == plan_id)
    tx.conn.execute(chosen.values(state=state, ready_ms=to_ms(tx.now), figures=text))


def plan(conn: Connection, plan_id: int) -> YearPlan | None:
    """One plan."""
    row = conn.execute(select(year_plan).where(year_plan.c.id == plan_id)).first()
    return None if row is None else _plan(row)


def newest(conn: Connection, year: int, state: str | None = None) -> YearPlan | None:
    """The newest version of a year, of one state where given."""
    chosen = select(year_plan).where(year_plan.c.year == year)
    if state is not None:
        chosen = chosen.where(year_plan.c.state == state)
    row = conn.execute(chosen.order_by(year_plan.c.version.desc()).limit(1)).first()
    return None if row is None else _plan(row)


def _plan(row: Any) -> YearPlan:
    ready = None if row.ready_ms is None else from_ms(row.ready_ms)
    return YearPlan(
        row.id, row.year, row.version, row.state, row.from_week, from_ms(row.asked_ms), ready,
        row.actor, msgspec.json.decode(row.figures),
    )  # fmt: skip


def add_visits(tx: Tx, plan_id: int, visits: Iterable[Visit]) -> None:
    """Keep a plan's visits."""
    rows = [
        {
            "plan_id": plan_id, "tank_id": v.tank_id, "week": v.week, "grid_id": v.grid_id,
            "due_on": v.due_on, "hours": v.hours, "volume_m3": v.volume_m3,
            "reason": v.reason.value,
        }
        for v in visits
    ]  # fmt: skip
    if rows:
        tx.conn.execute(insert(year_visit), rows)


def visits(
    conn: Connection, plan_id: int, *, grid_id: int | None = None, week: int | None = None
) -> list[Visit]:
    """A plan's visits by week, of one grid or week where given."""
    chosen = select(year_visit).where(year_visit.c.plan_id == plan_id)
    if grid_id is not None:
        chosen = chosen.where(year_visit.c.grid_id == grid_id)
    if week is not None:
        chosen = chosen.where(year_visit.c.week == week)
    rows = conn.execute(chosen.order_by(year_visit.c.week, year_visit.c.tank_id))
    return [
        Visit(r.tank_id, r.grid_id, r.week, r.due_on, r.hours, r.volume_m3, Reason(r.reason))
        for r in rows
    ]


def move(tx: Tx, plan_id: int, tank_ids: Sequence[int], week: int, to_week: int) -> int:
    """Put visits of one week into another; how many moved."""
    there = select(year_visit.c.tank_id).where(
        year_visit.c.plan_id == plan_id, year_visit.c.week == to_week
    )
    chosen = update(year_visit).where(
        year_visit.c.plan_id == plan_id,
        year_visit.c.week == week,
        year_visit.c.tank_id.in_(list(tank_ids)),
        year_visit.c.tank_id.not_in(there.scalar_subquery()),
    )
    return int(tx.conn.execute(chosen.values(week=to_week)).rowcount)
