"""Keeps a workspace's processes running: start, restart with patience, stop cleanly."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import structlog

from qingshu.kernel.errors import Conflict, QingshuError

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
HEALTHY_AFTER_S = 20.0
STOP_WITHIN_S = 12.0
PARENT_CHECK_S = 1.0
# A child that answers its probe wrongly this often in a row is stuck and started again.
PROBE_EVERY_S = 5.0
PROBES_FAILED = 2

log = structlog.get_logger()


class PortTaken(QingshuError):
    """Another program listens where a door of ours should."""

    code = "port_taken"
    status = 503


def check_port(host: str, port: int, setting: str) -> None:
    """Fail early, naming the setting, when a port is taken."""
    if port == 0:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            msg = (
                f"Expected {host}:{port} to be free, got: {error.strerror}. "
                f"Stop the other program or set {setting} in qingshu.toml."
            )
            raise PortTaken(msg, setting=setting, port=port) from error


@dataclass(slots=True)
class Child:
    """One supervised process."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    restart_at: float = 0.0
    output: IO[bytes] | None = field(default=None, repr=False)


class Supervisor:
    """Runs children until it is told to stop; restarts one that ends by itself.

    Children are stopped in the reverse order of their start, so the broker, started
    first, outlives the process that still has readings to acknowledge. ``probes`` tell of
    children that run but do not work; False means that a new start would help.
    """

    def __init__(
        self,
        directory: Path,
        commands: Sequence[tuple[str, Sequence[str]]],
        probes: Mapping[str, Callable[[], bool]] | None = None,
    ) -> None:
        self._directory = directory
        self._probes = dict(probes or {})
        self._children = [Child(name, command) for name, command in commands]
        self._stop = threading.Event()
        self._lock: IO[str] | None = None

    def stop(self) -> None:
        """Ask :meth:`run` to end; safe from a signal handler."""
        self._stop.set()

    def run(self, on_started: Callable[[], None] | None = None) -> None:
        """Start everything and watch it until :meth:`stop`."""
        self._take_lock()
        (self._directory / "logs").mkdir(parents=True, exist_ok=True)
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: self.stop())
        try:
            for child in self._children:
                self._start(child)
                if child.name in self._probes:
                    threading.Thread(target=self._probe, args=(child,), daemon=True).start()
            if on_started is not None:
                on_started()
            while not self._stop.wait(0.2):
                self._watch()
        finally:
            self._stop_all()

    def _take_lock(self) -> None:
        self._lock = (self._directory / "serve.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            msg = (
                f"Expected {self._directory} not to be served yet, another `qingshu serve` "
                "holds it. Stop that one first."
            )
            raise Conflict(msg, directory=str(self._directory)) from error

    def _start(self, child: Child) -> None:
        if child.output is None:
            child.output = (self._directory / "logs" / f"{child.name}.out").open("ab")
        child.process = subprocess.Popen(
            child.command,
            stdin=subprocess.DEVNULL,
            stdout=child.output,
            stderr=child.output,
            start_new_session=True,
        )
        child.started = time.monotonic()
        log.info("process_started", name=child.name, pid=child.process.pid)

    def _watch(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is None:
                if now >= child.restart_at:
                    self._start_again(child, now)
                continue
            ended = child.process.poll()
            if ended is None:
                continue
            if now - child.started > HEALTHY_AFTER_S:
                child.pause_s = FIRST_PAUSE_S
            log.error("process_ended", name=child.name, code=ended, restart_in_s=child.pause_s)
            child.process = None
            child.restart_at = now + child.pause_s
            child.pause_s = min(child.pause_s * 2, LONGEST_PAUSE_S)

    def _probe(self, child: Child) -> None:
        failed, of = 0, 0
        while not self._stop.wait(PROBE_EVERY_S):
            process = child.process
            if process is None:
                continue
            # What a child that has gone failed says nothing about the next one.
            failed = 0 if process.pid != of else failed
            of = process.pid
            failed = 0 if self._probes[child.name]() else failed + 1
            if failed >= PROBES_FAILED and not self._stop.is_set():
                log.error("process_stuck", name=child.name, pid=process.pid)
                process.kill()
                failed = 0

    def _start_again(self, child: Child, now: float) -> None:
        try:
            self._start(child)
        except OSError as error:
            # No memory or no disk just now: the others go on, this one is tried again.
            log.error("process_not_started", name=child.name, reason=str(error))
            child.restart_at = now + child.pause_s
            child.pause_s = min(child.pause_s * 2, LONGEST_PAUSE_S)

    def _stop_all(self) -> None:
        deadline = time.monotonic() + STOP_WITHIN_S
        for child in reversed(self._children):
            if child.process is None or child.process.poll() is not None:
                continue
            child.process.terminate()
            try:
                child.process.wait(max(0.5, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.error("process_killed", name=child.name)
                child.process.kill()
                child.process.wait()
        for child in self._children:
            if child.output is not None:
                child.output.close()


def end_with_parent(stop: Callable[[], None]) -> None:
    """Call ``stop`` when the supervisor is gone, so nothing is left running alone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_CHECK_S)
        stop()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
