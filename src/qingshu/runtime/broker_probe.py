"""Asks a broker the whole way round: greet, subscribe, publish, be acknowledged.

An open port says little: NATS keeps its connections when its store has failed (after the
disk was full) and acknowledges nothing until it is started again.
"""

from __future__ import annotations

import os
import socket
import ssl
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from qingshu.kernel.errors import WireError
from qingshu.runtime.broker import broker_address
from qingshu.runtime.settings import Settings
from qingshu.wire import mqtt

TOPIC = "qs/probe"
ANSWER_S = 6.0


def probe_broker(settings: Settings, answer_s: float = ANSWER_S) -> None:
    """Return when the broker stored a message of ours; an outside one need only greet us.

    What an outside broker lets us publish is its owner's decision.

    Raises
    ------
    OSError
        It cannot be reached or does not answer in time.
    WireError
        It refuses us or talks something else.
    """
    broker = settings.broker
    with _connected(settings, answer_s) as sock:
        name = f"qingshu-probe-{os.getpid()}"
        sock.sendall(
            mqtt.connect(
                name, keepalive_s=30, clean=True, username=broker.username,
                password=broker.password,
            )
        )  # fmt: skip
        answers = _Answers(sock, time.monotonic() + answer_s)
        mqtt.check_connack(answers.body(mqtt.CONNACK))
        if not broker.embedded:
            return
        topic = f"{TOPIC}/{os.getpid()}"
        # With somebody who listens the broker has to store it before it answers.
        sock.sendall(mqtt.subscribe(1, (topic,)))
        mqtt.check_suback(answers.body(mqtt.SUBACK))
        sock.sendall(mqtt.publish(topic.encode(), b"?", 2))
        answers.body(mqtt.PUBACK)
        sock.sendall(mqtt.DISCONNECT)


def open_session(settings: Settings, topics: Sequence[str], answer_s: float = ANSWER_S) -> None:
    """Make ingest's durable session, so that the broker keeps ``topics`` from now on.

    Raises
    ------
    OSError, WireError
        As :func:`probe_broker`.
    """
    broker = settings.broker
    with _connected(settings, answer_s) as sock:
        sock.sendall(
            mqtt.connect(
                broker.client_id, keepalive_s=30, clean=False, username=broker.username,
                password=broker.password,
            )
        )  # fmt: skip
        answers = _Answers(sock, time.monotonic() + answer_s)
        mqtt.check_connack(answers.body(mqtt.CONNACK))
        sock.sendall(mqtt.subscribe(1, tuple(topics)))
        mqtt.check_suback(answers.body(mqtt.SUBACK))
        sock.sendall(mqtt.DISCONNECT)


def _connected(settings: Settings, answer_s: float) -> socket.socket:
    host, port = broker_address(settings)
    sock = socket.create_connection((host, port), min(answer_s, 2.0))
    sock.settimeout(answer_s)
    if urlsplit(settings.broker.url).scheme == "mqtts":
        return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    return sock


class _Answers:
    """Control packets of a blocking socket, in order of arrival."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._until = until
        self._receiver = mqtt.Receiver()
        self._waiting: list[tuple[int, bytes]] = []

    def body(self, kind: int) -> bytes:
        """The next packet of ``kind``; others are passed over."""
        while True:
            while self._waiting:
                got, body = self._waiting.pop(0)
                if got == kind:
                    return body
            left = self._until - time.monotonic()
            if left <= 0:
                msg = "no answer in time"
                raise TimeoutError(msg)
            self._sock.settimeout(left)
            data = self._sock.recv(65_536)
            if not data:
                msg = "the broker hung up"
                raise ConnectionResetError(msg)
            self._waiting += self._receiver.feed(data).control


def is_broker_well(settings: Settings) -> bool:
    """Whether :func:`probe_broker` goes through."""
    try:
        probe_broker(settings)
    except (OSError, WireError):
        return False
    return True
