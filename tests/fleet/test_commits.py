"""Group commit: the database may go away, one bad work may not sink the others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from qingshu.fleet import commits, service
from qingshu.fleet.commits import Committer, Letter, Work
from qingshu.fleet.model import Report
from qingshu.kernel.errors import Unavailable
from qingshu.runtime import deadletters
from qingshu.runtime.db import Database, Tx
from tests.conftest import START
from tests.fleet.yard import add_trucks


class Flaky:
    """A database that is away for its first writes."""

    def __init__(self, db: Database, away: int) -> None:
        self._db = db
        self.away = away

    @contextmanager
    def write(self, actor: str) -> Iterator[Tx]:
        """Fail, or write."""
        if self.away:
            self.away -= 1
            msg = "Expected the database to answer, got nothing."
            raise Unavailable(msg)
        with self._db.write(actor) as tx:
            yield tx


def _save(db: Any, *works: Work) -> list[Any]:
    async def main() -> list[Any]:
        committer = Committer(db, 0.01, 100)
        running = asyncio.create_task(committer.run())
        saving = [committer.save(work) for work in works]
        try:
            return await asyncio.gather(*saving, return_exceptions=True)
        finally:
            running.cancel()

    return asyncio.run(asyncio.wait_for(main(), 20))


def test_save_when_database_is_away_then_waits_and_saves(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is told that something was saved before it was."""
    monkeypatch.setattr(commits, "_FIRST_PAUSE_S", 0.01)
    add_trucks(db)
    flaky = Flaky(db, away=3)
    letter = Letter("x", "bad_checksum", "Expected, got.", b"~")
    work = Work(reports=[Report(1, START, START, 36.65, 117.0)], letters=[letter])
    assert _save(flaky, work) == [None]
    assert flaky.away == 0
    with db.read() as conn:
        assert service.last_position_id(conn) == 1
        assert deadletters.counts(conn) == {"jt808:bad_checksum": 1}


def test_save_when_one_work_is_bad_then_the_others_are_kept(db: Database) -> None:
    """A truck deleted meanwhile fails alone."""
    add_trucks(db)
    good = Work(reports=[Report(1, START, START, 36.65, 117.0)])
    bad = Work(reports=[Report(99, START, START, 36.65, 117.0)])
    results = _save(db, bad, good)
    assert isinstance(results[0], Exception)
    assert results[1] is None
    with db.read() as conn:
        assert [p.truck_id for p in service.positions_after(conn, 0)] == [1]
