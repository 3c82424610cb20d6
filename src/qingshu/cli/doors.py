"""The product's doors from the outside: a QoS 1 MQTT publisher and an HTTP client."""

from __future__ import annotations

import secrets
import select
import socket
import ssl
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

import httpx2 as httpx
import msgspec

from qingshu.cli.recorded import Recorded
from qingshu.kernel.errors import Unavailable
from qingshu.runtime.broker import broker_address
from qingshu.runtime.settings import Settings
from qingshu.wire import mqtt

WINDOW = 1000
TIMEOUT_S = 30.0


class Door(Protocol):
    """Takes readings; both methods return how many were acknowledged meanwhile."""

    def send(self, readings: Sequence[Recorded]) -> int: ...
    def finish(self) -> int: ...
    def close(self) -> None: ...


class MqttDoor:
    """Publishes like a device: QoS 1, at most WINDOW unacknowledged."""

    def __init__(self, settings: Settings) -> None:
        broker = settings.broker
        host, port = broker_address(settings)
        try:
            self._sock = socket.create_connection((host, port), TIMEOUT_S)
            if urlsplit(broker.url).scheme == "mqtts":
                context = ssl.create_default_context()
                self._sock = context.wrap_socket(self._sock, server_hostname=host)
            client_id = f"qingshu-replay-{secrets.token_hex(4)}"
            self._sock.sendall(
                mqtt.connect(client_id, keepalive_s=0, clean=True, username=broker.username,
                             password=broker.password)
            )  # fmt: skip
            mqtt.check_connack(self._sock.recv(4)[2:])
        except OSError as error:
            msg = f"Expected a broker at {broker.url}, got: {error}. Is `qingshu serve` running?"
            raise Unavailable(msg, setting="broker.url") from error
        self._receiver = mqtt.Receiver()
        self._next_id = 0
        self._open = 0

    def send(self, readings: Sequence[Recorded]) -> int:
        """Publish; wait while the window is full."""
        acked = 0
        for at in range(0, len(readings), WINDOW // 2):
            part = readings[at : at + WINDOW // 2]
            acked += self._wait(WINDOW - len(part))
            self._sock.sendall(b"".join(self._packet(reading) for reading in part))
            self._open += len(part)
        return acked + self._wait(WINDOW)

    def finish(self) -> int:
        """Wait for the last acknowledgement."""
        return self._wait(0)

    def close(self) -> None:
        """Hang up."""
        self._sock.close()

    def _packet(self, reading: Recorded) -> bytes:
        self._next_id = self._next_id % 65_535 + 1
        topic = f"qs/v1/{reading.device}/reading".encode()
        return mqtt.publish(topic, msgspec.json.encode(reading.body()), self._next_id)

    def _wait(self, allowed: int) -> int:
        """Read acknowledgements until at most ``allowed`` are open."""
        acked = 0
        while self._open > allowed or (self._open and select.select([self._sock], [], [], 0)[0]):
            data = self._sock.recv(65_536)
            if not data:
                msg = f"Expected {self._open} more acknowledgements, the broker hung up."
                raise Unavailable(msg)
            got = sum(kind == mqtt.PUBACK for kind, _ in self._receiver.feed(data).control)
            acked += got
            self._open -= got
        return acked


class HttpDoor:
    """Posts batches to the web process."""

    def __init__(self, settings: Settings, token: str) -> None:
        web = settings.web
        headers = {"authorization": f"Bearer {token}"}
        base = f"http://{web.host}:{web.port}"
        self._client = httpx.Client(base_url=base, headers=headers, timeout=TIMEOUT_S)

    def send(self, readings: Sequence[Recorded]) -> int:
        """Post; refused readings were received too and count as acknowledged."""
        body = {"readings": [{"device": r.device, **r.body()} for r in readings]}
        try:
            answer = self._client.post("/api/v1/readings", json=body)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            msg = f"Expected the web process to take readings, got: {error}."
            raise Unavailable(msg) from error
        got = answer.json()
        return int(got["accepted"] + got["duplicates"] + len({r["index"] for r in got["refused"]}))

    def finish(self) -> int:
        """Nothing is outstanding."""
        return 0

    def close(self) -> None:
        """Hang up."""
        self._client.close()
