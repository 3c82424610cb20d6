"""The year plan: search against a checker of its own, windows, and the plan in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshu.registry import tables as registry
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.schedule import calendars, service, worker
from qingshu.schedule.api import router
from qingshu.schedule.errors import CampaignNotValid, PlanningUnderWay, YearPlanNotFound
from qingshu.schedule.model import Reason
from qingshu.schedule.params import SludgeParams, YearParams
from qingshu.schedule.rules import sludge
from qingshu.schedule.rules.visits import Need, visits_of
from qingshu.schedule.year.check import check
from qingshu.schedule.year.problem import YearCase, YearNotPlannable, cost_of, level_targets
from qingshu.schedule.year.search import GridSearch, plan_of, space
from qingshu.schedule.year.solve import solve

MONDAYS = calendars.weeks_of(2027)
TANKS = 60


def make_case(seed: int, tanks: int = 40, weeks: int = 26) -> YearCase:
    """Two grids, tanks with one to four visits, windows that leave room for spacing."""
    rng = np.random.default_rng(seed)
    rows = []
    for tank in range(tanks):
        interval = float(rng.uniform(6, 20))
        due = float(rng.uniform(0, interval))
        while due < weeks:
            rows.append((tank, tank % 2, np.floor(due), interval))
            due += interval
    tank, grid, due_week, interval = (np.array(column) for column in zip(*rows, strict=True))
    hours = rng.uniform(0.5, 2.0, len(rows))
    work = np.bincount(grid.astype(int), weights=hours, minlength=2)
    crew = np.repeat(1.15 * work[:, None] / weeks, weeks, axis=1)
    crew[:, 6] = 0.0
    return YearCase(
        tank=tank.astype(int), grid=grid.astype(int), hours=hours, volume_m3=hours * 3,
        due_week=due_week, week_low=np.clip(due_week - 2, 0, weeks - 1).astype(int),
        week_high=np.clip(due_week + 1, 0, weeks - 1).astype(int), late=np.ones(len(rows)),
        gap=np.maximum(1, np.floor(0.8 * interval)).astype(int), crew_hours=crew,
        target_hours=level_targets(grid.astype(int), hours, crew),
        plant_m3=np.full(weeks, 1.1 * hours.sum() * 3 / weeks),
    )  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_solve_when_any_case_then_kept_by_checker_and_above_bound(seed: int) -> None:
    """No plan beats the relaxation, none is worse than serving each when due."""
    case = make_case(seed)
    found = solve(case, limit_s=1.0)
    assert check(case, found.week) == []
    assert found.too_close == 0
    assert found.bound - 1e-6 <= found.cost.total <= found.unlevelled.total + 1e-6
    assert found.cost.total == pytest.approx(cost_of(case, found.week).total)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 500), st.data())
def test_check_when_a_visit_is_mutated_then_caught(seed: int, data: st.DataObject) -> None:
    """A visit out of its window or next to another of its tank never passes."""
    case = make_case(seed)
    plan = plan_of(case, case.due_week.astype(int))
    space(plan)
    assert check(case, plan.week) == []
    broken = plan.week.copy()
    visit = data.draw(st.integers(0, case.visits - 1))
    if data.draw(st.booleans()) or plan.after[visit] < 0:
        broken[visit] = case.week_high[visit] + data.draw(st.integers(1, 9))
    else:
        broken[plan.after[visit]] = broken[visit] + data.draw(st.integers(0, case.gap[visit] - 1))
    assert check(case, broken) != []
    assert check(case, plan.week[:-1]) != []


def test_search_when_it_moves_then_its_loads_stay_true() -> None:
    """What the search keeps beside the plan is what the plan really loads."""
    case = make_case(3)
    plan = plan_of(case, case.due_week.astype(int))
    space(plan)
    before = cost_of(case, plan.week).total
    gained = sum(GridSearch(plan, grid).descend_pairs() for grid in range(case.grids))
    assert before - gained == pytest.approx(cost_of(case, plan.week).total)
    fresh = plan_of(case, plan.week)
    assert np.allclose(fresh.hours, plan.hours)
    assert np.allclose(fresh.volume, plan.volume)


def test_case_when_it_contradicts_itself_then_told() -> None:
    """A window outside the year and a row too short are named."""
    case = make_case(1)
    with pytest.raises(YearNotPlannable, match="windows inside weeks"):
        replace(case, week_high=case.week_high + 99)
    with pytest.raises(YearNotPlannable, match="hours"):
        replace(case, hours=case.hours[:-1])


@given(
    st.dates(date(2025, 1, 1), date(2028, 6, 1)), st.floats(30, 1800), st.integers(0, 5),
    st.integers(0, 51),
)  # fmt: skip
def test_visits_when_any_tank_then_windows_leave_room_to_space(
    due: date, interval: float, troubles: int, first: int
) -> None:
    """Placing every visit as early as it may come keeps the gap and the year."""
    need = Need(1, 0, due, interval, 5.0, troubles)
    found = visits_of(need, MONDAYS, first, YearParams())
    assert all(first <= v.low <= v.high < len(MONDAYS) for v in found)
    for one, two in pairwise(found):
        assert two.low >= one.low + one.gap


def test_visits_when_overdue_then_first_and_cannot_wait() -> None:
    """An overdue tank comes in the first weeks at a higher price of waiting."""
    need = Need(1, 0, MONDAYS[0] - timedelta(days=90), 365.0, 5.0)
    (first, *_) = visits_of(need, MONDAYS, 0, YearParams())
    assert (first.low, first.reason, first.late) == (0, Reason.OVERDUE, 4.0)


def test_visits_when_in_a_campaign_then_before_its_day() -> None:
    """A tank of a campaign due later is brought forward before the date."""
    need = Need(1, 0, date(2027, 11, 1), 365.0, 5.0, before=date(2027, 6, 6))
    (first, *_) = visits_of(need, MONDAYS, 0, YearParams())
    assert MONDAYS[first.high] <= date(2027, 6, 6)
    assert first.reason is Reason.CAMPAIGN


@given(st.lists(st.floats(0.1, 20.0), max_size=6), st.integers(20, 700))
def test_learnt_when_measured_then_belief_only_narrows(volumes: list[float], days: int) -> None:
    """Each measured emptying sharpens the belief, whatever it says."""
    start = date(2020, 1, 1)
    emptied = [(start + timedelta(days=days * k), v) for k, v in enumerate(volumes)]
    belief = sludge.learnt(180.0, emptied, 10.0, SludgeParams())
    assert belief.measured == max(len(volumes) - 1, 0)
    assert belief.spread <= SludgeParams().prior_spread


@pytest.fixture
def town(db: Database) -> Database:
    """Sixty tanks in two grids, a crew and a truck each, one plant, yearly intervals."""
    with db.engine.begin() as conn:
        grids = [{"id": k, "code": f"G{k}", "name": f"{k}网格"} for k in (1, 2)]
        conn.execute(registry.grid.insert(), grids)
        crews = [{"id": k, "code": f"C{k}", "name": f"{k}班", "grid_id": k} for k in (1, 2)]
        conn.execute(registry.crew.insert(), crews)
        trucks = [
            {"id": k, "code": f"K{k}", "capacity_m3": 8.0, "width_m": 2.2, "crew_id": k}
            for k in (1, 2)
        ]
        conn.execute(registry.truck.insert(), trucks)
        conn.execute(
            registry.plant.insert(),
            [{"id": 1, "code": "P1", "name": "一厂", "lat": 36.6, "lon": 117.0,
              "capacity_m3_day": 50.0}],
        )  # fmt: skip
        conn.execute(registry.tank.insert(), [
            {"id": k, "code": f"T{k}", "name": f"{k}号楼", "grid_id": 1 + k % 2, "lat": 36.65,
             "lon": 117.0, "area_m2": 6.0, "depth_m": 2.0, "outlet_m": 1.5, "cover_m": 2.0,
             "volume_m3": 9.0, "interval_days": 300, "low_lying": k <= 3,
             "last_desludged_on": date(2026, 11, 20) - timedelta(days=7 * k % 290)}
            for k in range(1, TANKS + 1)
        ])  # fmt: skip
    return db


def planned(db: Database, year: int, from_week: int | None = None) -> int:
    """A plan of the year, made here and now; its version."""
    with db.write("account:li") as tx:
        plan = service.ask_plan(tx, year, from_week)
    made = service.make_plan(db, plan.id, limit_s=0.5)
    assert made.state == "ready"
    assert made.figures["broken_rules"] == []
    return made.version


def test_make_plan_when_asked_then_every_tank_has_its_visit(town: Database) -> None:
    """The plan covers all tanks, tells its bound, and closes the Spring Festival."""
    assert planned(town, 2027) == 1
    with town.read() as conn:
        found = service.grid_weeks(conn, 2027, date(2026, 11, 24))
        week = service.week_of(conn, 2027, 1, found["grids"][0]["weeks"][0]["week"])
    assert sum(grid["tanks"] for grid in found["grids"]) == TANKS
    assert found["figures"]["bound"] <= found["figures"]["cost"] + 0.1
    assert week["count"] == len(week["items"]) > 0
    assert week["why"][0]["reason_zh"]


def test_ask_plan_when_one_is_in_the_making_then_refused(town: Database) -> None:
    """One plan of a year at a time; a failed one frees the way and keeps its reason."""
    with town.write("account:li") as tx:
        plan = service.ask_plan(tx, 2027)
    with town.write("account:li") as tx, pytest.raises(PlanningUnderWay):
        service.ask_plan(tx, 2027)
    with town.write("system:test") as tx:
        service.fail_plan(tx, plan.id, "no memory")
    with town.read() as conn, pytest.raises(YearPlanNotFound, match="failed"):
        service.week_of(conn, 2027, 1, 1)
    with town.write("account:li") as tx:
        assert service.ask_plan(tx, 2027).version == 2


def test_replan_when_under_way_then_frozen_weeks_stay(town: Database, clock: FakeClock) -> None:
    """Weeks up to the freeze keep their visits; what was missed is carried on."""
    planned(town, 2027)
    with town.read() as conn:
        before = service.grid_weeks(conn, 2027, date(2026, 11, 24))
    clock.advance(timedelta(days=150))
    today = date(2027, 4, 23)
    planned(town, 2027)
    with town.read() as conn:
        after = service.grid_weeks(conn, 2027, today)
    first = after["from_week"]
    assert first == 18
    frozen = [
        [(w["week"], w["count"]) for w in grid["weeks"] if w["week"] < first]
        for found in (before, after) for grid in found["grids"]
    ]  # fmt: skip
    assert frozen[:2] == frozen[2:]
    reasons = {key for grid in after["grids"] for w in grid["weeks"] for key in w["why"]}
    assert Reason.CARRIED.value in reasons
    assert all(grid["drift"] < 0 for grid in after["grids"])


def test_move_when_dragged_then_the_week_changes(town: Database) -> None:
    """A person's move is kept; a week that is not there is refused."""
    planned(town, 2027)
    with town.read() as conn:
        found = service.grid_weeks(conn, 2027, date(2026, 11, 24))
        week = found["grids"][0]["weeks"][0]["week"]
        (one, *_) = service.week_of(conn, 2027, 1, week)["items"]
    with town.write("account:li") as tx:
        assert service.move_visits(tx, 2027, [one["tank_id"]], week, 50) == 1
        with pytest.raises(YearNotPlannable):
            service.move_visits(tx, 2027, [one["tank_id"]], 50, 53)


def test_campaign_when_made_then_progress_by_grid(town: Database) -> None:
    """Low-lying, recurring and dossier tanks; done once emptied since it began."""
    with town.write("account:li") as tx:
        service.record_trouble(tx, 40, "incident", 1, date(2026, 10, 1))
        service.record_trouble(tx, 40, "report", 1, date(2026, 10, 2))
        service.record_trouble(tx, 41, "dossier", 1, date(2026, 10, 2))
        made = service.make_campaign(tx, "汛前清疏", date(2027, 6, 1))
        service.record_desludged(tx, 1, date(2026, 11, 24), volume_m3=6.0)
        with pytest.raises(CampaignNotValid):
            service.make_campaign(tx, "x", date(2020, 1, 1))
        with pytest.raises(CampaignNotValid):
            service.make_campaign(tx, "x", date(2027, 6, 1), tank_ids=[999])
    assert set(made.tanks) == {1, 2, 3, 40, 41}
    with town.read() as conn:
        (told,) = service.campaigns(conn)
    assert (told["tanks"], told["done"]) == (5, 1)


def test_api_when_replanned_then_a_process_of_its_own_is_started(
    town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request only asks; the year is empty until the worker is through."""
    started: list[int] = []
    monkeypatch.setattr(worker, "start", lambda _directory, plan_id: started.append(plan_id))
    app = FastAPI()
    app.state.db = town
    app.include_router(router)
    with town.write("system:test") as tx:
        accounts.create_account(tx, "li", "long enough", name="李", roles=[Role.GRID_LEAD])
        signed = accounts.sign_in(tx, "li", "long enough")
    assert signed is not None
    client = TestClient(app, headers={"Authorization": f"Bearer {signed[1]}"})
    answer = client.post("/api/v1/schedule/year/replan", json={"year": 2027})
    assert (answer.status_code, started) == (202, [answer.json()["plan_id"]])
    service.make_plan(town, started[0], limit_s=0.5)
    found = client.get("/api/v1/schedule/year", params={"year": 2027}).json()
    assert found["version"] == 1
    assert len(found["weeks"]) == 52


def test_worker_when_run_then_plan_is_ready(town: Database) -> None:
    """The process's body makes the plan or keeps why it could not."""
    with town.write("account:li") as tx:
        plan = service.ask_plan(tx, 2027)
    folder = town.settings.directory
    url = town.settings.database.url
    (folder / "qingshu.toml").write_text(
        f'[database]\nurl = "{url}"\n[params.year]\nlimit_s = 0.5\n', encoding="utf-8"
    )
    assert worker.run(folder, plan.id) == 0
    with town.read() as conn:
        assert service.plan_of(conn, plan.id).state == "ready"


def test_calendar_when_year_is_not_out_then_usual_feasts() -> None:
    """The Spring Festival week of an unannounced year is closed all the same."""
    assert calendars.workdays(date(2027, 2, 8)) == 0
    assert calendars.workdays(date(2026, 2, 16)) == 0
    assert calendars.workdays(date(2027, 3, 1)) == 5
