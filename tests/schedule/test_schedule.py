"""Due dates follow the last desludging, from the registry or from our crews."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from qingshu.kernel.errors import InvalidInput
from qingshu.registry import tables as registry
from qingshu.runtime import eventlog
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.db import Database
from qingshu.schedule import rules, service
from qingshu.schedule.api import router
from qingshu.schedule.errors import DesludgingRefused
from qingshu.schedule.params import ScheduleParams

TODAY = date(2026, 11, 24)
PARAMS = ScheduleParams()


@pytest.fixture
def town(db: Database) -> Database:
    """Three tanks of 180 days: due in 5 days, 100 days overdue, never emptied; one retired."""
    emptied = [date(2026, 6, 2), date(2026, 2, 17), None, date(2020, 1, 1)]
    with db.engine.begin() as conn:
        conn.execute(registry.grid.insert(), [{"id": 1, "code": "G1", "name": "一网格"}])
        conn.execute(
            registry.tank.insert(),
            [
                {
                    "id": k + 1, "code": f"T{k + 1}", "name": f"{k + 1}号楼", "grid_id": 1,
                    "lat": 36.65, "lon": 117.0, "area_m2": 6.0, "depth_m": 2.0,
                    "outlet_m": 1.5, "cover_m": 2.0, "volume_m3": 9.0,
                    "last_desludged_on": day, "active": k < 3,
                }
                for k, day in enumerate(emptied)
            ],
        )  # fmt: skip
    return db


@given(st.dates(date(2000, 1, 1), TODAY), st.integers(-10, 5000))
def test_due_date_when_any_interval_then_within_bounds(last: date, interval: int) -> None:
    """A wrong interval in the registry never puts a tank off for ever."""
    days = (rules.due_date(last, interval, TODAY, PARAMS) - last).days
    assert PARAMS.shortest_days <= days <= PARAMS.longest_days


def test_params_when_out_of_order_then_refused() -> None:
    """The default lies between the bounds."""
    with pytest.raises(InvalidInput):
        ScheduleParams(default_interval_days=10)


def test_due_when_asked_then_longest_overdue_first(town: Database) -> None:
    """Overdue, unknown and soon are named; what is later than the window is not."""
    with town.read() as conn:
        found = service.due(conn, town.settings, TODAY, days=30)
        soon = service.due(conn, town.settings, TODAY, days=4, grid_id=1)
    assert [(d.tank_id, d.days_left) for d in found] == [(2, -100), (3, 0), (1, 5)]
    assert [d.tank_id for d in soon] == [2, 3]


def test_record_desludged_then_due_date_moves_on(town: Database) -> None:
    """A finished job counts from its day; an older record never moves it back."""
    with town.write("account:crew") as tx:
        due = service.record_desludged(tx, 2, TODAY, volume_m3=6.0, job_id=4)
        service.record_desludged(tx, 2, date(2026, 3, 1))
        service.record_desludged(tx, 2, TODAY, volume_m3=6.5, job_id=4)
    assert due.last_on == TODAY
    assert 180 < due.days_left < 280, "280 days to fill most of it: longer than 180 from now on"
    with town.read() as conn:
        assert service.last_desludged(conn, 2) == TODAY
        assert [d.tank_id for d in service.due(conn, town.settings, TODAY, days=30)] == [3, 1]
        assert {e.kind for e in eventlog.tail(conn, 0)} == {"tank.desludged"}


def test_record_desludged_when_unknown_or_to_come_then_refused(town: Database) -> None:
    """Neither a tank that is not there nor a day that has not been."""
    with town.write("account:crew") as tx:
        with pytest.raises(DesludgingRefused):
            service.record_desludged(tx, 99, TODAY)
        with pytest.raises(DesludgingRefused):
            service.record_desludged(tx, 1, date(2026, 12, 1))


def test_api_when_asked_then_names_and_days(town: Database) -> None:
    """The list carries code, place, grid and days left."""
    app = FastAPI()
    app.state.db = town
    app.include_router(router)
    with town.write("system:test") as tx:
        accounts.create_account(tx, "li", "long enough", name="李", roles=[Role.GRID_LEAD])
        signed = accounts.sign_in(tx, "li", "long enough")
    assert signed is not None
    auth = {"Authorization": f"Bearer {signed[1]}"}
    (first, *_) = TestClient(app).get("/api/v1/schedule/due", headers=auth).json()["items"]
    assert first == {
        "tank_id": 2, "code": "T2", "name": "2号楼", "grid_name": "一网格",
        "last_desludged_on": "2026-02-17", "due_on": "2026-08-16", "days_left": -100,
    }  # fmt: skip
