"""Subscribes to the broker with a durable session; acknowledges only what is committed."""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog

from qingshu.kernel.errors import Unavailable, WireError
from qingshu.runtime.broker import broker_address
from qingshu.runtime.settings import Broker, Settings
from qingshu.runtime.troubles import BROKER_AWAY, Board, code_of
from qingshu.sense.pipeline import Pipeline
from qingshu.sense.topics import TOPICS
from qingshu.wire import mqtt

KEEPALIVE_S = 60
ANSWER_S = 10.0
BACK_OFF_S = (0.2, 5.0)
# Nothing new for this long: the burst is over, committing now helps everybody.
QUIET_S = 0.002
IDLE_S = 0.1
DATABASE_RETRY_S = (0.2, 5.0)
# So many messages may wait in memory, about 50 MB.
HELD_MESSAGES = 100_000

log = structlog.get_logger()


class Connection(asyncio.Protocol):
    """One connection to the broker; hands every publish to the pipeline."""

    def __init__(self, pipeline: Pipeline, epoch: int, wake: asyncio.Event) -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard_at = time.monotonic()
        self.held = False
        self._pipeline = pipeline
        self._epoch = epoch << 17
        self._wake = wake
        self._receiver = mqtt.Receiver()
        self._transport: asyncio.Transport | None = None
        self._answers: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the way out."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Cut the stream; a peer that talks nonsense is cut off."""
        self.heard_at = time.monotonic()
        try:
            got = self._receiver.feed(data)
        except WireError as error:
            log.error("broker_nonsense", reason=error.message)
            self.close()
            return
        for control in got.control:
            self._answers.put_nowait(control)
        if got.topics:
            # 0 is "came without a packet id"; the high bits tell connections apart.
            base = self._epoch | 0x10000
            tokens = [base | packet_id for packet_id in got.packet_ids]
            self._pipeline.submit(got.topics, got.payloads, tokens, got.too_long)
            self._wake.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the one who waits."""
        if not self.lost.done():
            self.lost.set_result(None)

    async def shake_hands(self, broker: Broker) -> bool:
        """CONNECT and SUBSCRIBE; whether the broker remembered our session."""
        self.send(
            mqtt.connect(
                broker.client_id, keepalive_s=KEEPALIVE_S, username=broker.username,
                password=broker.password,
            )
        )  # fmt: skip
        remembered = mqtt.check_connack(await self._answer(mqtt.CONNACK))
        self.send(mqtt.subscribe(1, TOPICS))
        mqtt.check_suback(await self._answer(mqtt.SUBACK))
        return remembered

    async def _answer(self, kind: int) -> bytes:
        async with asyncio.timeout(ANSWER_S):
            while True:
                waiting = asyncio.ensure_future(self._answers.get())
                both: set[asyncio.Future[Any]] = {waiting, self.lost}
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                if not waiting.done():
                    waiting.cancel()
                    raise ConnectionResetError("the broker hung up")
                got, body = waiting.result()
                if got == kind:
                    return body

    def acknowledge(self, tokens: list[int]) -> None:
        """PUBACK what this connection delivered; older ones will be delivered again."""
        ids = [t & 0xFFFF for t in tokens if t & 0xFFFF and t & ~0x1FFFF == self._epoch]
        if ids:
            self.send(mqtt.pubacks(ids))

    def send(self, data: bytes) -> None:
        """Write, unless the connection is gone."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def hold(self, held: bool) -> None:
        """Stop or go on reading: what the pipeline cannot take stays with the broker."""
        self.held = held
        if self._transport is not None and not self._transport.is_closing():
            (self._transport.pause_reading if held else self._transport.resume_reading)()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


class Subscriber:
    """Keeps a connection up and commits what it brings."""

    def __init__(
        self, settings: Settings, pipeline: Pipeline, stop: asyncio.Event, board: Board
    ) -> None:
        self._settings = settings
        self._board = board
        self._pipeline = pipeline
        self._stop = stop
        self._wake = asyncio.Event()
        self._connection: Connection | None = None
        self._epoch = 0

    async def run(self) -> None:
        """Until ``stop`` is set; then commit, checkpoint and hang up."""
        tasks = [asyncio.create_task(self._keep_connected())]
        try:
            await self._keep_committing()
            await self._commit(self._pipeline.close)
        except Unavailable as error:
            # Nothing was acknowledged that is not stored, so stopping loses nothing.
            log.error("close_without_database", reason=error.message)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._connection is not None:
                self._connection.send(mqtt.DISCONNECT)
                self._connection.close()

    async def _keep_connected(self) -> None:
        pause, down = BACK_OFF_S[0], False
        while True:
            try:
                connection = await self._connect()
            except (OSError, TimeoutError, WireError) as error:
                if not down:
                    log.error("broker_away", url=self._settings.broker.url, reason=str(error))
                down = True
                self._board.put("broker", BROKER_AWAY)
                # Jitter: a restarted broker must not meet every client at once.
                await asyncio.sleep(pause * (0.5 + random.random()))  # noqa: S311
                pause = min(pause * 2, BACK_OFF_S[1])
                continue
            log.info("broker_back" if down else "broker_joined", url=self._settings.broker.url)
            pause, down = BACK_OFF_S[0], False
            self._board.clear("broker")
            await self._until_lost(connection)
            self._connection = None

    async def _connect(self) -> Connection:
        host, port = broker_address(self._settings)
        secure = urlsplit(self._settings.broker.url).scheme == "mqtts"
        self._epoch += 1
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(self._pipeline, self._epoch, self._wake),
            host, port, ssl=ssl.create_default_context() if secure else None,
        )  # fmt: skip
        # Before the handshake: a resumed session sends its backlog right behind CONNACK.
        self._connection = connection
        try:
            await connection.shake_hands(self._settings.broker)
        except BaseException:
            connection.close()
            raise
        return connection

    async def _until_lost(self, connection: Connection) -> None:
        while not connection.lost.done():
            await asyncio.wait({connection.lost}, timeout=KEEPALIVE_S / 3)
            if connection.held:
                # We do not listen, so silence says nothing about the broker.
                connection.heard_at = time.monotonic()
            if time.monotonic() - connection.heard_at > KEEPALIVE_S * 1.5:
                log.error("broker_silent", seconds=KEEPALIVE_S * 1.5)
                connection.close()
                return
            connection.send(mqtt.PINGREQ)

    async def _keep_committing(self) -> None:
        pause, down = DATABASE_RETRY_S[0], False
        while not self._stop.is_set():
            await self._gather()
            try:
                await self._commit(
                    self._pipeline.commit if self._pipeline.waiting else self._pipeline.housekeep
                )
            except Unavailable as error:
                if not down:
                    log.error("ingest_waits_for_database", reason=error.message)
                down = True
                self._board.put("readings", code_of(error))
                await self._sleep(pause)
                pause = min(pause * 2, DATABASE_RETRY_S[1])
                continue
            except Exception:
                # A fault of ours must cost the message that trips it, not all the others.
                log.exception("commit_failed", messages=self._pipeline.waiting)
                await self._commit(self._pipeline.isolate)
            if down:
                log.info("ingest_goes_on")
                self._board.clear("readings")
            pause, down = DATABASE_RETRY_S[0], False

    async def _gather(self) -> None:
        """Wait for a commit's worth of messages, or a short while."""
        ingest = self._settings.ingest
        if not self._pipeline.waiting:
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), IDLE_S)
            except TimeoutError:
                return
        until = time.monotonic() + ingest.commit_ms / 1000
        seen = 0
        while seen != self._pipeline.waiting < ingest.batch_messages:
            if time.monotonic() >= until or self._stop.is_set():
                return
            seen = self._pipeline.waiting
            await asyncio.sleep(QUIET_S)

    async def _commit(self, commit: Callable[[], list[int]]) -> None:
        """Commit in a thread while the connection rests: two busy threads cost more."""
        connection = self._connection
        if connection is not None:
            connection.hold(True)
        try:
            tokens = await asyncio.to_thread(commit)
        finally:
            # While the database is away the broker keeps what we do not read.
            if connection is not None and self._pipeline.waiting < HELD_MESSAGES:
                connection.hold(False)
        if tokens and self._connection is not None:
            self._connection.acknowledge(tokens)

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return


async def run_ingest(
    settings: Settings, pipeline: Pipeline, stop: asyncio.Event, board: Board | None = None
) -> None:
    """The ingest service: broker to pipeline until ``stop`` is set; ``board`` is told why not."""
    await Subscriber(settings, pipeline, stop, board or Board()).run()
