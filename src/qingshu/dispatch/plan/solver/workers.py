"""Solvers in processes of their own: asked, waited for, and ended when they overrun."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any

from qingshu.dispatch.plan.rules.problem import Routes
from qingshu.dispatch.plan.solver.port import SOLVERS, Question

MODULE = "qingshu.dispatch.plan.solver.worker"


def installed() -> tuple[str, ...]:
    """The solvers whose libraries are here."""
    return tuple(name for name in SOLVERS if importlib.util.find_spec(name) is not None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker sent: the routes it found, or why it found none."""

    worker: int
    solver: str
    routes: Routes | None
    failure: str = ""


class Workers:
    """A few processes that solve one question at a time each.

    They start at once and load their solvers while the caller goes on. Kept between
    plans they answer without that delay.
    """

    def __init__(self, count: int) -> None:
        self._lines: list[Connection] = []
        self._processes: list[subprocess.Popen[bytes]] = []
        self._asked: dict[int, str] = {}
        for _ in range(count):
            mine, theirs = socket.socketpair()
            command = [sys.executable, "-m", MODULE, str(theirs.fileno())]
            with theirs:
                process = subprocess.Popen(
                    command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
                )
            self._lines.append(Connection(mine.detach()))
            self._processes.append(process)

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    @property
    def idle(self) -> list[int]:
        """Workers that are asked nothing now."""
        live = range(len(self._processes))
        return [n for n in live if n not in self._asked and self._processes[n].poll() is None]

    @property
    def pids(self) -> list[int]:
        """Process ids, in the order of the workers."""
        return [process.pid for process in self._processes]

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._asked)

    def ask(self, worker: int, solver: str, question: Question) -> None:
        """Give an idle worker a question."""
        self._asked[worker] = solver
        with suppress(OSError):
            self._lines[worker].send((solver, question))

    def answers(self, seconds: float) -> list[Answer]:
        """What comes within so many seconds; a worker that died answers with a failure."""
        lines = {self._lines[n]: n for n in self._asked}
        ready: Iterable[Any] = wait(list(lines), timeout=max(0.0, seconds))
        found = []
        for line in ready:
            worker = lines[line]
            solver = self._asked.pop(worker)
            try:
                routes, failure = line.recv()
            except (EOFError, OSError):
                routes, failure = None, "the solver's process ended"
                self._processes[worker].kill()
                self._processes[worker].wait(5.0)
            found.append(Answer(worker, solver, routes, failure))
        return found

    def close(self) -> None:
        """End every process, whatever it does."""
        for process, line in zip(self._processes, self._lines, strict=True):
            line.close()
            process.kill()
        for process in self._processes:
            process.wait(5.0)
