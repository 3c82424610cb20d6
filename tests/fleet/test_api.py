"""The fleet over HTTP: list, track, and the OsmAnd door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qingshu.fleet import service
from qingshu.fleet.api import osmand_router, router
from qingshu.runtime import deadletters
from qingshu.runtime.accounts.service import User
from qingshu.runtime.db import Database
from qingshu.runtime.http import current_user, install_error_handlers
from tests.fleet.yard import add_trucks


@pytest.fixture
def client(db: Database) -> Iterator[TestClient]:
    """The fleet's routes alone, with somebody signed in."""
    app = FastAPI()
    app.state.db = db
    app.include_router(router)
    app.include_router(osmand_router)
    app.dependency_overrides[current_user] = lambda: User.__new__(User)
    install_error_handlers(app)
    with TestClient(app) as found:
        yield found


REPORT = "/osmand?id=13800138001&lat=36.65&lon=117.0&timestamp=1795501920&speed=10&bearing=90"


@pytest.mark.parametrize("method", ["get", "post"])
def test_osmand_when_report_is_good_then_in_fleet_and_track(
    db: Database, client: TestClient, method: str
) -> None:
    """A report by GET or POST is durable when answered; 10 knots = 18.52 km/h."""
    add_trucks(db)
    assert getattr(client, method)(REPORT).status_code == 200
    item = client.get("/api/v1/fleet").json()["items"][0]
    assert item["speed_kmh"] == pytest.approx(18.52)
    assert item["positioned_at"] == "2026-11-24T06:32:00Z"
    assert (item["state"], item["capacity_m3"], item["crew_name"]) == ("idle", 8.0, "清疏一班")
    track = client.get("/api/v1/trucks/1/track?to=2026-11-24T07:00:00Z").json()
    assert track["columns"] == ["at", "lat", "lon", "speed_kmh", "heading_deg"]
    assert track["rows"] == [["2026-11-24T06:32:00Z", 36.65, 117.0, pytest.approx(18.52), 90.0]]


def test_osmand_when_json_or_form_then_taken(db: Database, client: TestClient) -> None:
    """Traccar Client posts JSON, older ones a form."""
    add_trucks(db)
    body = {
        "device_id": "013800138002",
        "location": {
            "timestamp": "2026-11-24T06:31:00Z",
            "coords": {"latitude": 36.66, "longitude": 117.01, "speed": 5},
        },
    }
    assert client.post("/osmand", json=body).status_code == 200
    form = {"id": "13800138001", "lat": "36.65", "lon": "117.0"}
    assert client.post("/osmand", data=form).status_code == 200
    with db.read() as conn:
        assert service.present(conn, 2).speed_kmh == 18.0
        assert service.present(conn, 1).positioned_at is not None


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("id=999&lat=36.65&lon=117.0", "unknown_terminal"),
        ("lat=36.65&lon=117.0", "no_device"),
        ("id=13800138001&lat=136.65&lon=117.0", "bad_value"),
    ],
)
def test_osmand_when_report_is_bad_then_400_and_dead_letter(
    db: Database, client: TestClient, query: str, code: str
) -> None:
    """The sender gets the one error body; the report is kept for a person."""
    add_trucks(db)
    answer = client.get(f"/osmand?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code
    with db.read() as conn:
        assert deadletters.counts(conn) == {f"osmand:{code}": 1}


def test_osmand_when_body_is_huge_then_refused(client: TestClient, db: Database) -> None:
    """A body past 16 KiB is not read to its end."""
    assert client.post("/osmand", content=b"x" * 100_000).status_code == 413


def test_track_when_truck_is_unknown_then_404(client: TestClient) -> None:
    """The one error body, with a code."""
    answer = client.get("/api/v1/trucks/99/track")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "unknown_truck"
