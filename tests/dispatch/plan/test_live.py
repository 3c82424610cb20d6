"""The workspace as it stands becomes a scenario that can be planned."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from qingshu.dispatch import service
from qingshu.dispatch.plan.planning import plan_day
from qingshu.dispatch.plan.reading import read_scenario
from qingshu.dispatch.roads import files
from qingshu.fleet import service as fleet
from qingshu.fleet.model import Report
from qingshu.incident import service as incidents
from qingshu.incident.model import Place, SourceKind, Voice
from qingshu.kernel.instants import to_ms
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from tests.dispatch.plan.days import Raw
from tests.dispatch.town import corner, town


def _tank(code: str, x: int, y: int, days_ago: int | None, clock: FakeClock) -> Raw:
    at = corner(x, y)
    cleaned = None if days_ago is None else (clock.now() - timedelta(days=days_ago)).date()
    return {
        "code": code, "name": code, "lat": at.lat, "lon": at.lon, "area_m2": 4.0,
        "depth_m": 1.8, "outlet_m": 1.4, "cover_m": 1.9, "volume_m3": 4.0,
        "access_width_m": 2.4, "last_desludged_on": cleaned, "interval_days": 180,
    }  # fmt: skip


@pytest.fixture
def workspace(db: Database, clock: FakeClock) -> Database:
    """Four tanks (late, due in ten days, fresh, never), two trucks, a plant, one incident."""
    files.save(db.settings.directory, town(), source="town", now=clock.now())
    west = corner(0, 3)
    tanks = [
        _tank("late", 2, 2, 200, clock), _tank("soon", 3, 2, 170, clock),
        _tank("fresh", 1, 1, 5, clock), _tank("never", 4, 1, None, clock),
    ]  # fmt: skip
    plant = {"code": "W", "name": "西厂", "lat": west.lat, "lon": west.lon}
    with db.write("system:test") as tx:
        registry.add(tx, Kind.TANKS, tanks)
        widths = {"槐2": 2.1, "槐8": 2.5, "市9": 2.1}
        trucks = [{"code": c, "capacity_m3": 6.0, "width_m": w} for c, w in widths.items()]
        registry.add(tx, Kind.TRUCKS, trucks)
        registry.add(tx, Kind.PLANTS, [plant | {"capacity_m3_day": 300.0}])
    with db.write("system:test") as tx:
        ids = {t.code: t.id for t in registry.trucks(tx.conn)}
        places = {"槐2": corner(1, 2), "槐8": corner(2, 2)}
        fleet.record_positions(
            tx, [Report(ids[c], tx.now, tx.now, p.lat, p.lon) for c, p in places.items()]
        )
        tank = registry.tank_by_code(tx.conn, "fresh")
        assert tank is not None
        place = Place(tank_id=tank.id)
        assert incidents.take(tx, Voice(SourceKind.ALARM, 41, 1, place, to_ms(tx.now)))
    return db


def _day(db: Database, days: int = 0) -> Raw:
    with db.read() as conn:
        engine = service.engine_for(db.settings)
        return service.scenario_now(conn, engine, db.clock.now(), db.settings, days=days)


def test_scenario_when_workspace_is_read_then_trucks_and_jobs_are_there(
    workspace: Database,
) -> None:
    """Trucks without a position stay out; the incident is an emergency, the late tank overdue."""
    day = _day(workspace)
    assert [t["id"] for t in day["trucks"]] == ["槐2", "槐8"]
    kinds = {job["id"]: job["kind"] for job in day["jobs"]}
    assert sorted(kinds.values()) == ["emergency", "overdue"]
    assert kinds["late"] == "overdue"
    assert day["jobs"][1]["classes"] == ["2.1 m"]
    assert {job["id"] for job in _day(workspace, days=10)["jobs"]} == {*kinds, "soon"}


def test_scenario_when_planned_then_the_narrow_truck_serves_all(workspace: Database) -> None:
    """Written out and read again, the day is planned and passes the checker."""
    scenario = read_scenario(json.dumps(_day(workspace, days=10)))
    plan = plan_day(scenario, 0.2, solvers=())
    assert plan.unserved == {}
    assert list(plan.routes) == ["槐2"]


def test_scenario_when_a_truck_is_sent_then_it_is_free_later(workspace: Database) -> None:
    """The incident is no job any more; its truck starts where that work ends."""
    with workspace.write("user:1") as tx:
        row = incidents.rows(tx.conn, tx.now)[0]
        ranked = service.rank(
            tx.conn, service.engine_for(tx.settings), row["id"], tx.now, tx.settings
        )
        service.confirm(tx, row["id"], ranked.ranked[0].truck_id)
    day = _day(workspace)
    assert [job["kind"] for job in day["jobs"]] == ["overdue"]
    assert max(t["free_s"] for t in day["trucks"]) > 600
