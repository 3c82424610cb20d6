"""The port to route solvers: what any of them is asked and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from qingshu.dispatch.plan.rules.problem import Problem, Routes

HORIZON_S = 10_000_000.0
SOLVERS = {
    "vroom": ("qingshu.dispatch.plan.solver.vroom_adapter", "VroomSolver"),
    "pyvrp": ("qingshu.dispatch.plan.solver.pyvrp_adapter", "PyvrpSolver"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a solver is asked.

    ``start`` are routes that hold to go on from; ``home`` names the truck that has each
    task now, and ``move_price_s`` what it costs to take it from there. ``work_s`` ends it
    earlier, after so much processor time: on a busy machine seconds say little.
    """

    problem: Problem
    seconds: float
    seed: int = 1
    start: Routes | None = None
    home: dict[int, int] | None = None
    move_price_s: float = 0.0
    work_s: float = 1e9


class Solver(Protocol):
    """Makes routes in about the given seconds; the caller checks what comes."""

    def solve(self, question: Question) -> Routes | None:
        """One route a truck, or None when nothing was found."""
