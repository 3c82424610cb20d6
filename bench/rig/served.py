"""A whole product on free ports: `qingshu serve` (or `demo`) as a user would start it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from bench.rig.brokers import free_port
from bench.rig.town import build_town
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.db import Database
from qingshu.runtime.heartbeats import heartbeats
from qingshu.runtime.settings import FILE_NAME, load_settings

UP_WITHIN_S = 60.0
PASSWORD = "bench-2026"


@dataclass(frozen=True, slots=True)
class Ports:
    """The four ports of one workspace."""

    web: int
    jt808: int
    mqtt: int
    nats: int


def free_ports() -> Ports:
    """Four free ports."""
    return Ports(free_port(), free_port(), free_port(), free_port())


@dataclass(slots=True)
class Served:
    """A running product."""

    directory: Path
    ports: Ports
    process: subprocess.Popen[bytes]

    @property
    def base(self) -> str:
        """Its web address."""
        return f"http://127.0.0.1:{self.ports.web}"

    @property
    def mqtt_url(self) -> str:
        """Its broker."""
        return f"mqtt://127.0.0.1:{self.ports.mqtt}"

    def sign_in(self, username: str, password: str = PASSWORD) -> httpx2.Client:
        """A client that carries the session of ``username``."""
        client = httpx2.Client(base_url=self.base, timeout=20)
        answer = client.post("/api/v1/session", json={"username": username, "password": password})
        answer.raise_for_status()
        client.headers["authorization"] = f"Bearer {answer.json()['token']}"
        return client

    def pids(self) -> dict[str, int]:
        """Process name to pid, by their signs of life."""
        db = Database(load_settings(self.directory))
        with db.read() as conn:
            found = {b.process: b.pid for b in heartbeats(conn)}
        db.close()
        return found


def write_workspace(folder: Path, tanks: int, ports: Ports) -> None:
    """A workspace of ``tanks`` tanks with one sensor each and a dispatcher."""
    db = build_town(folder, f"mqtt://127.0.0.1:{ports.mqtt}", tanks)
    with db.write("system:bench") as tx:
        accounts.create_account(tx, "dispatcher", PASSWORD, name="bench", roles=[Role.DISPATCHER])
    db.close()
    (folder / FILE_NAME).write_text(
        f"[web]\nport = {ports.web}\n[doors]\njt808_port = {ports.jt808}\n"
        f'[broker]\nurl = "mqtt://127.0.0.1:{ports.mqtt}"\nnats_port = {ports.nats}\n',
        encoding="utf-8",
    )


@contextmanager
def running(
    arguments: Sequence[str], directory: Path, ports: Ports, env: dict[str, Any] | None = None
) -> Iterator[Served]:
    """Run ``qingshu ARGUMENTS`` until the block ends; ready when ``/healthz`` answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "qingshu.cli.main", *arguments],
        env={**os.environ, **(env or {})},
        stdout=subprocess.DEVNULL,
    )
    served = Served(directory, ports, process)
    try:
        _wait_until_up(served)
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_up(served: Served) -> None:
    until = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < until:
        if served.process.poll() is not None:
            msg = f"Expected the product to stay up, it ended with {served.process.returncode}."
            raise RuntimeError(msg)
        try:
            if httpx2.get(f"{served.base}/healthz", timeout=2).status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.1)
    msg = f"Expected {served.base} within {UP_WITHIN_S} s."
    raise RuntimeError(msg)
