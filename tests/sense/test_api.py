"""The HTTP doors of the readings."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qingshu.kernel.instants import iso
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.db import Database
from qingshu.runtime.http import current_user, install_error_handlers
from qingshu.sense import api
from qingshu.sense.pipeline import Pipeline
from tests.sense.world import town


@pytest.fixture
def client(db: Database) -> TestClient:
    """The sense routes, signed in as an administrator."""
    town(db)
    app = FastAPI()
    app.state.db = db
    app.include_router(api.router)
    install_error_handlers(app)
    app.dependency_overrides[current_user] = lambda: User(
        id=1,
        username="admin",
        name="Admin",
        roles=frozenset({Role.ADMIN}),
        person_code="",
        truck_code="",
    )
    return TestClient(app)


def test_post_readings_when_mixed_then_counted_and_readable(
    client: TestClient, db: Database
) -> None:
    """What HTTP took is shown by state and history once ingest has moved it."""
    at = iso(db.clock.now())
    body = {"readings": [{"device": "L1", "measured_at": at, "level_m": 1.25}, {"device": "?"}]}
    answer = client.post("/api/v1/readings", json=body).json()
    assert (answer["accepted"], answer["duplicates"]) == (1, 0)
    assert [(r["index"], r["code"]) for r in answer["refused"]] == [(1, "unknown_device")]
    Pipeline(db).housekeep()
    assert client.post("/api/v1/readings", json=body).json()["duplicates"] == 1
    assert client.get("/api/v1/tanks/1/readings").json() == {
        "columns": ["measured_at", "level_m", "quality"], "rows": [[at, 1.25, 0]],
    }  # fmt: skip
    assert client.get("/api/v1/tank-states").json()["rows"] == [[1, 1.25, 1.55, at, 0]]
    letters = client.get("/api/v1/dead-letters").json()
    assert letters["counts"] == {"http:unknown_device": 2}


def test_get_readings_when_tank_or_quantity_unknown_then_one_error_body(
    client: TestClient,
) -> None:
    """Errors carry code, message and fields."""
    assert client.get("/api/v1/tanks/99/readings").json()["error"]["code"] == "not_found"
    wrong = client.get("/api/v1/tanks/1/readings?quantity=colour")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "invalid_input")


def test_post_rain_when_several_hours_then_spread(client: TestClient, db: Database) -> None:
    """Rain is kept per hour; impossible rain is refused."""
    at = iso(db.clock.now())
    assert client.post("/api/v1/rain", json={"time": at, "mm": 12, "hours": 3}).status_code == 200
    refused = client.post("/api/v1/rain", json={"time": at, "mm": -1})
    assert refused.json()["error"]["code"] == "reading_refused"
