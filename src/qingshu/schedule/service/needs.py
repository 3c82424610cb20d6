"""What the year plan is made from: tanks, what was planned before, crews and plants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from sqlalchemy import Connection

from qingshu.registry import store as registry
from qingshu.registry.model import Kind, Tank
from qingshu.runtime.settings import Settings
from qingshu.schedule import calendars, store
from qingshu.schedule.errors import CampaignNotValid
from qingshu.schedule.model import Visit
from qingshu.schedule.params import SludgeParams, YearParams
from qingshu.schedule.rules.due import latest
from qingshu.schedule.rules.visits import Need, Wanted, month_share, visits_of, week_index
from qingshu.schedule.service.dates import intervals
from qingshu.schedule.store import campaigns, plans
from qingshu.schedule.year.problem import Floats, YearCase, level_targets


@dataclass(frozen=True, slots=True)
class Work:
    """A year's wanted visits with the case to solve; grids by index, 0 in ids for none."""

    mondays: list[date]
    first: int
    grid_ids: list[int]
    wanted: list[Wanted]
    frozen: list[Visit]
    case: YearCase
    notes: dict[str, object]


def gather(conn: Connection, settings: Settings, year: int, today: date, from_week: int) -> Work:
    """Everything a plan of ``year`` needs, from ISO week ``from_week`` on.

    Raises
    ------
    CampaignNotValid
        There are no active tanks to plan.
    """
    params = settings.room_params("year", YearParams)
    sludge = settings.room_params("sludge", SludgeParams)
    mondays = calendars.weeks_of(year)
    first = from_week - 1
    tanks = [tank for tank in registry.tanks(conn) if tank.active]
    if not tanks:
        msg = "Expected active tanks to plan for, found none. Import tanks first."
        raise CampaignNotValid(msg, tanks="none")
    grid_ids = sorted({tank.grid_id or 0 for tank in tanks})
    before = plans.newest(conn, year, "ready")
    past = [] if before is None else plans.visits(conn, before.id)
    frozen = [visit for visit in past if visit.week <= first]
    needs = _needs(conn, settings, today, mondays, tanks, grid_ids, frozen, sludge)
    wanted = _wanted(params, needs, mondays, first, len(grid_ids))
    case, notes = _case(conn, params, wanted, mondays, first, grid_ids)
    notes["official_holidays"] = calendars.is_official(year)
    notes["tanks"] = len(tanks)
    return Work(mondays, first, grid_ids, wanted, frozen, case, notes)


def _needs(
    conn: Connection, settings: Settings, today: date, mondays: Sequence[date],
    tanks: Sequence[Tank], grid_ids: Sequence[int], frozen: Sequence[Visit], sludge: SludgeParams,
) -> list[Need]:  # fmt: skip
    days = intervals(conn, settings, today, tanks)
    last = store.last_days(conn)
    place = {grid_id: index for index, grid_id in enumerate(grid_ids)}
    now = week_index(today, mondays)
    urgent = {
        tank_id: one.until_on
        for one in campaigns.all_of(conn)
        if one.until_on >= today
        for tank_id in one.tanks
        if (last.get(tank_id) or date.min) < one.from_on
    }
    planned: dict[int, list[int]] = {}
    for visit in frozen:
        planned.setdefault(visit.tank_id, []).append(visit.week - 1)
    found = []
    for tank in tanks:
        interval, troubles = days[tank.id]
        emptied = latest(tank.last_desludged_on, last.get(tank.id))
        weeks = planned.get(tank.id, [])
        coming = [week for week in weeks if week >= now]
        missed = [week for week in weeks if week < now and not _was_done(emptied, mondays[week])]
        found.append(Need(
            tank.id, place[tank.grid_id or 0], _next_due(tank.id, emptied, interval, today),
            interval, round(tank.volume_m3 * sludge.usable_share, 2), troubles, bool(missed),
            max(coming, default=None), urgent.get(tank.id),
        ))  # fmt: skip
    return found


def _was_done(emptied: date | None, monday: date) -> bool:
    # A crew may come up to four weeks before the week it was planned for.
    return emptied is not None and emptied >= monday - timedelta(weeks=4)


def _next_due(tank_id: int, emptied: date | None, interval: float, today: date) -> date:
    if emptied is not None:
        return emptied + timedelta(days=round(interval))
    # Nothing on record: spread over one interval, the same way every time.
    share = (tank_id * 2654435761 % 2**32) / 2**32
    return today + timedelta(days=round(share * interval))


def _wanted(
    params: YearParams, needs: Sequence[Need], mondays: Sequence[date],
    first: int, grids: int,
) -> list[Wanted]:  # fmt: skip
    """Visits of all tanks; where a grid's overdue work exceeds its weeks, they spread."""
    overdue, all_hours = np.zeros(grids), np.zeros(grids)
    start = mondays[min(first, len(mondays) - 1)]
    for need in needs:
        hours = params.visit_hours + params.hours_per_m3 * need.volume_m3
        all_hours[need.grid] += hours * 365.0 / need.interval_days
        if need.next_due < start and need.held is None:
            overdue[need.grid] += hours
    # Half of a week's usual work is what a grid can catch up on beside what falls due.
    weeks = np.ceil(overdue / np.maximum(all_hours / 52.0 * 0.5, 1e-9))
    found: list[Wanted] = []
    for need in needs:
        spread = int(min(max(weeks[need.grid], 3), 26))
        found += visits_of(replace(need, backlog_weeks=spread), mondays, first, params)
    return found


def _case(
    conn: Connection, params: YearParams, wanted: Sequence[Wanted],
    mondays: Sequence[date], first: int, grid_ids: Sequence[int],
) -> tuple[YearCase, dict[str, object]]:  # fmt: skip
    workdays = np.array([calendars.workdays(monday) for monday in mondays], dtype=float)
    months = np.array([month_share(monday, params) for monday in mondays])
    grid = np.array([visit.grid for visit in wanted], dtype=np.int64)
    hours = np.array([visit.hours for visit in wanted])
    crew, short = _crew_hours(conn, params, grid, hours, workdays * months, first, grid_ids)
    plants = sum(plant.capacity_m3_day for plant in registry.plants(conn))
    daily = plants * params.plant_share if plants else float("inf")
    # A feast closes most of a plant's intake, not all of it; frozen visits use theirs.
    plant = np.minimum(daily * np.maximum(workdays, 1.5), 1e9)
    open_weeks = np.broadcast_to(np.arange(len(mondays)) >= first, crew.shape)
    case = YearCase(
        tank=np.array([v.tank_id for v in wanted], dtype=np.int64), grid=grid, hours=hours,
        volume_m3=np.array([v.volume_m3 for v in wanted]),
        due_week=np.array([v.due_week for v in wanted], dtype=float),
        week_low=np.array([v.low for v in wanted], dtype=np.int64),
        week_high=np.array([v.high for v in wanted], dtype=np.int64),
        late=np.array([v.late for v in wanted], dtype=float),
        gap=np.array([v.gap for v in wanted], dtype=np.int64),
        crew_hours=crew, target_hours=level_targets(grid, hours, crew, open_weeks),
        plant_m3=plant,
    )  # fmt: skip
    notes: dict[str, object] = {
        "short_hours": {str(grid_ids[k]): round(v, 1) for k, v in short.items()},
        "holiday_weeks": [k + 1 for k, days in enumerate(workdays) if days <= 2],
        "crew_hours": [[round(v, 1) for v in row] for row in crew.tolist()],
        "plant_m3": [round(min(v, 1e9), 1) for v in plant.tolist()],
    }
    return case, notes


def _crew_hours(
    conn: Connection, params: YearParams, grid: np.ndarray, hours: Floats, days: Floats,
    first: int, grid_ids: Sequence[int],
) -> tuple[Floats, dict[int, float]]:  # fmt: skip
    """Hours a grid's week can take: its own crews, or its share of the pool.

    Crews without a grid, and all crews where some grid has none, form a pool that is
    shared by work; grids with hours to spare lend to others.
    What the year needs above capacity is told, never hidden.
    """
    work = np.bincount(grid, weights=hours, minlength=len(grid_ids))
    per_crew = float(params.crew_hours_day * params.crew_share * days[first:].sum())
    own = dict.fromkeys(grid_ids, 0)
    crews = registry.crews(conn)
    for crew in crews:
        if crew.grid_id in own:
            own[crew.grid_id] += 1
    teams = min(len(crews), len(registry.trucks(conn))) or max(len(grid_ids), 1)
    if all(own[grid_id] for grid_id in grid_ids if grid_id):
        counts = np.array([float(own[grid_id]) for grid_id in grid_ids])
        counts *= min(1.0, teams / max(counts.sum(), 1.0))
        counts[counts == 0] = work[counts == 0] / max(work.sum(), 1e-9) * teams
    else:
        counts = work / max(work.sum(), 1e-9) * teams
    counts = _lent(counts, work.astype(float), per_crew)
    weekly = counts[:, None] * params.crew_hours_day * params.crew_share * days[None, :]
    need = work - weekly[:, first:].sum(axis=1)
    return weekly, {int(k): float(need[k]) for k in np.flatnonzero(need > 0)}


def _lent(counts: Floats, work: Floats, per_crew: float) -> Floats:
    """Crews by grid after grids with time to spare lent to those short of it.

    A lender keeps a tenth more than its own work; what is lent is shared by what lacks.
    """
    wanted = work / max(per_crew, 1e-9) * 1.1
    spare, lacks = np.maximum(counts - wanted, 0.0), np.maximum(wanted - counts, 0.0)
    lent = min(spare.sum(), lacks.sum())
    if lent <= 0:
        return counts
    given: Floats = counts - spare / spare.sum() * lent + lacks / lacks.sum() * lent
    return given


def grid_names(conn: Connection) -> dict[int, str]:
    """Grid id to name; 0 is what belongs to none."""
    return {0: "", **registry.names_of(conn, Kind.GRIDS)}
