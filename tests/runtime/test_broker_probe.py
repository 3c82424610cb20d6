"""The probe goes the whole way: a port that only listens is not a broker."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from bench.rig import brokers

from qingshu.kernel.errors import WireError
from qingshu.runtime.broker_probe import is_broker_well, probe_broker
from qingshu.runtime.settings import Broker, Settings


def _settings(folder: Path, port: int) -> Settings:
    return Settings(directory=folder, broker=Broker(url=f"mqtt://127.0.0.1:{port}"))


def test_probe_when_broker_stores_then_well_again_and_again(tmp_path: Path) -> None:
    """The same name may ask as often as it likes."""
    port = brokers.free_port()
    with brokers.running(brokers.nats_command(tmp_path / "nats", port, "always"), port):
        for _ in range(3):
            probe_broker(_settings(tmp_path, port))
    assert not is_broker_well(_settings(tmp_path, port))


def test_probe_when_port_is_silent_or_something_else_then_says_so(tmp_path: Path) -> None:
    """Silence ends in time; another protocol is named."""
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TimeoutError):
        probe_broker(_settings(tmp_path, silent.getsockname()[1]), 0.3)
    port = brokers.free_port()
    with brokers.running(brokers.nats_command(tmp_path / "nats", port, "always"), port):
        config = (tmp_path / "nats" / "nats.conf").read_text(encoding="utf-8")
        other = int(config.split("port: ")[1].split("\n")[0])
        with pytest.raises((WireError, OSError)):
            probe_broker(_settings(tmp_path, other), 2.0)
