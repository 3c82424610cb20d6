"""Group commit for the TCP door: many connections' positions, one transaction in a thread."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from qingshu.fleet import service
from qingshu.fleet.model import Recorded, Report
from qingshu.kernel.errors import Unavailable
from qingshu.runtime import deadletters
from qingshu.runtime.db import Database, Tx
from qingshu.runtime.troubles import Board, code_of

ACTOR = "system:jt808"
DOOR = "jt808"
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Letter:
    """One refused message on its way to the dead letters."""

    source: str
    code: str
    message: str
    body: bytes


@dataclass(slots=True)
class Work:
    """What one connection wants saved before it answers."""

    reports: list[Report] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    ask: Callable[[Tx], Any] | None = None

    def __bool__(self) -> bool:
        return bool(self.reports or self.heard or self.letters or self.ask)


_Waiting = tuple[Work, "asyncio.Future[Any]"]


class Committer:
    """Gathers work for a moment, commits it together, then lets the connections answer.

    While the database is away the work waits and is tried again: the connections wait
    with it, so a terminal is never told that something was saved which was not.
    """

    def __init__(
        self, db: Database, gather_s: float, most: int, board: Board | None = None
    ) -> None:
        self._db = db
        self._board = board or Board()
        self._gather_s = gather_s
        self._most = most
        self._waiting: list[_Waiting] = []
        self._arrived = asyncio.Event()
        self._full = asyncio.Event()
        self._count = 0
        self.commits = 0
        self.recorded = Recorded(0, 0, 0)

    async def save(self, work: Work) -> Any:
        """Wait until ``work`` is committed; the result of its ``ask``."""
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        self._count += len(work.reports) + 1
        self._arrived.set()
        if self._count >= self._most:
            self._full.set()
        return await done

    async def run(self) -> None:
        """Commit until cancelled."""
        while True:
            await self._arrived.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), self._gather_s)
            batch, self._waiting, self._count = self._waiting, [], 0
            self._arrived.clear()
            self._full.clear()
            await self._commit(batch)

    async def _commit(self, batch: list[_Waiting]) -> None:
        pause = _FIRST_PAUSE_S
        while True:
            try:
                results = await asyncio.to_thread(self._save_all, [work for work, _ in batch])
            except Unavailable as error:
                log.warning("positions_wait", waiting=len(batch), because=error.message)
                self._board.put("positions", code_of(error))
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
                continue
            except Exception as error:  # noqa: BLE001 - one bad work must not sink the others
                await self._one_by_one(batch, error)
                return
            self._board.clear("positions")
            for (_, done), result in zip(batch, results, strict=True):
                if not done.done():
                    done.set_result(result)
            return

    async def _one_by_one(self, batch: list[_Waiting], error: Exception) -> None:
        if len(batch) == 1:
            log.error("position_commit_failed", error=f"{type(error).__name__}: {error}")
            if not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for one in batch:
            await self._commit([one])

    def _save_all(self, works: list[Work]) -> list[Any]:
        with self._db.write(ACTOR) as tx:
            results = [None if work.ask is None else work.ask(tx) for work in works]
            recorded = service.record_positions(tx, [r for work in works for r in work.reports])
            heard = {truck for work in works for truck in work.heard}
            if heard:
                service.heard(tx, sorted(heard))
            for letter in (letter for work in works for letter in work.letters):
                deadletters.bury(
                    tx, door=DOOR, source=letter.source, code=letter.code,
                    message=letter.message, body=letter.body,
                )  # fmt: skip
        self.commits += 1
        self.recorded = Recorded(
            self.recorded.accepted + recorded.accepted,
            self.recorded.duplicates + recorded.duplicates,
            self.recorded.doubted + recorded.doubted,
        )
        return results
