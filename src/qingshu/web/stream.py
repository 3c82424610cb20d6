"""The live stream: server-sent events that tail the event log across processes.

Log entries carry their sequence as event id, so a client that was cut off continues
where it stopped. Readings and positions are sent as they come and are not resumed: a
client that missed some asks for the latest state instead. ``hello`` and ``beat`` say what
troubles the product; a ``beat`` comes at once when that changes, and in silence.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import Annotated

import msgspec
import structlog
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from qingshu.fleet import service as fleet
from qingshu.fleet.model import Position
from qingshu.kernel.errors import Unavailable
from qingshu.kernel.instants import iso
from qingshu.runtime import eventlog
from qingshu.runtime.clock import SystemClock
from qingshu.runtime.db import Database
from qingshu.runtime.eventlog import Entry
from qingshu.runtime.http import UserDep
from qingshu.runtime.troubles import SILENT, Board, code_of
from qingshu.sense import service as sense
from qingshu.web.standing import Standing, own_standing, standing

RING = 4096
HEARTBEAT_S = 5.0
# A client this far behind on readings loses the oldest ones, never log entries.
LIVE_QUEUE = 64
RETRY_S = 1.0
# How often the signs of life are read for troubles to show.
STANDING_EVERY_S = 1.0
# A process needs this long to give its first sign of life after a start.
STARTING_S = 15.0
POSITION_COLUMNS = ("truck_id", "lat", "lon", "heading_deg", "speed_kmh", "positioned_at")

router = APIRouter(prefix="/api/v1", tags=["stream"])
log = structlog.get_logger()


class Client:
    """One open stream: its place in the log and its queue of live chunks."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self.live: deque[bytes] = deque(maxlen=LIVE_QUEUE)
        self.wake = asyncio.Event()


class Hub:
    """Reads what is new once and hands it to every client of this process."""

    def __init__(self, db: Database, board: Board | None = None) -> None:
        self._db = db
        self._board = board or Board()
        self._born = time.monotonic()
        self._standing_at = 0.0
        self._standing: list[Standing] = []
        self._clients: set[Client] = set()
        self._ring: deque[tuple[int, bytes]] = deque(maxlen=RING)
        self._seq = 0
        self._reading = 0
        self._position = 0
        self._running = True

    def stop(self) -> None:
        """End :meth:`run` and every open stream."""
        self._running = False
        for client in self._clients:
            client.wake.set()

    @property
    def running(self) -> bool:
        """False once the server is shutting down."""
        return self._running

    async def run(self) -> None:
        """Poll until stopped; a database that is away is asked again each second."""
        poll_s = self._db.settings.web.stream_poll_ms / 1000
        started = False
        while self._running:
            try:
                if not started:
                    await asyncio.to_thread(self._start)
                    started = True
                entries, chunks = await asyncio.to_thread(self._look)
            except Unavailable as error:
                log.warning("stream_database_away", reason=error.message)
                self._board.put("stream", code_of(error))
                self._tell(own_standing(self._board))
                await asyncio.sleep(RETRY_S)
                continue
            except Exception:  # the stream must outlive one look that went wrong
                log.exception("stream_look_failed")
                await asyncio.sleep(RETRY_S)
                continue
            self._board.clear("stream")
            if time.monotonic() >= self._standing_at:
                await self._look_for_troubles()
            self._hand_out(entries, chunks)
            await asyncio.sleep(poll_s)

    async def _look_for_troubles(self) -> None:
        self._standing_at = time.monotonic() + STANDING_EVERY_S
        try:
            self._tell(await asyncio.to_thread(self._read_standing))
        except Unavailable:
            self._tell(own_standing(self._board))

    def _read_standing(self) -> list[Standing]:
        with self._db.read() as conn:
            found = standing(conn, SystemClock().now(), self._board)
        if time.monotonic() - self._born < STARTING_S:
            found = [each for each in found if each.code != SILENT]
        return found

    def _tell(self, found: list[Standing]) -> None:
        if found == self._standing:
            return
        self._standing = found
        for client in self._clients:
            client.live.append(self.sign("beat"))
            client.wake.set()

    def sign(self, event: str, **more: object) -> bytes:
        """A ``hello`` or ``beat``: the product's present and what troubles it."""
        body = {**more, "now": iso(self._db.clock.now()),
                "trouble": [asdict(each) for each in self._standing]}  # fmt: skip
        return b"event: " + event.encode() + b"\ndata: " + msgspec.json.encode(body) + b"\n\n"

    def join(self, after: int | None) -> Client:
        """A new client; ``after`` None starts at the head."""
        client = Client(self._seq if after is None else after)
        self._clients.add(client)
        return client

    def leave(self, client: Client) -> None:
        """Forget a client."""
        self._clients.discard(client)

    async def entries_for(self, client: Client) -> list[bytes]:
        """Log entries the client has not seen, from the ring or from the database."""
        if client.seq >= self._seq:
            return []
        if self._ring and self._ring[0][0] <= client.seq + 1:
            found = [(seq, chunk) for seq, chunk in self._ring if seq > client.seq]
        else:
            entries = await asyncio.to_thread(self._backlog, client.seq)
            found = [(entry.seq, encode_entry(entry)) for entry in entries]
        if found:
            client.seq = found[-1][0]
        return [chunk for _, chunk in found]

    def _start(self) -> None:
        with self._db.read() as conn:
            self._seq = eventlog.head(conn)
            self._reading = sense.last_reading_id(conn)
            self._position = fleet.last_position_id(conn)

    def _look(self) -> tuple[list[Entry], list[bytes]]:
        chunks: list[bytes] = []
        with self._db.read() as conn:
            entries = eventlog.tail(conn, self._seq, RING)
            if self._clients:
                self._reading, readings = sense.levels_after(conn, self._reading)
                positions = fleet.positions_after(conn, self._position)
                if readings:
                    chunks.append(_table("readings", sense.LIVE_COLUMNS, readings))
                if positions:
                    self._position = positions[-1].id
                    rows = [_position_row(p) for p in positions if p.moves_truck]
                    chunks.append(_table("positions", POSITION_COLUMNS, rows))
            else:
                self._reading = sense.last_reading_id(conn)
                self._position = fleet.last_position_id(conn)
        return entries, chunks

    def _backlog(self, after: int) -> list[Entry]:
        with self._db.read() as conn:
            return eventlog.tail(conn, after, RING)

    def _hand_out(self, entries: list[Entry], chunks: list[bytes]) -> None:
        for entry in entries:
            self._ring.append((entry.seq, encode_entry(entry)))
            self._seq = entry.seq
        if not entries and not chunks:
            return
        for client in self._clients:
            client.live.extend(chunks)
            client.wake.set()


@router.get("/stream")
async def stream(
    request: Request,
    _user: UserDep,
    after: Annotated[int | None, Query(ge=0)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Server-sent events; resume with ``Last-Event-ID`` or ``?after=``."""
    hub: Hub = request.app.state.hub
    if last_event_id is not None and last_event_id.isdigit():
        after = int(last_event_id)
    client = hub.join(after)
    return StreamingResponse(
        _events(hub, client),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _events(hub: Hub, client: Client) -> AsyncIterator[bytes]:
    try:
        yield b"retry: 2000\n" + hub.sign("hello", seq=client.seq)
        while hub.running:
            client.wake.clear()
            chunks = await hub.entries_for(client)
            while client.live:
                chunks.append(client.live.popleft())
            if chunks:
                yield b"".join(chunks)
                continue
            try:
                await asyncio.wait_for(client.wake.wait(), HEARTBEAT_S)
            except TimeoutError:
                yield hub.sign("beat")
    finally:
        hub.leave(client)


def encode_entry(entry: Entry) -> bytes:
    """One log entry as a server-sent event."""
    body = {
        "seq": entry.seq,
        "at": iso(entry.at),
        "kind": entry.kind,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "actor": entry.actor,
        "payload": entry.payload,
    }
    return b"id: %d\nevent: log\ndata: %b\n\n" % (entry.seq, msgspec.json.encode(body))


def _position_row(position: Position) -> list[object]:
    return [
        position.truck_id,
        position.lat,
        position.lon,
        position.heading_deg,
        position.speed_kmh,
        iso(position.at),
    ]


def _table(name: str, columns: tuple[str, ...], rows: Sequence[Sequence[object]]) -> bytes:
    body = msgspec.json.encode({"columns": columns, "rows": rows})
    return b"event: " + name.encode() + b"\ndata: " + body + b"\n\n"
