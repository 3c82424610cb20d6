"""Database, photo disk and clock fail under the app: nothing half done, all said in words."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import Connection, event

from qingshu.cli.process import _watch_clock
from qingshu.dispatch import handlers as dispatch_handlers
from qingshu.fieldwork import handlers as fieldwork_handlers
from qingshu.fieldwork import service as fieldwork
from qingshu.incident import service as incident
from qingshu.kernel.errors import Unavailable
from qingshu.runtime import eventlog, timers, troubles
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.heartbeats import beat
from qingshu.runtime.http import current_user
from qingshu.runtime.relay import Relay
from qingshu.runtime.settings import Database as DatabaseSettings
from qingshu.runtime.sql import make_engine
from qingshu.runtime.troubles import Board
from qingshu.sense.pipeline import Pipeline
from qingshu.web.app import create_app
from qingshu.web.stream import Hub
from tests.conftest import need
from tests.fieldwork.test_service import JPEG
from tests.sense.world import message, now_ms, send, stored
from tests.worlds.town_small import Town, build_town_small

PUBLIC = {("POST", "/api/v1/session"), ("GET", "/api/v1/meta")}
REPORT = {"channel": "phone", "text": "化粪池满了", "place": "裕园社区3号楼北"}


@pytest.fixture
def town(db: Database) -> Town:
    """Four tanks, one truck."""
    return build_town_small(db)


@pytest.fixture
def app(db: Database, town: Town) -> FastAPI:
    """The whole app, signed in as an administrator."""
    app = create_app(db)
    user = User(1, "admin", "Admin", frozenset({Role.ADMIN, Role.DEVICE}), "", "")
    app.dependency_overrides[current_user] = lambda: user
    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client of it."""
    with TestClient(app) as opened:
        yield opened


@contextmanager
def _read_only(db: Database) -> Iterator[None]:
    def forbid(conn: Connection) -> None:
        is_sqlite = conn.dialect.name == "sqlite"
        conn.exec_driver_sql("PRAGMA query_only=ON" if is_sqlite else "SET TRANSACTION READ ONLY")

    event.listen(db.engine, "begin", forbid)
    try:
        yield
    finally:
        event.remove(db.engine, "begin", forbid)
        db.engine.dispose()


@contextmanager
def _away(db: Database) -> Iterator[None]:
    gone = "postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=1"
    if db.engine.dialect.name == "sqlite":
        gone = f"sqlite:///{db.settings.directory / 'missing' / 'qingshu.db'}"
    before = db.engine
    settings = db.settings.model_copy(update={"database": DatabaseSettings(url=gone)})
    db.engine = make_engine(settings)
    try:
        yield
    finally:
        db.engine.dispose()
        db.engine = before


def _checks(client: TestClient) -> dict[str, dict[str, Any]]:
    answer = client.get("/api/v1/doctor")
    assert answer.status_code == 200, answer.text
    return {check["name"]: check for check in answer.json()["checks"]}


def test_database_when_read_only_then_nothing_is_taken_and_doctor_says_so(
    client: TestClient, db: Database
) -> None:
    """Reads go on; a write is refused whole; readings wait and are stored once afterwards."""
    pipeline = Pipeline(db)
    body = message(now_ms(db), level_m=0.8)
    with _read_only(db):
        refused = client.post("/api/v1/reports", json=REPORT)
        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "unavailable"
        assert client.get("/healthz").status_code == 200
        assert client.get("/api/v1/tanks").status_code == 200
        with pytest.raises(Unavailable):
            send(pipeline, ("L1", body))
        assert pipeline.waiting == 1
        check = _checks(client)["writable"]
        assert not check["ok"]
        assert "只读" in check["zh"]
        assert "read-only" in check["en"]
        assert check["mend_zh"]
        assert check["mend_en"]
    assert pipeline.commit() == [1]
    assert len(stored(db)) == 1
    assert client.get("/api/v1/reports").json()["items"] == []
    assert client.post("/api/v1/reports", json=REPORT).status_code == 201
    assert _checks(client)["writable"]["ok"]


def test_database_when_away_then_503_in_the_one_shape_and_back_by_itself(
    client: TestClient, app: FastAPI, db: Database
) -> None:
    """Probe, API and sign-in answer; the doctor says what to mend."""
    with _away(db):
        for answer in (
            client.get("/healthz"),
            client.get("/api/v1/tanks"),
            client.post("/api/v1/reports", json=REPORT),
            client.post("/api/v1/session", json={"username": "x", "password": "y"}),
        ):
            assert answer.status_code == 503, answer.text
            error = answer.json()["error"]
            assert error["code"] == "unavailable"
            assert error["message"].startswith("Expected the database to answer")
        checks = _checks(client)
        for name in ("database", "writable"):
            assert not checks[name]["ok"]
            assert "没有应答" in checks[name]["zh"]
            assert checks[name]["mend_en"]
        app.dependency_overrides.clear()
        headers = {"authorization": "Bearer anything"}
        assert client.get("/api/v1/doctor", headers=headers).status_code == 503
    assert client.get("/healthz").json()["ok"]


def test_database_when_another_writer_holds_it_then_told_in_time(db: Database) -> None:
    """Neither engine waits for ever; the trouble has a name."""
    quick = db.settings.database.model_copy(update={"busy_timeout_s": 0.2})
    other = Database(db.settings.model_copy(update={"database": quick}), db.clock)
    with (
        db.write("system:test"),
        pytest.raises(Unavailable) as refused,
        other.write("system:other"),
    ):
        pass
    assert troubles.code_of(refused.value) == troubles.DATABASE_LOCKED
    with other.write("system:other") as tx:
        beat(tx, "web")
    other.close()


@contextmanager
def _small_photo_disk(db: Database) -> Iterator[None]:
    folder = db.settings.directory / "blobs"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, check=False)
    need(done.returncode == 0, "the right to mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_photos_when_disk_is_full_then_refused_whole_and_taken_when_sent_again(
    client: TestClient, db: Database, town: Town
) -> None:
    """No row without its file; the same Idempotency-Key works once there is space."""
    with db.write("system:test") as tx:
        incident_id = incident.open_by_hand(tx, town.tanks[0], "满了")
        job = fieldwork.create(
            tx, incident_id=incident_id, truck_id=town.truck, dispatch_id=7, eta_s=540.0
        )
    Relay(db, "fieldwork", fieldwork_handlers.HANDLERS).pump()
    for command in ("accept", "depart", "arrive"):
        assert client.post(f"/api/v1/jobs/{job.id}/{command}", json={}).status_code == 200
    content = JPEG + bytes(100_000)

    def upload() -> Any:
        return client.post(
            f"/api/v1/jobs/{job.id}/photos", data={"kind": "before"},
            files={"file": ("a.jpg", content, "image/jpeg")}, headers={"Idempotency-Key": "p1"},
        )  # fmt: skip

    with _small_photo_disk(db):
        refused = upload()
        assert refused.status_code == 503, refused.text
        assert refused.json()["error"]["code"] == "unavailable"
        assert client.get(f"/api/v1/jobs/{job.id}").json()["photos"] == []
        assert list((db.settings.directory / "blobs").rglob("*.part")) == []
        check = _checks(client)["photos"]
        assert not check["ok"]
        assert check["mend_zh"]
    taken = upload()
    assert taken.status_code == 200, taken.text
    assert len(taken.json()["photos"]) == 1
    assert _checks(client)["photos"]["ok"]


def test_clock_when_it_steps_back_then_said_and_everything_goes_on(
    client: TestClient, db: Database, clock: FakeClock, town: Town
) -> None:
    """Events, timers and readings follow in sequence; the chain stays whole."""
    pipeline, relay = Pipeline(db), Relay(db, "dispatch", dispatch_handlers.HANDLERS)
    send(pipeline, ("L1", message(now_ms(db), level_m=0.8)))
    assert client.post("/api/v1/reports", json=REPORT).status_code == 201
    board, latest = Board(), clock.now()
    clock.advance(timedelta(hours=-1))
    assert _watch_clock(clock.now(), latest, board) == latest
    assert board.codes() == [troubles.CLOCK_BACK]
    check = _checks(client)["clock"]
    assert not check["ok"]
    assert "3600" in check["en"]
    # A device whose clock is right is an hour ahead of ours: taken, not refused.
    assert send(pipeline, ("L2", message(now_ms(db) + 3_600_000, level_m=0.7))) == [1]
    assert send(pipeline, ("L1", message(now_ms(db), level_m=0.9))) == [1]
    # So it is when ingest was started again meanwhile.
    pipeline = Pipeline(db)
    pipeline.housekeep()
    assert send(pipeline, ("L2", message(now_ms(db) + 3_660_000, level_m=0.7))) == [1]
    assert len(stored(db)) == 4
    again = {**REPORT, "text": "又满了"}
    assert client.post("/api/v1/reports", json=again).status_code == 201
    while relay.pump():
        pass
    fired: list[int] = []
    with db.write("system:test") as tx:
        timers.set_timer(tx, "nag", 7, tx.now + timedelta(minutes=1))
    clock.advance(timedelta(minutes=1))
    timers.fire_due(db, {"nag": lambda _tx, one: fired.append(one.subject_id)}, actor="t")
    assert fired == [7]
    with db.read() as conn:
        assert eventlog.verify(conn) is None
    clock.advance(timedelta(hours=1))
    _watch_clock(clock.now(), latest, board)
    assert board.codes() == []
    assert _checks(client)["clock"]["ok"]


async def _told(hub: Hub, code: str) -> dict[str, Any]:
    client = hub.join(None)
    running = asyncio.create_task(hub.run())
    try:
        async with asyncio.timeout(10):
            while True:
                await client.wake.wait()
                client.wake.clear()
                for chunk in list(client.live):
                    name, data = chunk.decode().strip().split("\n")
                    assert name == "event: beat"
                    for one in json.loads(data.removeprefix("data: "))["trouble"]:
                        if one["code"] == code:
                            return dict(one)
    finally:
        hub.stop()
        await running


def test_stream_when_a_process_is_in_trouble_then_beat_says_so_at_once(db: Database) -> None:
    """What ingest told with its sign of life reaches the screen with words."""
    with db.write("system:test") as tx:
        beat(tx, "ingest", [troubles.BROKER_AWAY])
    told = asyncio.run(_told(Hub(db), troubles.BROKER_AWAY))
    assert told["process"] == "ingest"
    assert "消息队列" in told["zh"]
    assert "broker" in told["en"]


def test_stream_when_database_is_away_then_beat_says_so_without_it(db: Database) -> None:
    """The web process needs no database to say that there is none."""
    with _away(db):
        told = asyncio.run(_told(Hub(db), troubles.DATABASE_AWAY))
    assert told["process"] == "web"


def test_routes_when_nobody_is_signed_in_then_only_the_public_ones_answer(
    app: FastAPI, client: TestClient
) -> None:
    """Every route under /api/v1 asks who is there, before it looks at anything else."""
    app.dependency_overrides.clear()
    document = client.get("/api/v1/openapi.json").json()
    asked = 0
    for path, offered in document["paths"].items():
        for method in offered:
            if not path.startswith("/api/v1") or (method.upper(), path) in PUBLIC:
                continue
            answer = client.request(method, path.replace("{", "").replace("}", ""))
            assert answer.status_code in (401, 422), (method, path, answer.text)
            asked += 1
    assert asked > 50
    for route in app.routes:
        if isinstance(route, APIRoute) and route.path.startswith("/api/v1"):
            for method in route.methods or ():
                if (method, route.path) not in PUBLIC:
                    assert current_user in _calls(route.dependant), (method, route.path)


def _calls(dependant: Any) -> list[Any]:
    found = [dependant.call]
    for inner in dependant.dependencies:
        found += _calls(inner)
    return found
