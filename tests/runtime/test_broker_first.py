"""A new workspace's broker keeps readings from the first moment on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from bench.rig import brokers
from bench.rig.publisher import connect

from qingshu.runtime.broker import broker_command
from qingshu.runtime.broker_first import join_first
from qingshu.runtime.settings import Broker, Settings
from qingshu.wire import mqtt


@pytest.mark.timeout(60)
def test_first_start_when_device_is_quicker_than_ingest_then_reading_is_kept(
    tmp_path: Path,
) -> None:
    """Published and acknowledged before ingest ever connected: delivered when it does."""
    port = brokers.free_port()
    broker = Broker(url=f"mqtt://127.0.0.1:{port}", nats_port=brokers.free_port())
    settings = Settings(directory=tmp_path, broker=broker)
    join_first(settings, ("qs/v1/+/reading",))
    with brokers.running(broker_command(settings), port):
        with connect(port, "device") as sock:
            sock.sendall(mqtt.publish(b"qs/v1/D1/reading", b"{}", 7))
            assert sock.recv(16)[:1] == b"\x40"
        assert _delivered(port, settings.broker.client_id) == [b"{}"]


def _delivered(port: int, client_id: str) -> list[bytes]:
    """What the durable session is handed on its next connection."""
    receiver, payloads = mqtt.Receiver(), []
    with connect(port, client_id, clean=False) as sock:
        sock.settimeout(0.5)
        until = time.monotonic() + 10
        while not payloads and time.monotonic() < until:
            try:
                payloads += [bytes(p) for p in receiver.feed(sock.recv(65_536)).payloads]
            except TimeoutError:
                continue
    return payloads


def test_first_start_when_repeated_then_the_mark_is_enough(tmp_path: Path) -> None:
    """The private start happens once a workspace."""
    broker = Broker(url=f"mqtt://127.0.0.1:{brokers.free_port()}", nats_port=brokers.free_port())
    settings = Settings(directory=tmp_path, broker=broker)
    join_first(settings, ("qs/v1/+/reading",))
    began = time.monotonic()
    join_first(settings, ("qs/v1/+/reading",))
    assert time.monotonic() - began < 0.05
