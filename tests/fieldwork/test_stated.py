"""What a phone kept without signal says when it was done; the server's time stands beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from qingshu.fieldwork import service, store
from qingshu.fieldwork.errors import GasGateLocked
from qingshu.fieldwork.model import JobState
from qingshu.fieldwork.params import FieldworkParams
from qingshu.incident import service as incidents
from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import from_ms, iso
from qingshu.runtime import eventlog
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from tests.fieldwork.test_gas import GOOD
from tests.worlds.town_small import Town


def say(db: Database, job_id: int, word: str, at: datetime | None = None) -> None:
    with db.write("account:crew") as tx:
        service.command(tx, job_id, word, at=at)


def test_command_when_done_without_signal_then_both_times_are_logged(
    db: Database, job_id: int, clock: FakeClock
) -> None:
    """The log's own time is the server's; the phone's statement stands in the entry."""
    done = clock.now() + timedelta(minutes=3)
    say(db, job_id, "accept")
    clock.advance(timedelta(minutes=50))
    say(db, job_id, "arrive", at=done)
    with db.read() as conn:
        entries = eventlog.of_subject(conn, "job", job_id)
        job = store.load(conn, job_id)
    last = [e for e in entries if e.kind == "job.advanced"][-1]
    assert (last.payload or {})["stated_at"] == iso(done)
    assert last.at == clock.now() == from_ms(job.arrived_ms or 0)
    assert (entries[0].payload or {}).get("stated_at") is None


@pytest.mark.parametrize("back", [timedelta(hours=25), -timedelta(minutes=2)])
def test_command_when_stated_in_the_future_or_long_ago_then_refused(
    db: Database, job_id: int, clock: FakeClock, back: timedelta
) -> None:
    """A wrong phone clock moves nothing."""
    for work in (
        lambda: say(db, job_id, "accept", at=clock.now() - back),
        lambda: _receive(db, at=clock.now() - back),
    ):
        with pytest.raises(InvalidInput, match="Expected at"):
            work()
    with db.read() as conn:
        assert store.load(conn, job_id).state is JobState.OFFERED


def test_gas_when_tested_and_pumped_without_signal_then_judged_at_those_times(
    db: Database, job_id: int, clock: FakeClock
) -> None:
    """A test of two hours ago clears the pump of two hours ago, not one started now."""
    say(db, job_id, "accept")
    say(db, job_id, "arrive")
    tested = clock.now() + timedelta(minutes=1)
    clock.advance(timedelta(hours=2))
    with db.write("account:crew") as tx:
        assert service.test_gas(tx, job_id, GOOD, tested).cleared
    with pytest.raises(GasGateLocked):
        say(db, job_id, "start-pumping")
    with pytest.raises(GasGateLocked):
        say(db, job_id, "start-pumping", at=tested - timedelta(minutes=10))
    say(db, job_id, "start-pumping", at=tested + timedelta(minutes=5))
    with db.read() as conn:
        shown = service.detail(
            conn, job_id, clock.now(), params=FieldworkParams(),
            directory=db.settings.directory, opens_phone=False,
        )  # fmt: skip
    assert shown["state"] == "pumping"
    test, valid = shown["gas"]["tests"][0], timedelta(minutes=shown["gas"]["valid_min"])
    assert shown["gas"]["valid_until"] == iso(tested + valid)
    assert (test["stated_at"], test["at"]) == (iso(tested), iso(clock.now()))


def test_gas_when_a_failed_and_a_passed_test_came_late_then_each_keeps_its_time(
    db: Database, job_id: int, clock: FakeClock
) -> None:
    """Two tests held on the phone come in together and stay apart."""
    say(db, job_id, "accept")
    say(db, job_id, "arrive")
    first = clock.now()
    clock.advance(timedelta(minutes=40))
    bad = replace(GOOD, readings=replace(GOOD.readings, h2s_mgm3=18.0))
    with db.write("account:crew") as tx:
        service.test_gas(tx, job_id, bad, first)
        service.test_gas(tx, job_id, replace(GOOD, ventilation_min=20.0))
    with db.read() as conn:
        shown = service.detail(
            conn, job_id, clock.now(), params=FieldworkParams(),
            directory=db.settings.directory, opens_phone=False,
        )  # fmt: skip
    assert [t["stated_at"] for t in shown["gas"]["tests"]] == [iso(first), None]


def test_jobs_when_asked_for_one_incident_then_only_its_jobs(
    db: Database, job_id: int, town: Town
) -> None:
    """The desk's card reads the jobs of its incident, ended ones too."""
    with db.write("account:desk") as tx:
        other = incidents.open_by_hand(tx, town.tanks[1], "巡查见外溢")
        second = service.create(
            tx, incident_id=other, truck_id=town.truck, dispatch_id=2, eta_s=None
        )
        service.command(tx, second.id, "cancel", reason="撤销")
    with db.read() as conn:
        of_other = service.rows(conn, only_open=False, incident_id=other)
        assert [row["id"] for row in of_other] == [second.id]
        assert service.rows(conn, only_open=True, incident_id=other) == []
        first = store.load(conn, job_id).incident_id
        assert [r["id"] for r in service.rows(conn, only_open=True, incident_id=first)] == [job_id]


def _receive(db: Database, at: datetime) -> None:
    with db.write("account:keeper") as tx:
        service.receive(
            tx, plant_code="P1", truck_code="T1", job_id=None, volume_m3=3.0, accepted=True, at=at
        )
