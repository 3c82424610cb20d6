"""What the earlier rooms say opens, joins or leaves incidents alone."""

from __future__ import annotations

import pytest

from qingshu.incident import handlers, service
from qingshu.intake import service as intake
from qingshu.intake.model import Channel, Said
from qingshu.kernel.events import Event
from qingshu.runtime import deadletters
from qingshu.runtime.db import Database
from qingshu.runtime.relay import Relay
from qingshu.warn.events import AlarmRaised
from tests.worlds.town_small import Town, build_town_small


@pytest.fixture
def town(db: Database) -> Town:
    """Four tanks, two communities."""
    return build_town_small(db)


def _hear(db: Database, *events: Event) -> list[dict[str, object]]:
    with db.write("system:test") as tx:
        for event in events:
            tx.emit(event)
    Relay(db, "incident", handlers.HANDLERS).pump()
    with db.read() as conn:
        assert deadletters.counts(conn) == {}
        return service.rows(conn, db.clock.now())


def _alarm(tank_id: int, kind: str, *, suppression: str = "none") -> AlarmRaised:
    return AlarmRaised(
        subject_id=1, tank_id=tank_id, alarm_kind=kind, grade=1, reason_zh="", reason_en="",
        suppression=suppression, level_m=1.9, freeboard_m=0.1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "suppression", "opened"),
    [
        ("level", "none", 1), ("gas", "none", 1), ("lid", "none", 1),
        ("comms", "none", 0), ("fault", "none", 0), ("level", "shelved", 0),
    ],
)  # fmt: skip
def test_alarm_when_of_the_device_or_hidden_then_no_incident(
    db: Database, town: Town, kind: str, suppression: str, opened: int
) -> None:
    """A broken sensor is no overflow, and a hidden alarm waits until it is shown."""
    rows = _hear(db, _alarm(town.tanks[0], kind, suppression=suppression))
    assert len(rows) == opened


def test_report_when_two_people_call_then_one_incident_and_both_are_linked(
    db: Database, town: Town
) -> None:
    """The first call opens, the second joins; a word of praise opens nothing."""
    with db.write("account:desk") as tx:
        first = intake.receive(
            tx,
            Said(
                Channel.PHONE, "井口往外冒粪水", tank_code="槐11-0001", reporter_phone="13805310001"
            ),
        )
        second = intake.receive(
            tx,
            Said(
                Channel.PHONE, "还在冒，到门口了", tank_code="槐11-0001",
                reporter_phone="13805310002",
            ),
        )  # fmt: skip
    rows = _hear(db)
    assert [(r["callers"], r["report_ids"]) for r in rows] == [(2, [first.id, second.id])]
    with db.read() as conn:
        assert {r.incident_number for r in intake.of_incident(conn, int(str(rows[0]["id"])))} == {
            "S20261124-001"
        }
