"""The same turn over HTTP: what desk and phone send, and what each may see."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qingshu.fieldwork import handlers as fieldwork_handlers
from qingshu.fieldwork import service as fieldwork
from qingshu.fieldwork.api import router as fieldwork_router
from qingshu.incident.api import router as incident_router
from qingshu.learn.api import router as learn_router
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.db import Database
from qingshu.runtime.http import current_user, install_error_handlers
from qingshu.runtime.relay import Relay
from qingshu.verify.api import router as verify_router
from tests.fieldwork.test_service import JPEG, STEPS_BY_HAND
from tests.worlds.town_small import LAT, LON, Town, build_town_small

GAS = {
    "readings": {"o2_pct": 20.4, "h2s_mgm3": 3, "ch4_lel": 6, "co_mgm3": 4},
    "instrument": "GX-0318", "tested_by": "刘海燕", "attendant": "张伟", "rescue_kit": True,
    "ventilation_min": 0, "where": "井口下 0.5 m",
}  # fmt: skip


class Phone:
    """A client whose signed-in user a test changes."""

    def __init__(self, db: Database) -> None:
        self.app = FastAPI()
        self.app.state.db = db
        for router in (incident_router, fieldwork_router, verify_router, learn_router):
            self.app.include_router(router)
        install_error_handlers(self.app)
        self.client = TestClient(self.app)

    def be(self, role: Role, truck_code: str = "") -> None:
        """Sign in as somebody else."""
        user = User(1, str(role), str(role), frozenset({role}), "", truck_code)
        self.app.dependency_overrides[current_user] = lambda: user

    def get(self, path: str) -> Any:
        """The JSON of a good answer."""
        answer = self.client.get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, *, code: int = 200, key: str = "") -> Any:
        """The JSON of an answer with ``code``."""
        headers = {"Idempotency-Key": key} if key else {}
        answer = self.client.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == code, answer.text
        return answer.json()

    def photo(self, job_id: int, kind: str, content: bytes, *, code: int = 200) -> Any:
        """Upload one photo."""
        answer = self.client.post(
            f"/api/v1/jobs/{job_id}/photos",
            files={"file": ("x.jpg", content, "image/jpeg")},
            data={"kind": kind, "taken_at": "2026-11-24T06:30:00Z", "lat": LAT, "lon": LON},
        )
        assert answer.status_code == code, answer.text
        return answer.json()


@pytest.fixture
def town(db: Database) -> Town:
    """Four tanks, one truck."""
    return build_town_small(db)


@pytest.fixture
def phone(db: Database, town: Town) -> Phone:
    """A dispatcher to begin with."""
    phone = Phone(db)
    phone.be(Role.DISPATCHER)
    return phone


def _offered(db: Database, phone: Phone, town: Town) -> tuple[int, int]:
    incident_id = phone.post(
        "/incidents", {"tank_id": town.tanks[0], "reason": "路过看见外溢"}, code=201
    )["id"]
    with db.write("account:desk") as tx:
        job = fieldwork.create(
            tx, incident_id=incident_id, truck_id=town.truck, dispatch_id=7, eta_s=540.0
        )
    Relay(db, "fieldwork", fieldwork_handlers.HANDLERS).pump()
    return incident_id, job.id


def test_http_when_crew_works_a_job_then_desk_closes_it(
    db: Database, phone: Phone, town: Town
) -> None:
    """Every door of the four rooms, once, in the order of the work."""
    incident_id, job_id = _offered(db, phone, town)
    phone.be(Role.CREW, "槐2")
    assert [j["number"] for j in phone.get("/jobs?open=true")["items"]] == ["J20261124-001"]
    first = phone.post(f"/jobs/{job_id}/accept", {}, key="a1")
    assert phone.post(f"/jobs/{job_id}/accept", {}, key="a1") == first
    assert phone.post(f"/jobs/{job_id}/depart", {}, key="a1", code=409)["error"]["code"] == (
        "idempotency_key_reused"
    )
    phone.post(f"/jobs/{job_id}/arrive")
    bad = {**GAS, "readings": {**GAS["readings"], "h2s_mgm3": 18}}  # type: ignore[dict-item]
    locked = phone.post(f"/jobs/{job_id}/gas", bad)["gas"]
    assert (locked["cleared"], locked["lock_zh"]) == (False, "硫化氢 18，超过限值 10 mg/m³")
    assert len(locked["todo"]) == 3
    refused = phone.post(f"/jobs/{job_id}/start-pumping", {}, code=409)["error"]
    assert refused["code"] == "transition_not_allowed"
    job = phone.post(f"/jobs/{job_id}/gas", {**GAS, "ventilation_min": 15})
    assert (job["gas"]["cleared"], job["state"]) == (True, "gas_cleared")
    assert "start-pumping" in job["allowed"]
    phone.post(f"/jobs/{job_id}/start-pumping", {})
    phone.post(f"/jobs/{job_id}/finish-pumping", {"volume_m3": 5.2})
    for kind, content in (
        ("before", JPEG), ("before", JPEG + b"2"), ("bottom", JPEG), ("after", JPEG),
    ):  # fmt: skip
        job = phone.photo(job_id, kind, content)
    phone.photo(job_id, "after", b"<svg onload=alert(1)>", code=422)
    sha = job["photos"][0]["sha256"]
    picture = phone.client.get(f"/api/v1/photos/{sha}")
    assert (picture.content, picture.headers["content-type"]) == (JPEG, "image/jpeg")
    for step in STEPS_BY_HAND:
        phone.post(f"/jobs/{job_id}/steps/{step}", {"at": "2026-11-24T06:31:00Z"})
    assert phone.post(f"/jobs/{job_id}/finish", {"note": "通了"})["state"] == "finished"
    receipt = {"plant_code": "P1", "truck_code": "槐2", "job_id": job_id, "volume_m3": 5.2}
    number = phone.post("/receipts", receipt, code=201, key="r1")["number"]
    assert phone.post("/receipts", receipt, code=201, key="r1")["number"] == number
    assert len(phone.get("/receipts")["items"]) == 1

    phone.be(Role.DISPATCHER)
    proof = phone.get(f"/incidents/{incident_id}/proof")
    assert [i["name"] for i in proof["items"] if not i["ok"]] == ["level"]
    assert phone.post(f"/incidents/{incident_id}/close", code=409)["error"]["code"] == (
        "proof_missing"
    )
    phone.post(f"/incidents/{incident_id}/level-unmeasurable", {"reason": "没有液位计"})
    phone.post(
        f"/incidents/{incident_id}/callbacks", {"outcome": "reached", "solved": True}, code=201
    )
    assert phone.post(f"/incidents/{incident_id}/close")["status"] == "closed"
    phone.be(Role.ANALYST)
    table = phone.get("/statistics?by=grid&from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z")
    assert table["rows"][0][:2] == ["第一网格", 1]
    assert table["totals"]["solved_n"] == 1
    assert phone.get("/dossiers") == {"items": []}


def test_http_when_other_people_look_then_each_sees_their_own(
    db: Database, phone: Phone, town: Town
) -> None:
    """Another truck's crew, a volunteer and a patroller get no further than they may."""
    incident_id, job_id = _offered(db, phone, town)
    phone.be(Role.CREW, "市6")
    assert phone.get("/jobs")["items"] == []
    assert phone.post(f"/jobs/{job_id}/accept", {}, code=403)["error"]["code"] == "not_your_job"
    assert phone.client.get(f"/api/v1/jobs/{job_id}").status_code == 403
    phone.be(Role.SUPERVISOR)
    assert phone.client.get("/api/v1/incidents").status_code == 403
    phone.be(Role.PATROLLER)
    assert len(phone.get("/incidents")["items"]) == 1
    assert phone.client.post(f"/api/v1/incidents/{incident_id}/close").status_code == 403
    assert phone.client.post(f"/api/v1/jobs/{job_id}/accept").status_code == 403


def test_http_when_a_track_is_moved_then_row_and_detail_agree(phone: Phone, town: Town) -> None:
    """Coordinate runs beside handle; a wrong command names the right ones."""
    made = phone.post("/incidents", {"tank_id": town.tanks[1], "reason": "电话"}, code=201)
    path = f"/incidents/{made['id']}"
    row = phone.post(f"{path}/tracks/coordinate", {"command": "start"})
    assert (row["coordinate"], row["handle"]) == ("duty", "open")
    detail = phone.get(path)
    assert detail["tracks"]["coordinate"]["state"] == "duty"
    assert [c["name"] for c in detail["tracks"]["handle"]["clocks"]] == [
        "arrive", "contain", "clear",
    ]  # fmt: skip
    assert detail["reports"] == []
    wrong = phone.post(f"{path}/tracks/coordinate", {"command": "fly"}, code=422)["error"]
    assert "agree_duty" in wrong["message"]
    phone.post(f"{path}/tracks/handle", {"command": "stand_down"}, code=422)
