"""The TCP door for JT/T 808 terminals. A position is answered only once it is durable."""

from __future__ import annotations

import asyncio
import errno
from datetime import datetime
from typing import Any

import structlog

from qingshu.fleet import service
from qingshu.fleet.commits import Committer, Letter, Work
from qingshu.fleet.session import Session, TooManyRefused
from qingshu.runtime.db import Database
from qingshu.runtime.supervise import PortTaken
from qingshu.runtime.troubles import Board
from qingshu.wire.jt808 import Splitter

_CHUNK = 64 * 1024
_REFRESH_S = 30.0
_REFRESH_MISSED_S = 1.0

log = structlog.get_logger()


async def serve_jt808(
    db: Database,
    host: str,
    port: int,
    stop: asyncio.Event,
    ready: asyncio.Future[int] | None = None,
    board: Board | None = None,
) -> None:
    """Serve vehicle terminals until ``stop`` is set.

    Parameters
    ----------
    port:
        0 takes a free port; ``ready`` is then told which.
    board:
        Is told while positions have to wait.

    Raises
    ------
    PortTaken
        Another program listens on the port; the message names the setting.
    """
    door = Door(db, board)
    try:
        server = await asyncio.start_server(door.connected, host, port, limit=_CHUNK)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            raise
        msg = (
            f"Expected {host}:{port} to be free for JT/T 808 terminals, got: {error.strerror}. "
            "Set doors.jt808_port (or QINGSHU_DOORS__JT808_PORT) to a free port."
        )
        raise PortTaken(msg, setting="doors.jt808_port", port=port) from error
    bound = server.sockets[0].getsockname()[1]
    log.info("jt808_door_open", host=host, port=bound)
    if ready is not None and not ready.done():
        ready.set_result(bound)
    committing = asyncio.create_task(door.committer.run())
    try:
        await stop.wait()
    finally:
        server.close()
        await door.close()
        committing.cancel()
        await asyncio.gather(committing, return_exceptions=True)
        log.info("jt808_door_closed", commits=door.committer.commits)


class Door:
    """All connections, the committer they share, and which terminal is which truck."""

    def __init__(self, db: Database, board: Board | None = None) -> None:
        self._db = db
        self.params = service.params_of(db.settings)
        self.committer = Committer(db, self.params.gather_ms / 1000, self.params.gather_most, board)
        self._trucks: dict[str, int] = {}
        self._refreshed = float("-inf")
        self._reading = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()

    def now(self) -> datetime:
        """The product's present."""
        return self._db.clock.now()

    async def save(self, work: Work) -> Any:
        """Wait for the commit of ``work``."""
        return await self.committer.save(work)

    async def truck_of(self, terminal: str) -> int | None:
        """The active truck with this terminal number; the registry is read now and then."""
        # The lock makes others wait for the first reading instead of missing it.
        async with self._reading:
            age = asyncio.get_running_loop().time() - self._refreshed
            missed = terminal not in self._trucks and age > _REFRESH_MISSED_S
            if missed or age > _REFRESH_S:
                self._trucks = await asyncio.to_thread(self._read_trucks)
                self._refreshed = asyncio.get_running_loop().time()
        return self._trucks.get(terminal)

    def _read_trucks(self) -> dict[str, int]:
        with self._db.read() as conn:
            return service.terminal_trucks(conn)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        host, port = (writer.get_extra_info("peername") or ("unknown", 0))[:2]
        peer = f"{host}:{port}"
        try:
            if len(self._tasks) > self.params.most_connections:
                await self._turn_away(peer)
            else:
                await self._serve(reader, writer, Session(self, peer, writer.write))
        except (ConnectionError, TimeoutError, TooManyRefused) as error:
            log.info("terminal_gone", peer=peer, because=str(error) or type(error).__name__)
        except asyncio.CancelledError:
            log.debug("terminal_cut", peer=peer)
        except Exception:  # one connection's fault must not reach the others
            log.exception("terminal_failed", peer=peer)
        finally:
            writer.close()
            if task is not None:
                self._tasks.discard(task)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, session: Session
    ) -> None:
        splitter = Splitter()
        while True:
            async with asyncio.timeout(self.params.idle_s):
                data = await reader.read(_CHUNK)
            if not data:
                await session.take(splitter.close())
                return
            await session.take(splitter.feed(data))
            async with asyncio.timeout(self.params.send_s):
                await writer.drain()

    async def _turn_away(self, peer: str) -> None:
        msg = f"Expected at most {self.params.most_connections} connections, got one more."
        await self.save(Work(letters=[Letter(peer, "too_many_connections", msg, b"")]))

    async def close(self) -> None:
        """Cut all connections; their unanswered positions will be sent again."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
