"""Why a job is on no route: looked for in the plan as it is, said in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from qingshu.dispatch.plan.model import PlanTruck, Scenario
from qingshu.dispatch.plan.rules.greedy import append
from qingshu.dispatch.plan.rules.insertion import Inserter
from qingshu.dispatch.plan.rules.problem import Problem, Routes, may_do
from qingshu.dispatch.plan.rules.timing import EPS, start_of


class Reasons:
    """Finds reasons against one plan. ``stop`` bounds the search for free places."""

    def __init__(
        self, scenario: Scenario, problem: Problem, routes: Routes,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        self.scenario, self.problem, self.stop = scenario, problem, stop
        self.inserter = Inserter(problem, routes)

    def of(self, task: int) -> str:
        """The first reason that holds, from what no plan could mend to the price."""
        able = self._able(task)
        if isinstance(able, str):
            return able
        for look in (self._way, self._window, self._alone):
            found = look(task, able)
            if found is not None:
                return found
        return self._in_this_plan(task, able)

    def _able(self, task: int) -> str | list[int]:
        """The trucks that class, pins and size leave; or why they leave none."""
        trucks, work = self.scenario.trucks, self.problem.tasks[task]
        job = self.scenario.jobs[work.job]
        if not trucks:
            return "no trucks: there is none on this day"
        allowed = [i for i, t in enumerate(trucks) if may_do(t, job)]
        if not allowed:
            if job.truck is not None or job.not_trucks:
                return "no truck fits: pins, exclusions and classes leave none"
            return f"no truck fits: none is of class {' or '.join(sorted(job.classes))}"
        able = [i for i in allowed if self.problem.may[i][task]]
        if not able:
            largest = max(trucks[i].capacity_m3 for i in allowed)
            return (
                f"no truck fits: {work.volume_m3:g} m3 is more than the largest allowed truck "
                f"holds ({largest:g} m3)"
            )
        return able

    def _way(self, task: int, able: list[int]) -> str | None:
        travel, node = self.problem.travel_s, self.problem.tasks[task].node
        reach = [i for i in able if math.isfinite(travel[self._truck(i).node][node])]
        by_plant = [p for p in self.problem.plants if math.isfinite(travel[p.node][node])]
        if not reach and not by_plant:
            return "unreachable: no truck that fits has a way there"
        if not any(math.isfinite(travel[node][self._truck(i).yard_node]) for i in able):
            return "unreachable: no truck that fits has a way from there to its yard"
        return None

    def _window(self, task: int, able: list[int]) -> str | None:
        work = self.problem.tasks[task]
        if work.latest_s < max(0.0, work.earliest_s):
            past = "is over" if work.latest_s < 0 else "ends before it begins"
            return f"window: {work.earliest_s:g} to {work.latest_s:g} s {past}"
        travel = self.problem.travel_s
        soonest, truck = min(
            (self._truck(i).free_s + travel[self._truck(i).node][work.node], i) for i in able
        )
        if work.latest_s + EPS < soonest < math.inf:
            return (
                f"window: closes at {work.latest_s:g} s, the soonest truck "
                f"({self._truck(truck).id}) needs {soonest:.0f} s"
            )
        return None

    def _alone(self, task: int, able: list[int]) -> str | None:
        """What stops every truck even with nothing else to do."""
        problem = self.problem
        if any(self._could(problem, i, task) for i in able):
            return None
        awake = replace(
            problem, trucks=tuple(replace(t, shift_end_s=math.inf) for t in problem.trucks)
        )
        if any(self._could(awake, i, task) for i in able):
            return "shift over: no truck that fits could be back at its yard in time"
        open_late = replace(
            awake, plants=tuple(replace(p, opens_s=0.0, closes_s=math.inf) for p in problem.plants)
        )
        if any(self._could(open_late, i, task) for i in able):
            return "plant closed: every truck that fits must empty first and no plant takes it then"
        if not problem.plants:
            return "plant closed: every truck that fits must empty first and there is no plant"
        return (
            "window: every truck that fits must empty first and would come after "
            f"{problem.tasks[task].latest_s:g} s"
        )

    def _could(self, problem: Problem, truck: int, task: int) -> bool:
        return append(problem, truck, start_of(problem, truck), task) is not None

    def _in_this_plan(self, task: int, able: list[int]) -> str:
        work = self.problem.tasks[task]
        if work.parts > 1:
            return (
                f"day full: it needs {work.parts} visits of {work.volume_m3:g} m3 each and "
                "not all of them find a place"
            )
        if self.stop():
            return (
                f"time: {len(able)} trucks could do it alone; the planning time ran out before "
                "a place on their routes was looked for"
            )
        found = self.inserter.best(task, able)
        if found is None:
            return (
                f"day full: {len(able)} trucks could do it alone, on none of their routes is "
                "there a place that keeps windows, loads, plant hours and the shift end"
            )
        truck = self._truck(found.truck).id
        if found.more_s >= work.prize:
            return (
                f"price: the cheapest detour ({truck}) is {found.more_s:.0f} s, "
                f"its prize {work.prize:g}"
            )
        return f"time: the planning time ran out; {truck} has a place {found.more_s:.0f} s away"

    def _truck(self, index: int) -> PlanTruck:
        return self.problem.trucks[index]
