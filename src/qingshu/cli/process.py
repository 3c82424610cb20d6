"""``qingshu process NAME DIR``: one supervised process; ``qingshu serve`` starts them.

This is the composition root: here, and only here, rooms are put together.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import click
import structlog

from qingshu.cli.open_workspace import open_workspace
from qingshu.kernel.errors import QingshuError, Unavailable
from qingshu.runtime import eventlog, timers
from qingshu.runtime.broker_probe import is_broker_well
from qingshu.runtime.db import Database, Tx
from qingshu.runtime.heartbeats import BEAT_EVERY_S, beat
from qingshu.runtime.logs import configure_logs
from qingshu.runtime.relay import Handler, Relay
from qingshu.runtime.settings import Settings
from qingshu.runtime.supervise import end_with_parent
from qingshu.runtime.timers import TimerHandler
from qingshu.runtime.troubles import BROKER_STUCK, CLOCK_BACK, Board, code_of

# The clerk and the planner look this often for new events; a call is on the way to a
# truck within a tenth of a second.
LOOK_EVERY_S = 0.05
TIMERS_EVERY_S = 0.5
AWAY_PAUSE_S = 1.0
PROBE_BROKER_EVERY_S = 5.0
# A clock that steps back by less than this is being disciplined, not broken.
CLOCK_SLACK = timedelta(seconds=5)

log = structlog.get_logger()


@click.command(hidden=True)
@click.argument("name", type=click.Choice(["web", "ingest", "planner", "clerk"]))
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
def command(name: str, directory: Path) -> None:
    """Run one process of the workspace in DIRECTORY."""
    configure_logs(name, directory)
    runners = {"web": run_web, "ingest": run_ingest, "planner": run_planner, "clerk": run_clerk}
    with open_workspace(directory) as db:
        log.info("process_up", speed=db.settings.clock.speed)
        runners[name](db)


def run_web(db: Database) -> None:
    """HTTP for people and programs."""
    import uvicorn

    from qingshu.web.app import create_app

    board = Board()
    config = uvicorn.Config(
        create_app(db, board),
        host=db.settings.web.host,
        port=db.settings.web.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    server = uvicorn.Server(config)

    def stop() -> None:
        server.should_exit = True

    end_with_parent(stop)
    stopped = threading.Event()
    threading.Thread(target=_beat_until, args=(db, "web", stopped, board), daemon=True).start()
    gc.freeze()
    server.run()
    stopped.set()


def run_ingest(db: Database) -> None:
    """Level readings from the broker, positions from vehicle terminals."""
    asyncio.run(_ingest(db))


async def _ingest(db: Database) -> None:
    from qingshu.fleet.door import serve_jt808
    from qingshu.sense.pipeline import Pipeline
    from qingshu.sense.subscriber import run_ingest as subscribe
    from qingshu.warn.engine import WarnEngine

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    end_with_parent(lambda: _call_in(loop, stop.set))
    stopped, board = threading.Event(), Board()
    threading.Thread(target=_beat_until, args=(db, "ingest", stopped, board), daemon=True).start()
    threading.Thread(
        target=_probe_broker_until, args=(db.settings, stopped, board), daemon=True
    ).start()
    doors = db.settings.doors
    pipeline = Pipeline(db, observers=[WarnEngine(db.settings, shards=db.settings.ingest.shards)])
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(subscribe(db.settings, pipeline, stop, board))
            group.create_task(serve_jt808(db, doors.host, doors.jt808_port, stop, board=board))
    finally:
        stopped.set()


def _call_in(loop: asyncio.AbstractEventLoop, done: Callable[[], None]) -> None:
    loop.call_soon_threadsafe(done)


def run_planner(db: Database) -> None:
    """Proposes and, where policy allows, confirms trucks."""
    from qingshu.dispatch import handlers as dispatch

    Loop(db, "planner", {"dispatch": dispatch.HANDLERS}, dispatch.TIMERS).run()


def run_clerk(db: Database) -> None:
    """Carries events between rooms, fires timers, sweeps, seals history."""
    from qingshu.fieldwork import handlers as fieldwork
    from qingshu.fleet import handlers as fleet
    from qingshu.incident import handlers as incident
    from qingshu.intake import handlers as intake
    from qingshu.learn import handlers as learn
    from qingshu.sense.seal import seal
    from qingshu.verify import handlers as verify
    from qingshu.warn import handlers as warn

    rooms = {
        "warn": warn, "intake": intake, "incident": incident, "fleet": fleet,
        "fieldwork": fieldwork, "verify": verify, "learn": learn,
    }  # fmt: skip
    loop = Loop(
        db,
        "clerk",
        {name: room.HANDLERS for name, room in rooms.items()},
        {kind: f for room in rooms.values() for kind, f in room.TIMERS.items()},
    )
    for room in rooms.values():
        for sweep, every_s in getattr(room, "SWEEPS", ()):
            loop.every(every_s, sweep)
    loop.every_outside(3600.0, lambda: seal(db))
    loop.run()


class Loop:
    """Pumps relays, fires timers and runs sweeps until the process is told to stop."""

    def __init__(
        self,
        db: Database,
        process: str,
        rooms: Mapping[str, Mapping[str, Handler]],
        timer_handlers: Mapping[str, TimerHandler],
    ) -> None:
        self._db = db
        self._process = process
        self._relays = [Relay(db, room, handlers) for room, handlers in rooms.items()]
        self._timers = timer_handlers
        self._jobs: list[_Job] = [_Job(TIMERS_EVERY_S, self._fire_timers)]
        self._head = -1
        self._stop = threading.Event()

    def every(self, seconds: float, sweep: Callable[[Tx], object]) -> None:
        """Run ``sweep`` in a transaction of its own every so often."""

        def swept() -> None:
            with self._db.write(f"system:{self._process}") as tx:
                sweep(tx)

        self._jobs.append(_Job(seconds, swept))

    def every_outside(self, seconds: float, task: Callable[[], object]) -> None:
        """Run a task that opens its own transactions every so often."""
        self._jobs.append(_Job(seconds, task))

    def run(self) -> None:
        """Turn until SIGTERM, SIGINT or the end of the supervisor."""
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: self._stop.set())
        end_with_parent(self._stop.set)
        threading.Thread(
            target=_beat_until, args=(self._db, self._process, self._stop, Board()), daemon=True
        ).start()
        gc.freeze()
        away = False
        while not self._stop.wait(AWAY_PAUSE_S if away else LOOK_EVERY_S):
            try:
                self.turn()
            except Unavailable as error:
                if not away:
                    log.error("database_away", reason=error.message)
                away = True
                continue
            if away:
                log.info("database_back")
            away = False

    def turn(self) -> None:
        """Handle what is new and what is due, once."""
        with self._db.read() as conn:
            head = eventlog.head(conn)
        if head != self._head:
            for relay in self._relays:
                relay.pump()
            self._head = head if all(r.caught_up(head) for r in self._relays) else -1
        for job in self._jobs:
            job.run_if_due(time.monotonic())

    def _fire_timers(self) -> None:
        timers.fire_due(self._db, self._timers, actor=f"system:{self._process}")


class _Job:
    """Something to do every so many wall seconds; a fault is logged, not fatal."""

    def __init__(self, every_s: float, task: Callable[[], object]) -> None:
        self._every_s = every_s
        self._task = task
        self._next = 0.0

    def run_if_due(self, wall: float) -> None:
        if wall < self._next:
            return
        self._next = wall + self._every_s
        try:
            self._task()
        except Unavailable:
            raise
        except QingshuError as error:
            log.error("task_failed", code=error.code, reason=error.message)
        except Exception:  # a sweep's fault must not stop what the other rooms have to do
            log.exception("task_failed")


def _beat_until(db: Database, process: str, stopped: threading.Event, board: Board) -> None:
    """Give signs of life until ``stopped``; a database that is away is tried again."""
    latest = db.clock.now()
    while True:
        latest = _watch_clock(db.clock.now(), latest, board)
        try:
            with db.write(f"system:{process}") as tx:
                beat(tx, process, board.codes(without="heartbeat"))
            board.clear("heartbeat")
        except Unavailable as error:
            if board.of("heartbeat") is None:
                log.error("heartbeat_failed", reason=error.message)
            board.put("heartbeat", code_of(error))
        if stopped.wait(BEAT_EVERY_S):
            return


def _probe_broker_until(settings: Settings, stopped: threading.Event, board: Board) -> None:
    """Tell of a broker that keeps our connection and stores nothing."""
    while not stopped.wait(PROBE_BROKER_EVERY_S):
        if board.of("broker") is not None or is_broker_well(settings):
            board.clear("broker_probe")
        elif board.of("broker") is None:
            board.put("broker_probe", BROKER_STUCK)


def _watch_clock(now: datetime, latest: datetime, board: Board) -> datetime:
    """Tell of a clock that runs behind what it said before; the latest it ever said."""
    if latest - now > CLOCK_SLACK:
        board.put("clock", CLOCK_BACK)
    else:
        board.clear("clock")
    return max(now, latest)
