"""The year plan as a screen shows it: by grid and week, with what was done and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from qingshu.kernel.instants import iso
from qingshu.registry import store as registry
from qingshu.schedule import calendars, store
from qingshu.schedule.errors import YearPlanNotFound
from qingshu.schedule.model import REASON_WORDS, Visit, YearPlan
from qingshu.schedule.rules.visits import week_index
from qingshu.schedule.service.needs import grid_names
from qingshu.schedule.store import plans

# A visit counts as done when its tank was emptied from so long before its week on.
EARLY = timedelta(weeks=4)


def plan_in_force(conn: Connection, year: int) -> YearPlan:
    """The newest ready plan of a year, or :class:`YearPlanNotFound`."""
    found = plans.newest(conn, year, "ready")
    if found is None:
        waiting = plans.newest(conn, year)
        state = "none was asked for" if waiting is None else f"the newest is {waiting.state}"
        msg = f"Expected a ready plan of {year}, {state}. Plan the year first."
        raise YearPlanNotFound(msg, year=year)
    return found


def year_figures(conn: Connection, year: int) -> dict[str, Any]:
    """The plan in force and the newest one asked for, without their visits."""
    plan, newest = plan_in_force(conn, year), plans.newest(conn, year)
    assert newest is not None
    waiting = None
    if newest.id != plan.id:
        waiting = {
            "version": newest.version, "state": newest.state, "asked_at": iso(newest.asked_at),
            "reason": newest.figures.get("reason"),
        }  # fmt: skip
    figures = {k: v for k, v in plan.figures.items() if k not in ("crew_hours", "plant_m3")}
    return {
        "year": plan.year, "version": plan.version, "from_week": plan.from_week,
        "made_at": None if plan.ready_at is None else iso(plan.ready_at), "made_by": plan.actor,
        "figures": figures, "newest": waiting,
    }  # fmt: skip


def grid_weeks(
    conn: Connection, year: int, today: date, grid_id: int | None = None
) -> dict[str, Any]:
    """Per grid and week: visits, hours, m3, done, capacity and why; drift and catch-up."""
    plan = plan_in_force(conn, year)
    mondays = calendars.weeks_of(year)
    visits = plans.visits(conn, plan.id, grid_id=grid_id)
    last = _last_days(conn)
    names, leads = grid_names(conn), {g.id: g.lead_id for g in registry.grids(conn)}
    by_grid: dict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_grid[visit.grid_id].append(visit)
    now = week_index(today, mondays)
    capacity = dict(
        zip(plan.figures.get("grid_ids", []), plan.figures.get("crew_hours", []), strict=False)
    )
    grids = []
    for grid, mine in sorted(by_grid.items()):
        hours = capacity.get(grid, [0.0] * len(mondays))
        grids.append({
            "grid_id": grid, "grid_name": names.get(grid, ""), "lead_id": leads.get(grid),
            "tanks": len({v.tank_id for v in mine}), **_drift(mine, last, mondays, now, hours),
            "weeks": _weeks(mine, last, mondays, hours),
        })  # fmt: skip
    return {
        **year_figures(conn, year), "this_week": now + 1,
        "weeks": [
            {"week": k + 1, "from": m.isoformat(), "workdays": calendars.workdays(m)}
            for k, m in enumerate(mondays)
        ],
        "plant_m3": plan.figures.get("plant_m3", []), "grids": grids,
    }  # fmt: skip


def _last_days(conn: Connection) -> dict[int, date]:
    found = {
        tank.id: tank.last_desludged_on
        for tank in registry.tanks(conn)
        if tank.last_desludged_on is not None
    }
    for tank_id, on in store.last_days(conn).items():
        found[tank_id] = max(on, found.get(tank_id, on))
    return found


def _is_done(visit: Visit, last: dict[int, date], mondays: list[date]) -> bool:
    on = last.get(visit.tank_id)
    return on is not None and on >= mondays[visit.week - 1] - EARLY


def _weeks(
    visits: list[Visit], last: dict[int, date], mondays: list[date], capacity: list[float]
) -> list[dict[str, Any]]:
    by_week: dict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_week[visit.week].append(visit)
    return [
        {
            "week": week, "count": len(mine),
            "done": sum(_is_done(v, last, mondays) for v in mine),
            "hours": round(sum(v.hours for v in mine), 2),
            "m3": round(sum(v.volume_m3 for v in mine), 1),
            "capacity_hours": capacity[week - 1] if week <= len(capacity) else 0.0,
            "why": dict(Counter(v.reason.value for v in mine)),
        }
        for week, mine in sorted(by_week.items())
    ]  # fmt: skip


def _drift(
    visits: list[Visit], last: dict[int, date], mondays: list[date], now: int,
    capacity: list[float],
) -> dict[str, Any]:  # fmt: skip
    """How much should be done by now, how much is, and when the rest is caught up."""
    should = [v for v in visits if v.week <= now]
    done = [v for v in should if _is_done(v, last, mondays)]
    behind = sum(v.hours for v in should) - sum(v.hours for v in done)
    total = max(len(visits), 1)
    catch_up, week = None, max(now + 1, 1)
    load: Counter[int] = Counter()
    for visit in visits:
        load[visit.week] += round(visit.hours * 1000)
    left = behind
    while left > 1e-9 and week <= len(capacity):
        left -= max(capacity[week - 1] - load[week] / 1000.0, 0.0)
        catch_up, week = week, week + 1
    return {
        "should_share": round(len(should) / total, 4), "done_share": round(len(done) / total, 4),
        "drift": len(done) - len(should), "behind_hours": round(behind, 1),
        "catch_up_week": None if behind <= 1e-9 or left > 1e-9 else catch_up,
    }  # fmt: skip


def week_of(conn: Connection, year: int, grid_id: int, week: int) -> dict[str, Any]:
    """One grid's week: its tanks with reasons, and the reasons counted."""
    plan = plan_in_force(conn, year)
    mondays = calendars.weeks_of(year)
    visits = plans.visits(conn, plan.id, grid_id=grid_id, week=week)
    tanks = {t.id: t for t in registry.tanks(conn, [v.tank_id for v in visits])}
    last = _last_days(conn)
    counted = Counter(v.reason for v in visits)
    start = mondays[week - 1] if 1 <= week <= len(mondays) else None
    return {
        "grid_id": grid_id, "grid_name": grid_names(conn).get(grid_id, ""), "week": week,
        "from": None if start is None else start.isoformat(),
        "to": None if start is None else (start + timedelta(days=6)).isoformat(),
        "count": len(visits), "hours": round(sum(v.hours for v in visits), 2),
        "m3": round(sum(v.volume_m3 for v in visits), 1),
        "why": [
            {"reason": reason.value, "count": count, "reason_zh": REASON_WORDS[reason][0],
             "reason_en": REASON_WORDS[reason][1]}
            for reason, count in counted.most_common()
        ],
        "items": [
            {"tank_id": v.tank_id, "code": tanks[v.tank_id].code, "name": tanks[v.tank_id].name,
             "due_on": v.due_on.isoformat(), "hours": v.hours, "m3": v.volume_m3,
             "done": _is_done(v, last, mondays), "reason": v.reason.value,
             "reason_zh": REASON_WORDS[v.reason][0], "reason_en": REASON_WORDS[v.reason][1]}
            for v in visits
        ],
    }  # fmt: skip
