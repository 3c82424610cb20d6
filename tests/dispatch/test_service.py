"""Trucks are ranked from the workspace, sent once, and called off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qingshu.dispatch import handlers, service, store
from qingshu.dispatch.api import router
from qingshu.dispatch.errors import AlreadyDispatched, DispatchEnded, NowhereToGo, TruckDoesNotFit
from qingshu.dispatch.model import DispatchState
from qingshu.dispatch.roads import files
from qingshu.fleet import service as fleet
from qingshu.fleet.model import Report, TruckState
from qingshu.incident import service as incidents
from qingshu.incident.model import Place, SourceKind, Voice
from qingshu.kernel.events import Event
from qingshu.kernel.instants import to_ms
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime import eventlog, timers
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.http import install_error_handlers
from qingshu.runtime.relay import Relay
from qingshu.runtime.settings import Policy, Settings
from tests.dispatch.town import corner, town


def _tank() -> dict[str, object]:
    at = corner(2, 2)
    return {
        "code": "槐11-0427", "name": "裕园社区3号楼北", "lat": at.lat, "lon": at.lon,
        "area_m2": 4.0, "depth_m": 1.8, "outlet_m": 1.4, "cover_m": 1.9, "volume_m3": 6.0,
        "access_width_m": 2.3, "hose_distance_m": 12.0,
    }  # fmt: skip


def _truck(code: str, width_m: float) -> dict[str, object]:
    return {"code": code, "capacity_m3": 6.0, "width_m": width_m, "terminal": code}


@pytest.fixture
def workspace(db: Database, clock: FakeClock) -> Database:
    """The small town: one tank in a lane, three trucks, one plant, roads imported."""
    files.save(db.settings.directory, town(), source="town", now=clock.now())
    west = corner(0, 3)
    with db.write("system:test") as tx:
        registry.add(tx, Kind.TANKS, [_tank()])
        registry.add(tx, Kind.COMMUNITIES, [{"code": "裕园", "name": "裕园社区"}])
        registry.add(tx, Kind.TRUCKS, [_truck("槐2", 2.1), _truck("市3", 2.1), _truck("槐8", 2.5)])
        registry.add(
            tx, Kind.PLANTS,
            [{"code": "W", "name": "西厂", "lat": west.lat, "lon": west.lon,
              "capacity_m3_day": 300.0}],
        )  # fmt: skip
    _drive(db)
    return db


def _drive(db: Database) -> None:
    """槐2 stands one block away, 市3 three, 槐8 at the tank; all just heard of."""
    places = {"槐2": corner(1, 2), "市3": corner(4, 3), "槐8": corner(2, 2)}
    with db.write("system:test") as tx:
        ids = {t.code: t.id for t in registry.trucks(tx.conn)}
        fleet.record_positions(
            tx,
            [Report(ids[code], tx.now, tx.now, at.lat, at.lon) for code, at in places.items()],
        )


def _incident(db: Database, *, grade: int = 1, placed: bool = True) -> int:
    with db.write("system:test") as tx:
        tank = registry.tank_by_code(tx.conn, "槐11-0427")
        assert tank is not None
        community = registry.communities(tx.conn)[0]
        place = Place(tank_id=tank.id) if placed else Place(community_id=community.id)
        voice = Voice(SourceKind.ALARM, 41, grade, place, to_ms(tx.now))
        made = incidents.take(tx, voice)
        assert made is not None
        return made


def _truck_id(db: Database, code: str) -> int:
    with db.read() as conn:
        found = registry.truck_by_code(conn, code)
    assert found is not None
    return found.id


def _rank(db: Database, incident_id: int) -> dict[str, object]:
    with db.read() as conn:
        return service.ranking_as_json(
            conn, service.engine_for(db.settings), incident_id, db.clock.now(), db.settings
        )


def test_rank_when_workspace_is_full_then_by_road_with_reasons(workspace: Database) -> None:
    """One block of 20 s beats three; the wide truck at the tank is left out with its reason."""
    found = _rank(workspace, _incident(workspace))
    ranked, left_out = found["ranked"], found["left_out"]
    assert isinstance(ranked, list)
    assert isinstance(left_out, list)
    assert [(r["code"], r["drive_s"], r["distance_m"]) for r in ranked] == [
        ("槐2", 20, 200), ("市3", 60, 600),
    ]  # fmt: skip
    assert ranked[0]["reason_zh"] == "最近的空车，一车装完；进得了 2.3 m 巷口"
    assert len(ranked[0]["route"]) >= 2
    assert "route" not in ranked[1]
    assert left_out[0]["reason_zh"] == "因为车宽 2.5 m，巷口限宽 2.3 m，进不去"
    assert found["estimate"] is False


def test_rank_when_positions_are_old_then_nobody_is_believed(
    workspace: Database, clock: FakeClock
) -> None:
    """Twenty minutes without a word: all out, each with how long."""
    incident_id = _incident(workspace)
    clock.advance(timedelta(minutes=20))
    found = _rank(workspace, incident_id)
    assert found["ranked"] == []


def test_rank_when_nobody_knows_where_then_says_so(workspace: Database) -> None:
    """An incident without a place cannot be driven to."""
    with pytest.raises(NowhereToGo):
        _rank(workspace, _incident(workspace, placed=False))


def test_confirm_when_sent_then_logged_and_a_second_is_refused(workspace: Database) -> None:
    """The event tells truck, time and reason; only an additional truck may follow."""
    incident_id = _incident(workspace)
    first, second = _truck_id(workspace, "槐2"), _truck_id(workspace, "市3")
    with workspace.write("account:li") as tx:
        made = service.confirm(tx, incident_id, first)
    with workspace.read() as conn:
        said = eventlog.of_subject(conn, "dispatch", made.id)[0]
    assert said.kind == "dispatch.confirmed"
    assert said.payload is not None
    assert (said.payload["truck_id"], said.payload["automatic"]) == (first, False)
    assert said.payload["drive_s"] == pytest.approx(20.0, abs=0.1)
    with pytest.raises(AlreadyDispatched), workspace.write("account:li") as tx:
        service.confirm(tx, incident_id, second)
    with workspace.write("account:li") as tx:
        assert service.confirm(tx, incident_id, second, additional=True).truck_id == second


def test_confirm_when_truck_does_not_fit_then_refused_with_its_reason(
    workspace: Database,
) -> None:
    """The wide truck cannot be sent by mistake."""
    incident_id, wide = _incident(workspace), _truck_id(workspace, "槐8")
    with pytest.raises(TruckDoesNotFit) as caught, workspace.write("account:li") as tx:
        service.confirm(tx, incident_id, wide)
    assert caught.value.fields["reason_zh"] == "因为车宽 2.5 m，巷口限宽 2.3 m，进不去"


def test_confirm_when_truck_serves_another_then_it_comes_after(workspace: Database) -> None:
    """A truck on a live dispatch is free after driving there and 10 + 3 x 5.1 min of work."""
    first = _incident(workspace)
    truck_id = _truck_id(workspace, "槐2")
    with workspace.write("account:li") as tx:
        service.confirm(tx, first, truck_id)
        fleet.set_state(tx, truck_id, TruckState.EN_ROUTE)
        voice = Voice(SourceKind.REPORT, 9, 2, Place(lat=36.6536, lon=117.0), to_ms(tx.now))
        other = incidents.take(tx, voice)
        assert other is not None
    found = _rank(workspace, other)
    ranked = found["ranked"]
    assert isinstance(ranked, list)
    line = next(r for r in ranked if r["code"] == "槐2")
    assert line["eta_s"] > 20 + 600 + 5.1 * 180
    assert line["reason_zh"].startswith("作业到 14:5")


def test_cancel_when_live_then_free_and_only_once(workspace: Database) -> None:
    """Calling off is logged with its reason; a second time is refused."""
    incident_id, truck_id = _incident(workspace), _truck_id(workspace, "槐2")
    with workspace.write("account:li") as tx:
        made = service.confirm(tx, incident_id, truck_id)
        assert service.cancel(tx, made.id, "车坏了").state is DispatchState.CANCELLED
    with workspace.read() as conn:
        last = eventlog.of_subject(conn, "dispatch", made.id)[-1]
    assert last.payload == {"incident_id": incident_id, "truck_id": truck_id, "reason": "车坏了"}
    with pytest.raises(DispatchEnded), workspace.write("account:li") as tx:
        service.cancel(tx, made.id, "again")


def _automatic(db: Database, policy: str) -> Database:
    settings = db.settings.model_copy(update={"policy": Policy(auto_dispatch=policy)})
    return Database(settings, db.clock)


@pytest.mark.parametrize(
    ("policy", "grade", "sent"),
    [("never", 1, 0), ("red", 1, 1), ("red", 2, 0), ("always", 3, 1)],
)
def test_policy_when_incident_opens_then_sends_for_its_grades(
    workspace: Database, policy: str, grade: int, sent: int
) -> None:
    """The first-ranked truck goes by itself only where the station said so, and once."""
    auto = _automatic(workspace, policy)
    incident_id = _incident(auto, grade=grade)
    relay = Relay(auto, "dispatch", handlers.HANDLERS)
    relay.pump()
    relay.pump()
    with auto.read() as conn:
        made = store.of_incident(conn, incident_id)
    assert len(made) == sent
    assert all(d.automatic and d.truck_id == _truck_id(auto, "槐2") for d in made)
    auto.close()


def test_policy_when_nobody_fits_then_tries_again_later(
    workspace: Database, clock: FakeClock
) -> None:
    """All trucks silent: a timer is set, and a truck heard of again is sent by it."""
    auto = _automatic(workspace, "red")
    clock.advance(timedelta(minutes=20))
    incident_id = _incident(auto)
    Relay(auto, "dispatch", handlers.HANDLERS).pump()
    with auto.read() as conn:
        assert store.of_incident(conn, incident_id) == []
    clock.advance(timedelta(minutes=3))
    _drive(auto)
    assert timers.fire_due(auto, handlers.TIMERS, actor="system:planner") == 1
    with auto.read() as conn:
        assert len(store.of_incident(conn, incident_id)) == 1
    auto.close()


class _JobAdvanced(Event, frozen=True, kw_only=True):
    kind: ClassVar[str] = "job.advanced"
    subject_kind: ClassVar[str] = "job"
    to: str
    incident_id: int
    truck_id: int


def test_policy_when_crew_hands_over_then_the_next_truck_goes(workspace: Database) -> None:
    """The job that ended frees its truck; the machine asks another one, not the same."""
    auto = _automatic(workspace, "red")
    incident_id = _incident(auto)
    relay = Relay(auto, "dispatch", handlers.HANDLERS)
    relay.pump()
    first, second = _truck_id(auto, "槐2"), _truck_id(auto, "市3")
    with auto.write("system:test") as tx:
        tx.emit(
            _JobAdvanced(subject_id=1, to="handed_over", incident_id=incident_id, truck_id=first)
        )
    relay.pump()
    with auto.read() as conn:
        made = store.of_incident(conn, incident_id)
    assert [(d.truck_id, d.state) for d in made] == [
        (first, DispatchState.DONE), (second, DispatchState.LIVE),
    ]  # fmt: skip
    auto.close()


def test_policy_when_a_person_called_off_then_the_machine_keeps_out(workspace: Database) -> None:
    """After a cancellation by hand a regrade does not send a truck again."""
    auto = _automatic(workspace, "always")
    incident_id = _incident(auto, grade=2)
    Relay(auto, "dispatch", handlers.HANDLERS).pump()
    with auto.write("account:li") as tx:
        made = store.of_incident(tx.conn, incident_id)
        service.cancel(tx, made[0].id, "误报")
        assert service.auto_dispatch(tx, incident_id) is None
    auto.close()


@pytest.fixture
def client(workspace: Database) -> Iterator[TestClient]:
    """The room's routes with a dispatcher signed in."""
    app = FastAPI()
    app.state.db = workspace
    app.include_router(router)
    install_error_handlers(app)
    with workspace.write("system:test") as tx:
        accounts.create_account(
            tx, "zhou", "a-long-password", name="周晓岚", roles=[Role.DISPATCHER]
        )
    with workspace.write("system:test") as tx:
        signed = accounts.sign_in(tx, "zhou", "a-long-password")
    assert signed is not None
    with TestClient(app, headers={"authorization": f"Bearer {signed[1]}"}) as found:
        yield found


def test_api_when_dispatcher_sends_then_the_whole_round(
    client: TestClient, workspace: Database
) -> None:
    """Rank, send, refuse a second, show the way, call off."""
    incident_id = _incident(workspace)
    ranked = client.get(f"/api/v1/incidents/{incident_id}/trucks").json()["ranked"]
    chosen = {"truck_id": ranked[0]["truck_id"]}
    made = client.post(f"/api/v1/incidents/{incident_id}/dispatch", json=chosen)
    assert made.status_code == 200, made.text
    again = client.post(f"/api/v1/incidents/{incident_id}/dispatch", json=chosen)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_dispatched")
    way = client.get(f"/api/v1/incidents/{incident_id}/route", params=chosen).json()
    assert way["drive_s"] == 20
    ended = client.post(
        f"/api/v1/dispatches/{made.json()['dispatch_id']}/cancel", json={"reason": "误派"}
    )
    assert ended.json()["state"] == "cancelled"
    missing = client.get("/api/v1/incidents/999/trucks")
    assert missing.status_code == 404


def test_api_when_streets_are_asked_twice_then_not_modified(client: TestClient) -> None:
    """The map is sent once; the same tag is answered with 304."""
    first = client.get("/api/v1/roads")
    assert first.headers["content-encoding"] == "gzip"
    assert set(first.json()) == {"lines", "classes", "labels"}
    second = client.get("/api/v1/roads", headers={"if-none-match": first.headers["etag"]})
    assert second.status_code == 304


def test_api_when_nobody_is_signed_in_then_refused(client: TestClient) -> None:
    """Without a session there is no ranking."""
    answer = client.get("/api/v1/incidents/1/trucks", headers={"authorization": ""})
    assert answer.json()["error"]["code"] == "not_authenticated"


def test_settings_when_numbers_are_overridden_then_taken(workspace: Database) -> None:
    """[params.dispatch] reaches the ranking."""
    settings = Settings(
        directory=workspace.settings.directory,
        params={"dispatch": {"position_fresh_s": 30.0}},
    )
    assert service.params_of(settings).position_fresh_s == 30.0
