"""The registry's and inbox's routes as a signed-in person meets them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qingshu.intake import api as intake
from qingshu.registry import api as registry
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.db import Database
from qingshu.runtime.http import install_error_handlers
from tests.worlds.town_small import Town, build_town_small

LEAD, CREW = {"authorization": "Bearer lead"}, {"authorization": "Bearer crew"}


@pytest.fixture
def town(db: Database) -> Town:
    """Four tanks in two communities of one office."""
    return build_town_small(db)


@pytest.fixture
def client(db: Database, town: Town) -> Iterator[TestClient]:
    """An app of two rooms; a lead and a crew are signed in."""
    app = FastAPI()
    app.state.db = db
    install_error_handlers(app)
    app.include_router(registry.router)
    app.include_router(intake.router)
    with db.write("system:test") as tx:
        for name, role in (("lead", Role.GRID_LEAD), ("crew", Role.CREW)):
            account = accounts.create_account(tx, name, "long-enough", name=name, roles=[role])
            token = accounts.open_session(tx, account)
            {"lead": LEAD, "crew": CREW}[name]["authorization"] = f"Bearer {token}"
    with TestClient(app) as opened:
        yield opened


@pytest.mark.parametrize(
    "path",
    ["offices", "communities", "grids", "people", "crews", "trucks", "plants", "sensors"],
)
def test_lists_when_signed_in_then_items(client: TestClient, path: str) -> None:
    """Every list answers, and only to somebody signed in."""
    assert client.get(f"/api/v1/{path}").status_code == 401
    assert "items" in client.get(f"/api/v1/{path}", headers=CREW).json()


def test_tanks_then_columns_and_one_with_its_places(client: TestClient, town: Town) -> None:
    """The map's columns, and everything of one."""
    body = client.get("/api/v1/tanks", headers=CREW).json()
    assert len(body["rows"]) == 4
    assert len(body["columns"]) == len(body["rows"][0])
    tank = client.get(f"/api/v1/tanks/{town.tanks[0]}", headers=CREW).json()
    assert (tank["office_name"], tank["community_name"]) == ("中大槐树街道", "裕园社区")
    assert [s["code"] for s in tank["sensors"]] == ["L1"]
    assert client.get("/api/v1/tanks/999", headers=CREW).json()["error"]["code"] == "not_found"


def test_patch_tank_then_history_names_who(client: TestClient, town: Town) -> None:
    """A lead changes, a crew may not, a rule holds for both."""
    path = f"/api/v1/tanks/{town.tanks[0]}"
    assert client.patch(path, json={"households": 9}, headers=CREW).status_code == 403
    assert client.patch(path, json={"households": 9}, headers=LEAD).json() == {
        "changed": ["households"]
    }
    refused = client.patch(path, json={"cover_m": 0.5}, headers=LEAD)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "not_valid")
    history = client.get(f"/api/v1/registry/tanks/{town.tanks[0]}/history", headers=CREW).json()
    assert [(c["field"], c["actor"]) for c in history["items"]] == [("households", "account:lead")]


def test_import_then_people_are_masked_until_opened(client: TestClient) -> None:
    """A table by HTTP; dry run first; names open only to a role, with a reason."""
    file = {"file": ("people.csv", "工号,姓名,电话\n0217,李建国,13800000217\n".encode())}
    path = "/api/v1/imports/people"
    dry = client.post(path, files=file, params={"dry_run": True}, headers=LEAD).json()
    assert (dry["created"], dry["imported"]) == (1, 0)
    assert client.post(path, files=file, headers=LEAD).json()["imported"] == 1
    (person,) = client.get("/api/v1/people", headers=CREW).json()["items"]
    assert (person["name"], person["phone"]) == ("李**", "138****0217")
    open_path, why = f"/api/v1/people/{person['id']}/reveal", {"reason": "通知"}
    assert client.post(open_path, json=why, headers=CREW).status_code == 403
    assert client.post(open_path, json=why, headers=LEAD).json()["phone"] == "13800000217"


def test_import_when_kind_or_file_is_wrong_then_one_error_body(client: TestClient) -> None:
    """Unknown kind and broken workbook answer alike."""
    for kind, body, code in (
        ("clouds", b"a,b\n1,2\n", "invalid_input"), ("offices", b"PK\x03\x04", "unreadable_file"),
    ):  # fmt: skip
        answer = client.post(f"/api/v1/imports/{kind}", files={"file": ("f", body)}, headers=LEAD)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)


def test_reports_then_contract_fields_and_commands(client: TestClient, town: Town) -> None:
    """Receive, look up a place, locate, answer."""
    said = {"channel": "phone", "text": "营市社区到处冒水", "reporter_phone": "13805310000"}
    assert client.post("/api/v1/reports", json=said, headers=CREW).status_code == 403
    report = client.post("/api/v1/reports", json=said, headers=LEAD).json()
    assert (report["phone_masked"], report["tank_id"]) == ("138****0000", None)
    assert report["due_at"].endswith("Z")
    places = client.get("/api/v1/places", params={"q": "营市社区1号楼"}, headers=LEAD).json()
    tank = places["candidates"][0]["tank_id"]
    assert tank == town.tanks[2]
    path = f"/api/v1/reports/{report['id']}"
    located = client.post(f"{path}/locate", json={"tank_id": tank}, headers=LEAD).json()
    assert (located["status"], located["tank_name"]) == ("located", "营市社区1号楼")
    assert client.post(f"{path}/answer", json={"text": "在路上"}, headers=LEAD).json()[
        "answered_at"
    ]
    (listed,) = client.get("/api/v1/reports", params={"open": True}, headers=CREW).json()["items"]
    assert listed["status"] == "answered"
    again = client.post(f"{path}/return", json={"reason": "x"}, headers=LEAD)
    assert again.json()["error"]["code"] == "transition_not_allowed"
