"""Voices gather, tracks move, clocks run out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qingshu.incident import handlers, service
from qingshu.incident.errors import IncidentClosed, TracksNotDone
from qingshu.incident.model import Place, SourceKind, Voice
from qingshu.kernel.errors import TransitionNotAllowed
from qingshu.kernel.instants import to_ms
from qingshu.runtime import eventlog
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.timers import fire_due
from tests.worlds.town_small import LAT, LON, Town, build_town_small


@pytest.fixture
def town(db: Database) -> Town:
    """Four tanks, two communities."""
    return build_town_small(db)


def _alarm(db: Database, alarm_id: int, tank_id: int, grade: int = 1) -> int | None:
    with db.write("system:test") as tx:
        voice = Voice(SourceKind.ALARM, alarm_id, grade, Place(tank_id=tank_id), to_ms(tx.now))
        return service.take(tx, voice)


def _report(
    db: Database, report_id: int, place: Place, *, caller: str = "", grade: int = 2
) -> int | None:
    with db.write("system:test") as tx:
        voice = Voice(
            SourceKind.REPORT, report_id, grade, place, to_ms(tx.now), caller, "phone", "overflow"
        )
        return service.take(tx, voice)


def _walk(db: Database, incident_id: int, *commands: str) -> None:
    with db.write("account:desk") as tx:
        for command in commands:
            service.advance(tx, incident_id, "handle", command)


def _finish(db: Database, incident_id: int) -> None:
    _walk(db, incident_id, "assign", "arrive", "contain", "clear")
    with db.write("account:desk") as tx:
        service.advance(tx, incident_id, "coordinate", "not_needed")
        service.advance(tx, incident_id, "regularise", "not_needed")
        service.close(tx, incident_id, proved=True)


def _kinds(db: Database) -> list[str]:
    with db.read() as conn:
        return [e.kind for e in eventlog.tail(conn, 0)]


def test_take_when_alarm_and_two_callers_at_one_tank_then_one_incident(
    db: Database, town: Town
) -> None:
    """Three voices, one file; the caller who rang twice is counted once."""
    first = _alarm(db, 1, town.tanks[0], grade=2)
    at = Place(tank_id=town.tanks[0])
    assert _report(db, 1, at, caller="a") == first
    assert _report(db, 2, at, caller="a") == first
    assert _report(db, 3, at, caller="b", grade=1) == first
    with db.read() as conn:
        row = service.row(conn, first or 0, db.clock.now())
    assert (row["callers"], row["alarm_ids"], row["report_ids"]) == (2, [1], [1, 2, 3])
    assert row["grade"] == 1
    assert row["tank_name"] == "裕园社区3号楼北"


def test_take_when_same_voice_twice_then_nothing_new(db: Database, town: Town) -> None:
    """An event delivered twice opens one incident."""
    assert _alarm(db, 1, town.tanks[0]) == _alarm(db, 1, town.tanks[0])
    assert _kinds(db).count("incident.opened") == 1


def test_take_when_mild_alarm_then_opens_nothing(db: Database, town: Town) -> None:
    """A blue alarm is next week's work; growing worse, it opens."""
    assert _alarm(db, 1, town.tanks[0], grade=4) is None
    assert _alarm(db, 1, town.tanks[0], grade=3) is not None


def test_take_when_report_knows_only_its_community_then_alarm_brings_the_tank(
    db: Database, town: Town
) -> None:
    """The caller says 裕园, the alarm says which tank: one incident with a tank."""
    where = Place(community_id=town.communities[0], office_id=town.office)
    first = _report(db, 1, where)
    assert first is not None
    assert _alarm(db, 1, town.tanks[1]) == first
    assert _alarm(db, 2, town.tanks[2]) != first
    with db.read() as conn:
        assert service.get(conn, first).tank_id == town.tanks[1]


def test_take_when_report_is_located_better_then_moves_and_the_empty_file_is_merged(
    db: Database, town: Town
) -> None:
    """A report first known by community joins the tank's incident once the tank is known."""
    loose = _report(db, 1, Place(community_id=town.communities[1]))
    other = _alarm(db, 1, town.tanks[0])
    assert loose is not None
    assert other is not None
    assert _report(db, 1, Place(tank_id=town.tanks[0])) == other
    with db.read() as conn:
        assert service.get(conn, loose).merged_into == other
        assert [r["id"] for r in service.rows(conn, db.clock.now())] == [other]


def test_clock_when_missed_then_escalates_level_by_level_until_somebody_acts(
    db: Database, town: Town, clock: FakeClock
) -> None:
    """Red: on site within 2 h, then every 15 min one level up, three levels."""
    incident_id = _alarm(db, 1, town.tanks[0])
    assert incident_id is not None

    def fire() -> int:
        return fire_due(db, handlers.TIMERS, actor="system:clerk")

    clock.advance(timedelta(hours=1, minutes=59))
    assert fire() == 0
    clock.advance(timedelta(minutes=2))
    assert fire() == 1
    clock.advance(timedelta(minutes=16))
    assert fire() == 1
    _walk(db, incident_id, "assign", "arrive")
    clock.advance(timedelta(minutes=16))
    assert fire() == 0
    assert _kinds(db).count("incident.escalated") == 2
    with db.read() as conn:
        found = service.detail(conn, incident_id, db.clock.now())
    arrive = found["tracks"]["handle"]["clocks"][0]
    assert (arrive["name"], arrive["level"], arrive["met_at"] is None) == ("arrive", 2, False)
    assert found["next_due_clock"] == "contain"


def test_close_when_tracks_are_open_then_refused_with_their_names(db: Database, town: Town) -> None:
    """The refusal says which track stands where, and nothing is saved."""
    incident_id = _alarm(db, 1, town.tanks[0]) or 0
    with pytest.raises(TracksNotDone) as refused, db.write("account:desk") as tx:
        service.close(tx, incident_id, proved=True)
    assert set(refused.value.fields) == {"handle", "coordinate", "regularise"}


def test_close_then_next_incident_in_the_watch_window_is_a_recurrence(
    db: Database, town: Town, clock: FakeClock
) -> None:
    """29 days later is a recurrence of the first, 31 more days later of nothing."""
    first = _alarm(db, 1, town.tanks[0]) or 0
    _finish(db, first)
    clock.advance(timedelta(days=29))
    second = _alarm(db, 2, town.tanks[0]) or 0
    with db.read() as conn:
        assert service.get(conn, second).recurrence_of == first
    _finish(db, second)
    clock.advance(timedelta(days=31))
    third = _alarm(db, 3, town.tanks[0]) or 0
    with db.read() as conn:
        assert service.get(conn, third).recurrence_of is None
    with pytest.raises(IncidentClosed), db.write("account:desk") as tx:
        service.advance(tx, first, "handle", "assign")


def test_take_when_somebody_calls_after_clearing_then_handling_starts_again(
    db: Database, town: Town, clock: FakeClock
) -> None:
    """A call that comes after the pumping says it was not solved."""
    incident_id = _alarm(db, 1, town.tanks[0]) or 0
    _walk(db, incident_id, "assign", "arrive", "contain", "clear")
    clock.advance(timedelta(hours=1))
    assert _report(db, 1, Place(tank_id=town.tanks[0])) == incident_id
    with db.read() as conn:
        row = service.row(conn, incident_id, db.clock.now())
    assert (row["handle"], row["next_due_clock"]) == ("open", "arrive")


def test_advance_when_no_arrow_then_refused(db: Database, town: Town) -> None:
    """Nobody clears what nobody reached."""
    incident_id = _alarm(db, 1, town.tanks[0]) or 0
    with pytest.raises(TransitionNotAllowed), db.write("account:desk") as tx:
        service.advance(tx, incident_id, "handle", "clear")


def test_take_when_report_has_only_coordinates_then_joins_within_150_metres(
    db: Database, town: Town
) -> None:
    """33 m from tank A joins its incident; 555 m away is another problem with its own point."""
    first = _alarm(db, 1, town.tanks[0])
    assert _report(db, 1, Place(lat=LAT + 0.0003, lon=LON)) == first
    assert _report(db, 2, Place(lat=LAT + 0.005, lon=LON)) != first


def test_take_when_only_the_community_is_known_then_the_incident_lies_there(
    db: Database, town: Town
) -> None:
    """A truck can be sent to a community although nobody knows the tank yet."""
    incident_id = _report(db, 1, Place(community_id=town.communities[1])) or 0
    with db.read() as conn:
        row = service.row(conn, incident_id, db.clock.now())
    assert (row["lat"], row["office_name"]) == (LAT, "中大槐树街道")


def test_take_when_alarm_comes_again_after_clearing_then_handling_starts_again(
    db: Database, town: Town, clock: FakeClock
) -> None:
    """The same alarm raised again before anybody acknowledged it: it is not over."""
    incident_id = _alarm(db, 1, town.tanks[0]) or 0
    _finish(db, incident_id)
    clock.advance(timedelta(hours=2))
    assert _alarm(db, 1, town.tanks[0]) == incident_id
    with db.read() as conn:
        row = service.row(conn, incident_id, db.clock.now())
    assert (row["status"], row["handle"]) == ("open", "open")
