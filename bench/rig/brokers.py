"""Throw-away MQTT brokers on free ports."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qingshu.runtime.broker import nats_server

READY_S = 10.0


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mosquitto_command(folder: Path, port: int) -> list[str] | None:
    """Mosquitto with an open in-flight window; None when it is not installed."""
    binary = shutil.which("mosquitto") or shutil.which("/usr/sbin/mosquitto")
    if binary is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
        "max_inflight_messages 20000\nmax_queued_messages 0\nset_tcp_nodelay true\n"
        "log_type error\nuser root\n",
        encoding="utf-8",
    )
    return [binary, "-c", str(config)]


def nats_command(folder: Path, port: int, sync: str, ack_wait: str = "60s") -> list[str]:
    """The embedded broker as the product configures it, with a chosen sync interval."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nats.conf"
    config.write_text(
        f"server_name: bench\nhost: 127.0.0.1\nport: {free_port()}\n"
        f"mqtt {{ host: 127.0.0.1, port: {port}, ack_wait: {ack_wait}, max_ack_pending: 20000 }}\n"
        f'jetstream {{ store_dir: "{folder / "store"}", sync_interval: {sync} }}\n'
        "max_payload: 8MB\n",
        encoding="utf-8",
    )
    return [nats_server(), "-c", str(config)]


def start(command: list[str], port: int) -> subprocess.Popen[bytes]:
    """Start a broker and wait until its port answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return process
        if process.poll() is not None:
            break
        time.sleep(0.02)
    process.kill()
    msg = f"Expected {command[0]} to listen on port {port} within {READY_S} s, it does not."
    raise RuntimeError(msg)


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """A broker for the length of a block."""
    process = start(command, port)
    try:
        yield
    finally:
        process.kill()
        process.wait()
