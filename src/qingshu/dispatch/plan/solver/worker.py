"""The life of a solver process: load, answer, until the other side is gone.

Started as ``python -m qingshu.dispatch.plan.solver.worker FD``; it never imports the program
that asks, so it is ready as soon as its solver is loaded.
"""

from __future__ import annotations

import importlib
import sys
import time
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection

from qingshu.dispatch.plan.rules.problem import Routes
from qingshu.dispatch.plan.solver.port import SOLVERS, Question


def serve(line: Connection) -> None:
    """Answer questions until the line is cut."""
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            solver, question = line.recv()
            line.send(answer(solver, question))


def answer(solver: str, question: Question) -> tuple[Routes | None, str]:
    """The routes, or None and what went wrong; loading the solver counts as its time."""
    begun = time.monotonic()
    try:
        module, name = SOLVERS[solver]
        made = getattr(importlib.import_module(module), name)()
        left = question.seconds - (time.monotonic() - begun)
        return made.solve(replace(question, seconds=left)), ""
    except Exception as error:  # noqa: BLE001 - a solver's fault must not end its worker
        return None, f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
