"""Spots that come back get a file, and the file shows whether the cure held."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qingshu.incident import service as incidents
from qingshu.incident.model import Place, SourceKind, Voice
from qingshu.kernel.instants import to_ms
from qingshu.learn import handlers, service, store
from qingshu.learn.errors import BadPeriod
from qingshu.learn.model import By, DossierCommand, DossierState
from qingshu.learn.params import LearnParams
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.relay import Relay
from qingshu.verify import service as verify
from tests.worlds.town_small import Town, build_town_small


@pytest.fixture
def town(db: Database) -> Town:
    """Four tanks, two communities."""
    return build_town_small(db)


def _overflow(db: Database, number: int, tank_id: int) -> int:
    """One alarm, handled by hand and closed with a reason."""
    with db.write("account:desk") as tx:
        voice = Voice(
            SourceKind.ALARM, number, 2, Place(tank_id=tank_id), to_ms(tx.now), category="level"
        )
        incident_id = incidents.take(tx, voice)
        assert incident_id is not None
        for command in ("assign", "arrive", "contain", "clear"):
            incidents.advance(tx, incident_id, "handle", command)
        verify.close(tx, incident_id, "演练")
    Relay(db, "learn", handlers.HANDLERS).pump()
    return incident_id


def test_dossier_when_third_incident_in_90_days_then_opened_and_later_ones_linked(
    db: Database, town: Town, clock: FakeClock
) -> None:
    """Days 0, 40, 80 open a dossier; day 120 is linked to it."""
    ids = []
    for number in range(1, 4):
        ids.append(_overflow(db, number, town.tanks[0]))
        clock.advance(timedelta(days=40))
    with db.read() as conn:
        (dossier,) = store.listed(conn)
        assert (dossier.tank_id, dossier.community_id) == (town.tanks[0], None)
        assert store.incident_ids(conn, dossier.id) == ids
    ids.append(_overflow(db, 4, town.tanks[0]))
    with db.read() as conn:
        assert store.incident_ids(conn, dossier.id) == ids


def test_dossier_when_incidents_lie_far_apart_then_none(
    db: Database, town: Town, clock: FakeClock
) -> None:
    """Days 0, 50, 100: never three within 90 days."""
    for number in range(1, 4):
        _overflow(db, number, town.tanks[0])
        clock.advance(timedelta(days=50))
    with db.read() as conn:
        assert store.listed(conn) == []


def test_dossier_when_incidents_are_spread_over_a_community_then_of_the_community(
    db: Database, town: Town
) -> None:
    """Tanks A, B, A of one community: three incidents, but at no tank three."""
    for number, tank in enumerate((town.tanks[0], town.tanks[1], town.tanks[0]), 1):
        _overflow(db, number, tank)
    with db.read() as conn:
        (dossier,) = store.listed(conn)
    assert (dossier.tank_id, dossier.community_id) == (None, town.communities[0])


def test_dossier_when_it_overflows_while_watched_then_relapsed(db: Database, town: Town) -> None:
    """The measure did not hold, and the dossier says so by itself."""
    for number in range(1, 4):
        _overflow(db, number, town.tanks[0])
    with db.write("account:analyst") as tx:
        dossier = store.listed(tx.conn)[0]
        service.advance(tx, dossier.id, DossierCommand.DIAGNOSE, cause="出水管下沉")
        service.advance(tx, dossier.id, DossierCommand.AGREE, measure="换管 12 m")
        service.advance(tx, dossier.id, DossierCommand.COMPLETE)
        service.advance(tx, dossier.id, DossierCommand.WATCH)
    _overflow(db, 4, town.tanks[0])
    with db.read() as conn:
        found = store.load(conn, dossier.id)
    assert (found.state, found.cause, found.measure) == (
        DossierState.RELAPSED, "出水管下沉", "换管 12 m",
    )  # fmt: skip


def test_statistics_when_counted_by_each_view_then_the_totals_agree(
    db: Database, town: Town, clock: FakeClock
) -> None:
    """Two incidents, counted by office, cause, channel and grid."""
    start = clock.now()
    _overflow(db, 1, town.tanks[0])
    _overflow(db, 2, town.tanks[2])
    end = clock.advance(timedelta(hours=1))
    expected = {
        By.OFFICE: "中大槐树街道", By.CAUSE: "alarm:level", By.CHANNEL: "sensor",
        By.GRID: "第一网格",
    }  # fmt: skip
    with db.read() as conn:
        for by, key in expected.items():
            tallies, total = service.statistics(conn, start, end, by, LearnParams())
            assert [(t.key, t.incidents, t.closed, t.proved) for t in tallies] == [(key, 2, 2, 0)]
            assert total.incidents == 2
        with pytest.raises(BadPeriod):
            service.statistics(conn, end, start, By.OFFICE, LearnParams())
