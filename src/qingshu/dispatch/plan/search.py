"""Improves routes until the time is up: workers take turns from the best plan of all."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from qingshu.dispatch.plan.params import PlanParams
from qingshu.dispatch.plan.rules.carrying import moved
from qingshu.dispatch.plan.rules.insertion import fill, shed, trim, unserved
from qingshu.dispatch.plan.rules.problem import Problem, Routes
from qingshu.dispatch.plan.rules.timing import cost_of, walk
from qingshu.dispatch.plan.solver.port import Question
from qingshu.dispatch.plan.solver.workers import Answer, Workers

FAILURES = 3
LEAST_S = 0.15


@dataclass(slots=True)
class Search:
    """The best routes so far and how they came about.

    ``home`` names the truck that each task was on before; a candidate pays for moves and
    may not move more than its share.
    """

    problem: Problem
    params: PlanParams
    routes: Routes
    home: Mapping[int, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    score: float = field(init=False)

    def __post_init__(self) -> None:
        self.score = self.score_of(self.routes)

    def score_of(self, routes: Routes) -> float:
        """Cost with the price of moves; infinite where too much moves or a rule breaks."""
        out = moved(routes, self.home)
        if len(out) > max(self.params.moved_share * len(self.home), self._forced()):
            return float("inf")
        return cost_of(self.problem, routes) + self.params.move_price_s * len(out)

    def _forced(self) -> int:
        return len(moved(self.routes, self.home))

    def offer(self, routes: Routes, made_by: str, until: float) -> bool:
        """Mend, fill and trim routes; keep them when they beat the best."""
        mended = [
            list(route) if walk(self.problem, truck, route) is not None else []
            for truck, route in enumerate(routes)
        ]
        mended = shed(self.problem, trim(self.problem, mended))
        fill(
            self.problem, mended, unserved(self.problem, mended),
            stop=lambda: time.monotonic() > until,
        )  # fmt: skip
        score = self.score_of(mended)
        if score >= self.score:
            return False
        self.routes, self.score = mended, score
        self.counts[made_by] = self.counts.get(made_by, 0) + 1
        return True

    def run(self, workers: Workers, until: float, seed: int, solvers: tuple[str, ...]) -> None:
        """Ask and take answers until the time is up."""
        turn, begun = 0, time.monotonic()
        cover = "vroom" in solvers and self._wants_cover(until - begun)
        while (left := until - time.monotonic()) > LEAST_S and len(self.failures) < FAILURES:
            for worker in reversed(workers.idle):
                if cover:
                    share = self.params.cover_share * (until - begun)
                    workers.ask(worker, "vroom", Question(self.problem, min(share, left)))
                    cover = False
                elif "pyvrp" in solvers:
                    workers.ask(worker, "pyvrp", self._question(left, seed + turn))
                    turn += 1
            if not workers.busy:
                break
            for answer in workers.answers(left):
                self._take(answer, until)

    def _wants_cover(self, seconds: float) -> bool:
        """The covering solver takes its time: only for what is left out, or when there is time."""
        missing = bool(unserved(self.problem, self.routes))
        return not self.home and (missing or seconds >= self.params.cover_from_s)

    def _question(self, left: float, seed: int) -> Question:
        # A rest too short for a round of its own is added to this one.
        round_s = self.params.round_s
        work_s = left if left < 1.5 * round_s else round_s
        return Question(
            self.problem, left - 0.1, seed, work_s=work_s, start=self.routes,
            home=dict(self.home) or None, move_price_s=self.params.move_price_s,
        )  # fmt: skip

    def _take(self, answer: Answer, until: float) -> None:
        if answer.failure:
            self.failures.append(f"{answer.solver}: {answer.failure}")
        elif answer.routes is not None:
            self.offer(answer.routes, answer.solver, until)
