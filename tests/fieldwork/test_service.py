"""A crew walks a job; the gate, the evidence and the phone's outbox hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from qingshu.fieldwork import handlers, service, store
from qingshu.fieldwork.errors import EvidenceMissing, GasGateLocked, KeyReused, NotAPhoto
from qingshu.fieldwork.model import JobState
from qingshu.fleet import service as fleet
from qingshu.fleet.model import Report, TruckState
from qingshu.incident import service as incidents
from qingshu.kernel.errors import InvalidInput, TransitionNotAllowed
from qingshu.kernel.geodesy import Point
from qingshu.runtime import eventlog
from qingshu.runtime.blobs import BlobStore
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.relay import Relay
from qingshu.runtime.timers import fire_due
from tests.fieldwork.test_gas import GOOD
from tests.worlds.town_small import LAT, LON, Town

STEPS_BY_HAND = (
    "identity", "cordon", "before", "pump", "outlet", "close", "after", "resident",
)  # fmt: skip
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


def say(db: Database, job_id: int, *words: str, volume_m3: float | None = None) -> None:
    with db.write("account:crew") as tx:
        for word in words:
            service.command(tx, job_id, word, volume_m3=volume_m3, reason="巷口堵车")


def photo(db: Database, job_id: int, kind: str, content: bytes = JPEG) -> None:
    blobs = BlobStore(db.settings.directory / "blobs")
    with db.write("account:crew") as tx:
        service.add_photo(
            tx, job_id, blobs, content, kind=kind, taken_at=tx.now, taken=Point(LAT, LON)
        )


def state(db: Database, job_id: int) -> JobState:
    with db.read() as conn:
        return store.load(conn, job_id).state


def test_start_pumping_when_gas_failed_or_is_old_then_locked(
    db: Database, job_id: int, clock: FakeClock
) -> None:
    """H2S 18 locks; ventilated and passed opens; 31 minutes later it is locked again."""
    say(db, job_id, "accept", "depart", "arrive")
    with pytest.raises(TransitionNotAllowed):
        say(db, job_id, "start-pumping")
    bad = replace(GOOD, readings=replace(GOOD.readings, h2s_mgm3=18.0))
    with db.write("account:crew") as tx:
        assert not service.test_gas(tx, job_id, bad).cleared
    with pytest.raises(TransitionNotAllowed):
        say(db, job_id, "start-pumping")
    clock.advance(timedelta(minutes=16))
    with db.write("account:crew") as tx:
        assert service.test_gas(tx, job_id, replace(GOOD, ventilation_min=15.0)).cleared
    clock.advance(timedelta(minutes=31))
    with pytest.raises(GasGateLocked) as locked:
        say(db, job_id, "start-pumping")
    assert locked.value.fields["zh"] == "测气已过 30 分，请复测后再开泵"
    with db.write("account:crew") as tx:
        service.test_gas(tx, job_id, GOOD)
    say(db, job_id, "start-pumping")
    assert state(db, job_id) is JobState.PUMPING


def test_gas_when_it_fails_while_pumping_then_the_pump_locks(db: Database, job_id: int) -> None:
    """Gas that rises during work sends the job back before the gate."""
    say(db, job_id, "accept", "arrive")
    with db.write("account:crew") as tx:
        service.test_gas(tx, job_id, GOOD)
    say(db, job_id, "start-pumping")
    with db.write("account:crew") as tx:
        service.test_gas(tx, job_id, replace(GOOD, attendant=""))
    assert state(db, job_id) is JobState.ARRIVED


def test_command_when_it_belongs_to_a_rule_then_people_cannot_give_it(
    db: Database, job_id: int
) -> None:
    """The gate's own arrows are no buttons."""
    say(db, job_id, "accept", "arrive")
    for word in ("clear-gas", "lock-gas", "dispose", "unblock-pumped", "fly"):
        with pytest.raises(InvalidInput):
            say(db, job_id, word)


def test_finish_when_evidence_is_missing_then_every_item_is_listed(
    db: Database, job_id: int, town: Town
) -> None:
    """Nothing is finished before photos and steps are there; then truck and tank agree."""
    say(db, job_id, "accept", "depart", "arrive")
    with db.write("account:crew") as tx:
        service.test_gas(tx, job_id, GOOD)
    say(db, job_id, "start-pumping")
    say(db, job_id, "finish-pumping", volume_m3=5.2)
    with pytest.raises(EvidenceMissing) as missing:
        say(db, job_id, "finish")
    assert "先拍作业前，还差 2 张" in missing.value.fields["zh"]
    with db.write("account:crew") as tx, pytest.raises(EvidenceMissing):
        service.do_step(tx, job_id, "before", at=None)
    photo(db, job_id, "before")
    photo(db, job_id, "before", JPEG + b"2")
    photo(db, job_id, "bottom")
    photo(db, job_id, "after")
    with db.write("account:crew") as tx:
        for step in STEPS_BY_HAND:
            service.do_step(tx, job_id, step, at=None)
    say(db, job_id, "finish")
    with db.read() as conn:
        truck = fleet.present(conn, town.truck)
    assert (truck.state, truck.load_m3, truck.job_id) == (TruckState.HAULING, 5.2, None)
    with db.write("account:keeper") as tx:
        receipt = service.receive(
            tx, plant_code="P1", truck_code="槐2", job_id=job_id, volume_m3=5.2, accepted=True
        )
    with db.read() as conn:
        truck = fleet.present(conn, town.truck)
    assert receipt.number.startswith("G20261124-")
    assert (truck.state, truck.load_m3) == (TruckState.IDLE, 0.0)


def test_receipt_when_refused_then_the_load_stays_on_the_truck(
    db: Database, job_id: int, town: Town
) -> None:
    """A refused load still has to go somewhere."""
    say(db, job_id, "accept", "arrive")
    with db.write("account:crew") as tx:
        service.test_gas(tx, job_id, GOOD)
    say(db, job_id, "start-pumping")
    say(db, job_id, "finish-pumping", volume_m3=5.2)
    with db.write("account:keeper") as tx:
        service.receive(
            tx, plant_code="P1", truck_code="槐2", job_id=job_id, volume_m3=5.2,
            accepted=False, reason="含油污",
        )  # fmt: skip
    with db.read() as conn:
        assert fleet.present(conn, town.truck).load_m3 == 5.2
    assert state(db, job_id) is JobState.PUMPED


def test_photo_when_no_picture_then_refused(db: Database, job_id: int) -> None:
    """A page that calls itself a photo is not kept."""
    say(db, job_id, "accept", "arrive")
    with pytest.raises(NotAPhoto):
        photo(db, job_id, "before", b"<html><script>")


def test_once_when_the_outbox_sends_again_then_the_same_answer_and_one_effect(
    db: Database, job_id: int
) -> None:
    """Accept twice under one key; the key on another request is refused."""

    def accept() -> object:
        with db.write("account:crew") as tx:
            return service.once(
                tx, "k1", "accept",
                lambda: str(service.command(tx, job_id, "accept").state),
            )  # fmt: skip

    assert accept() == accept() == "accepted"
    with pytest.raises(KeyReused), db.write("account:crew") as tx:
        service.once(tx, "k1", "depart", lambda: None)
    with db.read() as conn:
        kinds = [e.kind for e in eventlog.of_subject(conn, "job", job_id)]
    assert kinds == ["job.created", "job.advanced"]


def test_offer_when_nobody_accepts_for_a_minute_then_the_desk_is_told(
    db: Database, job_id: int, clock: FakeClock
) -> None:
    """61 seconds of silence are one event."""
    clock.advance(timedelta(seconds=61))
    fire_due(db, handlers.TIMERS, actor="system:clerk")
    with db.read() as conn:
        kinds = [e.kind for e in eventlog.of_subject(conn, "job", job_id)]
    assert kinds.count("job.unanswered") == 1


def test_arrival_when_the_truck_stands_at_the_tank_then_it_is_read_from_positions(
    db: Database, job_id: int, town: Town, clock: FakeClock
) -> None:
    """Nobody pressed anything: positions say the truck stands there."""
    say(db, job_id, "accept", "depart")
    for _ in range(30):
        clock.advance(timedelta(seconds=10))
        with db.write("system:ingest") as tx:
            here = Report(town.truck, tx.now, tx.now, LAT, LON, speed_kmh=0.0)
            fleet.record_positions(tx, [here])
        fire_due(db, handlers.TIMERS, actor="system:clerk")
    with db.read() as conn:
        job = store.load(conn, job_id)
        incident = incidents.get(conn, job.incident_id or 0)
    assert (job.state, job.arrival_by, str(incident.handle)) == (
        JobState.ARRIVED, "position", "on_site",
    )  # fmt: skip


def test_hand_over_then_the_incident_waits_for_another_truck(
    db: Database, job_id: int, town: Town
) -> None:
    """The job ends with its reason, the incident is open again, the truck is free."""
    say(db, job_id, "accept", "arrive", "block", "hand-over")
    with db.read() as conn:
        job = store.load(conn, job_id)
        incident = incidents.get(conn, job.incident_id or 0)
        truck = fleet.present(conn, town.truck)
    assert (job.state, job.reason, str(incident.handle)) == (
        JobState.HANDED_OVER, "巷口堵车", "open",
    )  # fmt: skip
    assert (truck.state, truck.job_id) == (TruckState.IDLE, None)


def test_unblock_when_blocked_while_pumping_then_the_gate_is_before_the_crew_again(
    db: Database, job_id: int
) -> None:
    """Blocking is no way around a new test."""
    say(db, job_id, "accept", "arrive")
    with db.write("account:crew") as tx:
        service.test_gas(tx, job_id, GOOD)
    say(db, job_id, "start-pumping", "block", "unblock")
    assert state(db, job_id) is JobState.ARRIVED


def test_close_when_a_crew_is_on_its_way_then_its_job_is_cancelled(
    db: Database, job_id: int, town: Town
) -> None:
    """Nobody drives to an incident that the desk has closed."""
    say(db, job_id, "accept", "depart")
    with db.write("account:desk") as tx:
        incident_id = store.load(tx.conn, job_id).incident_id or 0
        for command in ("arrive", "contain", "clear"):
            incidents.advance(tx, incident_id, "handle", command)
        incidents.advance(tx, incident_id, "coordinate", "not_needed")
        incidents.advance(tx, incident_id, "regularise", "not_needed")
        incidents.close(tx, incident_id, proved=False, reason="误报")
    Relay(db, "fieldwork", handlers.HANDLERS).pump()
    with db.read() as conn:
        truck = fleet.present(conn, town.truck)
    assert state(db, job_id) is JobState.CANCELLED
    assert (truck.state, truck.job_id) == (TruckState.IDLE, None)
