"""Ask for a year plan, make it, move its visits by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection

from qingshu.kernel.instants import local
from qingshu.runtime.db import Database, Tx
from qingshu.schedule import calendars, events
from qingshu.schedule.errors import PlanningUnderWay, YearPlanNotFound
from qingshu.schedule.model import Visit, YearPlan
from qingshu.schedule.params import YearParams
from qingshu.schedule.rules.visits import week_index
from qingshu.schedule.service.needs import Work, gather
from qingshu.schedule.store import plans
from qingshu.schedule.year.check import check
from qingshu.schedule.year.problem import YearNotPlannable
from qingshu.schedule.year.solve import Planned, solve

# A plan asked for longer ago than this and not ready has lost its process.
LOST_AFTER = timedelta(minutes=20)


def ask_plan(tx: Tx, year: int, from_week: int | None = None) -> YearPlan:
    """Ask for a new version of a year's plan; :func:`make_plan` makes it.

    Without ``from_week`` it starts after the frozen weeks: this week and the next ones of
    a year under way that has a plan, this week where it has none, week 1 of a year to come.

    Raises
    ------
    PlanningUnderWay
        One of this year is being made.
    YearNotPlannable
        The year is over, or the week is not in it.
    """
    waiting = plans.newest(tx.conn, year, "asked")
    if waiting is not None and tx.now - waiting.asked_at < LOST_AFTER:
        msg = f"Expected no plan of {year} in the making, version {waiting.version} is. Wait."
        raise PlanningUnderWay(msg, year=year)
    today = local(tx.now, tx.settings.station.zone).date()
    start = first_week(tx, year, today) if from_week is None else from_week
    weeks = len(calendars.weeks_of(year))
    if not 1 <= start <= weeks or week_index(today, calendars.weeks_of(year)) >= weeks:
        msg = f"Expected a week from 1 to {weeks} of a year not yet over, got {start} of {year}."
        raise YearNotPlannable(msg, year=year, from_week=start)
    made = plans.add_plan(tx, year, start)
    tx.emit(
        events.YearPlanAsked(subject_id=made.id, year=year, version=made.version, from_week=start)
    )
    return made


def first_week(tx: Tx, year: int, today: date) -> int:
    """The first ISO week a new plan may change."""
    now = week_index(today, calendars.weeks_of(year))
    if now < 0:
        return 1
    if plans.newest(tx.conn, year, "ready") is None:
        return now + 1
    params = tx.settings.room_params("year", YearParams)
    return min(now + params.freeze_weeks, len(calendars.weeks_of(year)) - 1) + 1


def make_plan(db: Database, plan_id: int, limit_s: float | None = None) -> YearPlan:
    """Make a plan that was asked for; takes about its limit in processor seconds.

    Raises
    ------
    YearPlanNotFound
        Nobody asked for it.
    """
    today = local(db.clock.now(), db.settings.station.zone).date()
    with db.read() as conn:
        plan = plan_of(conn, plan_id)
        work = gather(conn, db.settings, plan.year, today, plan.from_week)
    params = db.settings.room_params("year", YearParams)
    found = solve(work.case, params.limit_s if limit_s is None else limit_s)
    visits = [*work.frozen, *_visits(work, found)]
    figures = _figures(work, found)
    with db.write(plan.actor) as tx:
        plans.add_visits(tx, plan_id, visits)
        plans.end_plan(tx, plan_id, "ready", figures)
        tx.emit(
            events.YearPlanReady(
                subject_id=plan_id, year=plan.year, version=plan.version, visits=len(visits),
                gap=round(found.gap, 4),
            )
        )  # fmt: skip
        made = plans.plan(tx.conn, plan_id)
    assert made is not None
    return made


def plan_of(conn: Connection, plan_id: int) -> YearPlan:
    """One plan by id, whatever its state, or :class:`YearPlanNotFound`."""
    plan = plans.plan(conn, plan_id)
    if plan is None:
        msg = f"Expected a plan with id {plan_id}, found none."
        raise YearPlanNotFound(msg, plan_id=plan_id)
    return plan


def fail_plan(tx: Tx, plan_id: int, reason: str) -> None:
    """A plan could not be made; the version before stays in force."""
    plan = plans.plan(tx.conn, plan_id)
    if plan is None or plan.state != "asked":
        return
    plans.end_plan(tx, plan_id, "failed", {"reason": reason})
    tx.emit(events.YearPlanFailed(subject_id=plan_id, year=plan.year, reason=reason))


def move_visits(tx: Tx, year: int, tank_ids: Sequence[int], week: int, to_week: int) -> int:
    """Put visits of one week of the plan in force into another; how many moved."""
    plan = plans.newest(tx.conn, year, "ready")
    if plan is None:
        msg = f"Expected a ready plan of {year}, found none. Make one first."
        raise YearPlanNotFound(msg, year=year)
    weeks = len(calendars.weeks_of(year))
    if not (1 <= week <= weeks and 1 <= to_week <= weeks):
        msg = f"Expected weeks from 1 to {weeks}, got {week} and {to_week}."
        raise YearNotPlannable(msg, to_week=to_week)
    return plans.move(tx, plan.id, tank_ids, week, to_week)


def _visits(work: Work, found: Planned) -> list[Visit]:
    return [
        Visit(
            wanted.tank_id, work.grid_ids[wanted.grid], int(week) + 1, wanted.due_on,
            wanted.hours, wanted.volume_m3, wanted.reason,
        )
        for wanted, week in zip(work.wanted, found.week, strict=True)
    ]  # fmt: skip


def _figures(work: Work, found: Planned) -> dict[str, Any]:
    cost = found.cost
    late = np.maximum(found.week - work.case.due_week, 0) if work.case.visits else np.zeros(1)
    return {
        "visits": work.case.visits, "frozen_visits": len(work.frozen),
        "cost": round(cost.total, 1), "bound": round(found.bound, 1),
        "gap": round(found.gap, 4), "timing": round(cost.timing, 1),
        "over_hours_cost": round(cost.over_hours, 1), "over_m3_cost": round(cost.over_m3, 1),
        "level_cost": round(cost.level, 1), "variation": round(found.variation, 4),
        "unlevelled_cost": round(found.unlevelled.total, 1),
        "unlevelled_variation": round(found.unlevelled_variation, 4),
        "late_visits": int((late > 0).sum()), "broken_rules": check(work.case, found.week),
        "seconds": found.seconds, "grid_ids": work.grid_ids, **work.notes,
    }  # fmt: skip
