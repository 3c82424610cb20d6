"""Publishes readings over MQTT with QoS 1; keeps what was not acknowledged and tries again."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from urllib.parse import urlsplit

from qingshu.kernel.errors import WireError
from qingshu.wire import mqtt

RETRY_S = 1.0
KEEPALIVE_S = 60
WINDOW = 400  # Messages in flight before the sender waits for the broker.
QUEUE = 50_000  # Oldest readings are dropped past this, as a full gateway would.


class Publisher:
    """One connection that heals itself; :meth:`send` never blocks."""

    def __init__(self, url: str, client_id: str = "qingshu-twin") -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 1883
        self._user, self._password = parts.username or "", parts.password or ""
        self._client_id = client_id
        self._waiting: deque[tuple[bytes, bytes]] = deque(maxlen=QUEUE)
        self._flying: dict[int, tuple[bytes, bytes]] = {}
        self._wake = asyncio.Event()
        self._next_id = 1
        self.acknowledged = 0

    @property
    def backlog(self) -> int:
        """Messages not yet acknowledged."""
        return len(self._waiting) + len(self._flying)

    def send(self, topic: str, payload: bytes) -> None:
        """Queue one message."""
        self._waiting.append((topic.encode(), payload))
        self._wake.set()

    async def run(self) -> None:
        """Stay connected until cancelled."""
        while True:
            with contextlib.suppress(OSError, WireError, TimeoutError):
                await self._session()
            await asyncio.sleep(RETRY_S)

    async def _session(self) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(
                mqtt.connect(
                    self._client_id, keepalive_s=KEEPALIVE_S, username=self._user,
                    password=self._password, clean=True,
                )
            )  # fmt: skip
            again = list(self._flying.values())
            self._flying.clear()
            self._waiting.extendleft(reversed(again))
            receiver = mqtt.Receiver()
            await self._greet(reader, receiver)
            await self._pump(reader, writer, receiver)
        finally:
            writer.close()

    async def _greet(self, reader: asyncio.StreamReader, receiver: mqtt.Receiver) -> None:
        while True:
            async with asyncio.timeout(10.0):
                data = await reader.read(4096)
            if not data:
                raise ConnectionResetError
            for kind, body in receiver.feed(data).control:
                if kind == mqtt.CONNACK:
                    mqtt.check_connack(body)
                    return

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, receiver: mqtt.Receiver
    ) -> None:
        sender = asyncio.create_task(self._feed(writer))
        try:
            while True:
                data = await reader.read(65536)
                if not data or sender.done():
                    raise ConnectionResetError
                for kind, body in receiver.feed(data).control:
                    if kind == mqtt.PUBACK:
                        self._flying.pop(int.from_bytes(body[:2], "big"), None)
                        self.acknowledged += 1
                self._wake.set()
        finally:
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await sender

    async def _feed(self, writer: asyncio.StreamWriter) -> None:
        while True:
            while self._waiting and len(self._flying) < WINDOW:
                topic, payload = self._waiting.popleft()
                packet_id = self._take_id()
                self._flying[packet_id] = (topic, payload)
                writer.write(mqtt.publish(topic, payload, packet_id))
            await writer.drain()
            self._wake.clear()
            try:
                # Not wait_for: it may swallow a cancel that meets the event (3.11).
                async with asyncio.timeout(KEEPALIVE_S / 2):
                    await self._wake.wait()
            except TimeoutError:
                writer.write(mqtt.PINGREQ)

    def _take_id(self) -> int:
        while True:
            self._next_id = self._next_id % 65535 + 1
            if self._next_id not in self._flying:
                return self._next_id
