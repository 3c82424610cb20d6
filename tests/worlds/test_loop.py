"""One whole turn of the loop in ``town_small``: alarm to dossier, through the rooms' doors."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from qingshu.dispatch import handlers as dispatch_handlers
from qingshu.dispatch import service as dispatch
from qingshu.fieldwork import handlers as fieldwork_handlers
from qingshu.fieldwork import service as fieldwork
from qingshu.fieldwork import store as fieldwork_store
from qingshu.fieldwork.model import Job
from qingshu.fleet import service as fleet
from qingshu.fleet.model import Report as Position
from qingshu.incident import handlers as incident_handlers
from qingshu.incident import service as incidents
from qingshu.intake import handlers as intake_handlers
from qingshu.intake import service as intake
from qingshu.intake.model import Channel, Said
from qingshu.kernel.errors import TransitionNotAllowed
from qingshu.kernel.geodesy import Point
from qingshu.kernel.instants import to_ms
from qingshu.learn import handlers as learn_handlers
from qingshu.learn import store as learn_store
from qingshu.runtime import deadletters, eventlog
from qingshu.runtime.blobs import BlobStore
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.relay import Relay
from qingshu.runtime.timers import fire_due
from qingshu.schedule import service as schedule
from qingshu.sense.pipeline import Pipeline
from qingshu.verify import handlers as verify_handlers
from qingshu.verify import service as verify
from qingshu.verify.errors import ProofMissing
from qingshu.verify.model import Outcome
from qingshu.warn import handlers as warn_handlers
from qingshu.warn import service as warn
from qingshu.warn.engine import WarnEngine
from tests.fieldwork.test_gas import GOOD
from tests.fieldwork.test_service import JPEG, STEPS_BY_HAND
from tests.worlds.town_small import LAT, LON, Town, build_town_small

ROOMS: dict[str, Any] = {
    "warn": warn_handlers, "intake": intake_handlers, "incident": incident_handlers,
    "dispatch": dispatch_handlers, "fieldwork": fieldwork_handlers, "verify": verify_handlers,
    "learn": learn_handlers,
}  # fmt: skip


class Station:
    """The processes of one workspace, turned by hand."""

    def __init__(self, db: Database, clock: FakeClock) -> None:
        self.db, self.clock = db, clock
        self.town: Town = build_town_small(db)
        self.truck_at = (LAT - 0.0045, LON)
        self.pipeline = Pipeline(db, observers=[WarnEngine(db.settings)])
        self.relays = [Relay(db, name, room.HANDLERS) for name, room in ROOMS.items()]
        self.timers = {kind: f for room in ROOMS.values() for kind, f in room.TIMERS.items()}

    def run(self) -> None:
        """Let every room hear what happened, and fire what is due."""
        fire_due(self.db, self.timers, actor="system:clerk")
        for _ in range(20):
            if not sum(relay.pump() for relay in self.relays):
                return

    def read_level(self, level_m: float, times: int) -> None:
        """Readings of tank A every 10 minutes."""
        for _ in range(times):
            self.clock.advance(timedelta(minutes=10))
            body = {"measured_at": to_ms(self.clock.now()), "level_m": level_m}
            self.pipeline.submit([b"qs/v1/L1/reading"], [json.dumps(body).encode()], [1])
            self.pipeline.commit()
            self._tell_position()
            self.run()

    def stand_at(self, lat: float, lon: float, minutes: int = 0) -> None:
        """The truck reports its position every 10 seconds."""
        self.truck_at = (lat, lon)
        for _ in range(minutes * 6 + 1):
            self.clock.advance(timedelta(seconds=10))
            self._tell_position()
            self.run()

    def _tell_position(self) -> None:
        with self.db.write("system:ingest") as tx:
            here = Position(self.town.truck, tx.now, tx.now, *self.truck_at, speed_kmh=0.0)
            fleet.record_positions(tx, [here])

    def crew(self, *work: Callable[[Any], object]) -> None:
        """The crew does something, each in its own request."""
        for step in work:
            with self.db.write("account:crew2") as tx:
                step(tx)
            self.run()

    def job(self) -> Job:
        """The newest job."""
        with self.db.read() as conn:
            return fieldwork_store.listed(conn, only_open=False, truck_id=None, limit=1)[0]

    def kinds(self) -> list[str]:
        """What happened, in order."""
        with self.db.read() as conn:
            return [e.kind for e in eventlog.tail(conn, 0, 10_000)]


@pytest.fixture
def station(db: Database, clock: FakeClock) -> Station:
    """A station that has watched a quiet tank for a while."""
    station = Station(db, clock)
    station.stand_at(LAT - 0.0045, LON)
    station.read_level(1.0, 6)
    return station


def _incident(station: Station) -> dict[str, Any]:
    with station.db.read() as conn:
        (row,) = incidents.rows(conn, station.clock.now())
        return incidents.detail(conn, row["id"], station.clock.now())


def _walk_to_the_gate(station: Station) -> int:
    incident_id: int = _incident(station)["id"]
    with station.db.write("account:desk") as tx:
        dispatch.confirm(tx, incident_id, station.town.truck)
    station.run()
    job_id = station.job().id
    assert station.job().incident_id == incident_id
    station.crew(
        lambda tx: fieldwork.command(tx, job_id, "accept"),
        lambda tx: fieldwork.command(tx, job_id, "depart"),
    )
    station.stand_at(LAT, LON, minutes=8)
    assert station.job().arrival_by == "position"
    return job_id


def _pump_and_prove(station: Station, job_id: int) -> None:
    blobs = BlobStore(station.db.settings.directory / "blobs")

    def photo(kind: str, content: bytes) -> Callable[[Any], object]:
        return lambda tx: fieldwork.add_photo(
            tx, job_id, blobs, content, kind=kind, taken_at=tx.now, taken=Point(LAT, LON)
        )

    def step(name: str) -> Callable[[Any], object]:
        return lambda tx: fieldwork.do_step(tx, job_id, name, at=None)

    station.crew(
        lambda tx: fieldwork.command(tx, job_id, "start-pumping"),
        lambda tx: fieldwork.command(tx, job_id, "finish-pumping", volume_m3=5.2),
        photo("before", JPEG), photo("before", JPEG + b"2"), photo("bottom", JPEG),
        photo("after", JPEG), *(step(name) for name in STEPS_BY_HAND),
        lambda tx: fieldwork.command(tx, job_id, "finish"),
        lambda tx: fieldwork.receive(
            tx, plant_code="P1", truck_code="槐2", job_id=job_id, volume_m3=5.2, accepted=True
        ),
    )  # fmt: skip


def test_loop_when_level_rises_then_one_whole_turn(station: Station) -> None:
    """Alarm, call, truck, gate, pumping, proof, call back, closed; nothing set aside."""
    station.read_level(1.9, 8)
    assert "alarm.raised" in station.kinds()
    with station.db.write("account:desk") as tx:
        report = intake.receive(
            tx, Said(Channel.PHONE, "3号楼北井口往外冒粪水", tank_code="槐11-0001"),
        )  # fmt: skip
    station.run()
    opened = _incident(station)
    assert (len(opened["alarms"]), opened["report_ids"]) == (1, [report.id])

    job_id = _walk_to_the_gate(station)
    assert _incident(station)["handle"] == "on_site"
    bad = replace(GOOD, readings=replace(GOOD.readings, h2s_mgm3=18.0))
    station.crew(lambda tx: fieldwork.test_gas(tx, job_id, bad))
    with pytest.raises(TransitionNotAllowed), station.db.write("account:crew2") as tx:
        fieldwork.command(tx, job_id, "start-pumping")
    station.crew(lambda tx: fieldwork.test_gas(tx, job_id, replace(GOOD, ventilation_min=15.0)))
    _pump_and_prove(station, job_id)

    incident_id = opened["id"]
    with pytest.raises(ProofMissing) as missing, station.db.write("account:desk") as tx:
        verify.close(tx, incident_id)
    assert set(missing.value.fields) == {"level", "callback"}
    station.read_level(0.5, 6)
    with station.db.write("account:desk") as tx:
        verify.call_back(tx, incident_id, Outcome.REACHED, solved=True, satisfaction=5)
        closed = verify.close(tx, incident_id)
    station.run()
    assert closed.proved
    with station.db.read() as conn:
        assert incidents.rows(conn, station.clock.now()) == []
        assert [str(r.status) for r in intake.of_incident(conn, incident_id)] == ["closed"]
        assert deadletters.counts(conn) == {}
        assert eventlog.verify(conn) is None
    kinds = station.kinds()
    wanted = [
        "alarm.raised", "incident.opened", "report.linked", "dispatch.confirmed", "job.created",
        "job.gas_tested", "receipt.recorded", "callback.due", "callback.recorded",
        "incident.closed",
    ]  # fmt: skip
    assert [kind for kind in wanted if kind not in kinds] == []


def test_loop_when_resident_says_not_solved_then_handling_starts_again(
    station: Station,
) -> None:
    """The call back reopens the handle track, and its clocks run anew."""
    station.read_level(1.9, 8)
    job_id = _walk_to_the_gate(station)
    station.crew(lambda tx: fieldwork.test_gas(tx, job_id, GOOD))
    _pump_and_prove(station, job_id)
    incident_id = _incident(station)["id"]
    with station.db.write("account:desk") as tx:
        verify.call_back(tx, incident_id, Outcome.REACHED, solved=False, satisfaction=1)
    station.run()
    again = _incident(station)
    assert (again["handle"], again["next_due_clock"]) == ("open", "arrive")


def test_loop_when_it_turns_three_times_then_the_spot_has_a_dossier(station: Station) -> None:
    """Three overflows in three weeks: recurrences of each other, and a dossier."""
    incident_id = 0
    for _ in range(3):
        station.read_level(1.9, 8)
        incident_id = _incident(station)["id"]
        job_id = _walk_to_the_gate(station)
        station.crew(partial(fieldwork.test_gas, job_id=job_id, test=GOOD))
        _pump_and_prove(station, job_id)
        station.read_level(0.5, 20)
        with station.db.write("account:desk") as tx:
            for alarm_id in incidents.row(tx.conn, incident_id, tx.now)["alarm_ids"]:
                warn.acknowledge(tx, alarm_id)
            assert verify.close(tx, incident_id).proved
        station.clock.advance(timedelta(days=7))
        station.read_level(0.6, 3)
        station.stand_at(LAT - 0.0045, LON)
    with station.db.read() as conn:
        (dossier,) = learn_store.listed(conn)
        assert len(learn_store.incident_ids(conn, dossier.id)) == 3
        assert incidents.get(conn, incident_id).recurrence_of is not None
        last = schedule.last_desludged(conn, station.town.tanks[0])
    assert last is not None
    assert last > date(2026, 12, 1)
