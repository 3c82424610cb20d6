"""Reports that were merged by mistake move to an incident of their own."""

from __future__ import annotations

import pytest

from qingshu.incident import handlers, service
from qingshu.intake import service as intake
from qingshu.intake.model import Channel, Said
from qingshu.kernel.errors import InvalidInput
from qingshu.runtime import deadletters, eventlog
from qingshu.runtime.db import Database
from qingshu.runtime.relay import Relay
from tests.worlds.town_small import Town, build_town_small


@pytest.fixture
def town(db: Database) -> Town:
    """Four tanks, two communities."""
    return build_town_small(db)


def _pump(db: Database) -> None:
    # A handler's own events wait for the next round.
    for _ in range(2):
        Relay(db, "incident", handlers.HANDLERS).pump()
    with db.read() as conn:
        assert deadletters.counts(conn) == {}


def _two_calls(db: Database, town: Town) -> tuple[int, list[int]]:
    """One incident with two reports at the first tank."""
    ids = []
    with db.write("account:desk") as tx:
        for text in ("3号楼北冒粪水", "这边臭味很大"):
            said = Said(Channel.PHONE, text, tank_code="槐11-0001")
            ids.append(intake.receive(tx, said).id)
    _pump(db)
    with db.read() as conn:
        incident_id = intake.get(conn, ids[0]).incident_id
        assert intake.get(conn, ids[1]).incident_id == incident_id
    assert incident_id is not None
    return incident_id, ids


def test_split_when_one_report_is_another_problem_then_two_incidents(
    db: Database, town: Town
) -> None:
    """The report moves, its reporter is told of the new number, both histories stay."""
    old, ids = _two_calls(db, town)
    with db.write("account:desk") as tx:
        new = service.split(tx, old, [ids[1]], "臭味来自饭店", town.tanks[2])
    _pump(db)
    with db.read() as conn:
        left, right = (service.row(conn, i, db.clock.now()) for i in (old, new))
        moved = intake.get(conn, ids[1])
        told = [e.kind for e in eventlog.of_subject(conn, "incident", old)]
    assert (left["report_ids"], right["report_ids"]) == ([ids[0]], [ids[1]])
    assert (right["tank_id"], moved.tank_id) == (town.tanks[2], town.tanks[2])
    assert (moved.incident_id, moved.incident_number) == (new, right["number"])
    assert (left["grade"], right["grade"]) == (2, 3)
    assert "incident.split" in told
    assert right["next_due_at"] is not None


def test_split_when_heard_again_then_stays_split(db: Database, town: Town) -> None:
    """Locating the moved report again at the same tank does not merge it back."""
    old, ids = _two_calls(db, town)
    with db.write("account:desk") as tx:
        new = service.split(tx, old, [ids[1]], "两回事")
    with db.write("account:desk") as tx:
        intake.locate(tx, ids[1], town.tanks[0])
    _pump(db)
    with db.read() as conn:
        assert intake.get(conn, ids[1]).incident_id == new


@pytest.mark.parametrize("case", ["all", "none", "foreign", "no reason"])
def test_split_when_not_possible_then_refused(db: Database, town: Town, case: str) -> None:
    """Somebody must stay, somebody must go, and why is said."""
    old, ids = _two_calls(db, town)
    chosen = {"all": ids, "none": [], "foreign": [9999], "no reason": ids[1:]}[case]
    reason = " " if case == "no reason" else "两回事"
    with pytest.raises(InvalidInput), db.write("account:desk") as tx:
        service.split(tx, old, chosen, reason)


def test_split_when_incident_is_closed_then_refused(db: Database, town: Town) -> None:
    """A closed file is not taken apart."""
    old, ids = _two_calls(db, town)
    with db.write("account:desk") as tx:
        for command in ("assign", "arrive", "contain", "clear"):
            service.advance(tx, old, "handle", command)
        service.advance(tx, old, "coordinate", "not_needed")
        service.advance(tx, old, "regularise", "not_needed")
        service.close(tx, old, proved=True)
    with pytest.raises(InvalidInput), db.write("account:desk") as tx:
        service.split(tx, old, [ids[1]], "两回事")


def test_received_when_words_are_unsure_and_incident_is_open_there_then_joined(
    db: Database, town: Town
) -> None:
    """A bare name with a building joins what is open there, and opens nothing alone."""
    with db.write("account:desk") as tx:
        alone = intake.receive(tx, Said(Channel.PHONE, "裕园5号楼臭")).id
    _pump(db)
    old, _ = _two_calls(db, town)
    with db.write("account:desk") as tx:
        joined = intake.receive(tx, Said(Channel.PHONE, "裕园3号楼北又冒了")).id
        lost = intake.receive(tx, Said(Channel.PHONE, "裕园那边冒了")).id
    _pump(db)
    with db.read() as conn:
        assert intake.get(conn, alone).incident_id is None
        assert intake.get(conn, joined).incident_id == old
        assert "正有事件" in intake.get(conn, joined).because
        assert service.suggest(conn, db.settings, lost) == []


def test_suggest_when_same_caller_then_offered_with_reason(db: Database, town: Town) -> None:
    """A caller who says no place is offered the incident of the earlier call."""
    with db.write("account:desk") as tx:
        said = Said(Channel.PHONE, "冒粪水", tank_code="槐11-0001", reporter_phone="13805310000")
        intake.receive(tx, said)
        again = Said(Channel.PHONE, "怎么还没人来", reporter_phone="13805310000")
        later = intake.receive(tx, again).id
    _pump(db)
    with db.read() as conn:
        offered = service.suggest(conn, db.settings, later)
    assert len(offered) == 1
    assert "同一来电" in offered[0]["reason_zh"]
