"""A round is walked, findings are kept, and risk decides where to look."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from qingshu.kernel.errors import TransitionNotAllowed
from qingshu.kernel.lifecycle import follow
from qingshu.patrol import rules, service
from qingshu.patrol.api import router
from qingshu.patrol.errors import RoundNotUnderWay, TankNotRegistered
from qingshu.patrol.model import Exposure, RoundCommand, RoundState, Severity, What
from qingshu.patrol.params import PatrolParams
from qingshu.registry import tables as registry
from qingshu.runtime import eventlog
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.http import install_error_handlers

PARAMS = PatrolParams()


@pytest.fixture
def town(db: Database) -> Database:
    """Four tanks: on time with a sensor; late; never emptied; on time without a sensor."""
    emptied = [date(2026, 11, 1), date(2026, 1, 1), None, date(2026, 11, 1)]
    with db.engine.begin() as conn:
        conn.execute(registry.grid.insert().values(id=1, code="G1", name="一网格"))
        conn.execute(
            registry.tank.insert(),
            [
                {
                    "id": k + 1, "code": f"T{k + 1}", "name": f"{k + 1}号楼", "grid_id": 1,
                    "lat": 36.65, "lon": 117.0, "area_m2": 6.0, "depth_m": 2.0,
                    "outlet_m": 1.5, "cover_m": 2.0, "volume_m3": 9.0,
                    "last_desludged_on": day,
                }
                for k, day in enumerate(emptied)
            ],
        )  # fmt: skip
        conn.execute(registry.sensor.insert().values(id=1, code="S1", tank_id=1))
    return db


@given(st.lists(st.sampled_from(RoundCommand), max_size=10))
def test_round_when_any_commands_then_stays_in_the_table(commands: list[RoundCommand]) -> None:
    """Planned, started, finished, in this order and never back."""
    state, order = RoundState.PLANNED, list(RoundState)
    for command in commands:
        try:
            after = follow(rules.ROUND, state, command)
        except TransitionNotAllowed:
            continue
        assert order.index(after) == order.index(state) + 1
        state = after


@given(
    st.floats(-400, 2000), st.booleans(), st.booleans(),
    st.lists(st.tuples(st.sampled_from(Severity), st.floats(0, 400)), max_size=5),
)  # fmt: skip
def test_rate_when_things_get_worse_then_score_never_falls(
    overdue: float, monitored: bool, low: bool, findings: list[tuple[Severity, float]]
) -> None:
    """A later desludging, a lost sensor or one more severe finding never lowers the risk."""
    base = Exposure(1, overdue, 180, monitored, low, tuple(findings), None)
    worse = Exposure(1, overdue + 30, 180, False, True, (*findings, (Severity.SEVERE, 0.0)), None)
    assert rules.rate(worse, PARAMS).score > rules.rate(base, PARAMS).score


def test_proposal_when_asked_then_riskiest_first_and_rested_left_out(
    town: Database, clock: FakeClock
) -> None:
    """Late before unrecorded before unmonitored; the healthy tank is not named at all."""
    with town.read() as conn:
        found = service.propose_round(conn, town.settings, clock.now(), count=3)
    assert [p.tank_id for p in found] == [2, 3, 4]
    assert "逾期 147 天" in found[0].reason_zh
    with town.write("account:wang") as tx:
        planned = service.plan_round(tx, [2, 3], "wang")
        service.start_round(tx, planned.id)
        service.finish_round(tx, planned.id)
    with town.read() as conn:
        assert [
            p.tank_id for p in service.propose_round(conn, town.settings, clock.now(), count=3)
        ] == [4]
        later = clock.now() + timedelta(days=8)
        assert len(service.propose_round(conn, town.settings, later, count=3)) == 3


def test_round_when_walked_then_events_and_findings_follow(town: Database) -> None:
    """The event log tells the whole round."""
    with town.write("account:wang") as tx:
        planned = service.plan_round(tx, [2, 2, 3], "wang")
        assert planned.tank_ids == (2, 3)
        service.start_round(tx, planned.id)
        service.record_finding(
            tx, tank_id=2, what=What.OVERFLOW, severity=Severity.SEVERE, note="外溢",
            round_id=planned.id,
        )  # fmt: skip
        service.finish_round(tx, planned.id)
    with town.read() as conn:
        entries = eventlog.tail(conn, 0)
    assert [e.kind for e in entries] == [
        "round.planned", "round.started", "finding.recorded", "round.finished",
    ]  # fmt: skip
    assert entries[2].payload == {
        "round_id": 1, "tank_id": 2, "what": "overflow", "severity": "severe", "note": "外溢",
    }  # fmt: skip


def test_round_when_tank_unknown_or_not_started_then_refused(town: Database) -> None:
    """Unknown tanks and findings on a round nobody walks are refused by code."""
    with town.write("account:wang") as tx:
        with pytest.raises(TankNotRegistered):
            service.plan_round(tx, [1, 99], "wang")
        planned = service.plan_round(tx, [1], "wang")
        with pytest.raises(RoundNotUnderWay):
            service.record_finding(
                tx, tank_id=1, what=What.SMELL, severity=Severity.MINOR, round_id=planned.id
            )


@pytest.fixture
def client(town: Database) -> TestClient:
    app = FastAPI()
    app.state.db = town
    app.include_router(router)
    install_error_handlers(app)
    with town.write("system:test") as tx:
        accounts.create_account(tx, "wang", "long enough", name="王", roles=[Role.PATROLLER])
    return TestClient(app)


def test_api_when_patroller_walks_then_finding_with_photo(
    client: TestClient, town: Database
) -> None:
    """Propose, plan, start, find, photograph, finish."""
    with town.write("system:test") as tx:
        signed = accounts.sign_in(tx, "wang", "long enough")
    assert signed is not None
    auth: dict[str, Any] = {"headers": {"Authorization": f"Bearer {signed[1]}"}}
    proposal = client.get("/api/v1/rounds/proposal?count=2", **auth).json()["items"]
    ids = [p["tank_id"] for p in proposal]
    planned = client.post("/api/v1/rounds", json={"tank_ids": ids}, **auth)
    assert planned.status_code == 201
    assert client.post("/api/v1/rounds/1/start", **auth).json()["state"] == "started"
    body = {"round_id": 1, "tank_id": 2, "what": "lid_open", "severity": "moderate"}
    assert client.post("/api/v1/findings", json=body, **auth).status_code == 201
    photo = client.post("/api/v1/findings/1/photo", files={"file": b"jpeg"}, **auth).json()
    assert len(photo["photo_sha256"]) == 64
    assert client.post("/api/v1/rounds/1/finish", **auth).json()["state"] == "finished"
    assert client.post("/api/v1/rounds/1/finish", **auth).status_code == 409
    assert client.get("/api/v1/findings?tank_id=2", **auth).json()["items"][0]["note"] == ""
    assert client.get("/api/v1/rounds").status_code == 401
