"""Replays every route stop by stop and names each rule that breaks.

Nothing here comes from the planning side: only the frozen values are shared.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from qingshu.dispatch.plan.errors import PlanBroken
from qingshu.dispatch.plan.model import Job, Plan, PlanTruck, Scenario, Stop

SLACK_S = 0.01
SLACK_M3 = 1e-6
COST_SLACK = 1e-4


class Rule(StrEnum):
    """The rules of a plan, by the name that is printed when one breaks."""

    KNOWN_TRUCK = "known_truck"
    KNOWN_JOB = "known_job"
    KNOWN_PLANT = "known_plant"
    REACHABLE = "reachable"
    TRAVEL = "travel"
    WINDOW = "window"
    LOAD = "load"
    CLASS = "class"
    PIN = "pin"
    PLANT_HOURS = "plant_hours"
    SHIFT_END = "shift_end"
    ONCE = "once"
    VOLUME = "volume"
    SERVED_OR_UNSERVED = "served_or_unserved"
    REASON = "reason"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken rule: which, on whose route, at which job, and how in words."""

    rule: Rule
    message: str
    truck: str | None = None
    job: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """All broken rules, the cost as the checker counts it, the seconds driven."""

    broken: tuple[Broken, ...]
    cost: float
    driven_s: float

    @property
    def holds(self) -> bool:
        """Whether no rule is broken."""
        return not self.broken


def check(scenario: Scenario, plan: Plan) -> Verdict:
    """Judge a plan; every broken rule is in the verdict, none is thrown."""
    judge = _Judge(scenario)
    for name, stops in plan.routes.items():
        judge.route(name, stops)
    judge.jobs(plan)
    cost = judge.driven_s + sum(
        job.prize for job in scenario.jobs if job.id not in judge.visits
    )  # fmt: skip
    if not abs(cost - plan.cost) <= max(SLACK_S * 10, COST_SLACK * abs(cost)):
        judge.say(Rule.COST, f"the plan says {plan.cost:g}, driving and prizes give {cost:.1f}")
    return Verdict(tuple(judge.broken), cost, judge.driven_s)


def require(scenario: Scenario, plan: Plan) -> Verdict:
    """The verdict of a plan that holds.

    Raises
    ------
    PlanBroken
        A rule is broken; the message names the first, ``fields`` count all by rule.
    """
    verdict = check(scenario, plan)
    if verdict.holds:
        return verdict
    counts: dict[str, int] = defaultdict(int)
    for broken in verdict.broken:
        counts[str(broken.rule)] += 1
    first = verdict.broken[0]
    msg = f"Expected a plan that keeps every rule, this one breaks {first.rule}: {first.message}."
    raise PlanBroken(msg, **counts)


class _Judge:
    """Replays routes and remembers who visited what."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.trucks = {truck.id: truck for truck in scenario.trucks}
        self.by_id = {job.id: job for job in scenario.jobs}
        self.visits: dict[str, list[tuple[str, float]]] = defaultdict(list)
        self.broken: list[Broken] = []
        self.driven_s = 0.0

    def say(self, rule: Rule, message: str, truck: str = "", job: str = "") -> None:
        """Note a broken rule."""
        where = f"truck {truck}: " if truck else ""
        self.broken.append(Broken(rule, where + message, truck or None, job or None))

    def route(self, name: str, stops: tuple[Stop, ...]) -> None:
        """One truck's day."""
        truck = self.trucks.get(name)
        if truck is None:
            self.say(Rule.KNOWN_TRUCK, f"there is no truck {name!r}")
            return
        if not stops:
            return
        node, free_s, load = truck.node, truck.free_s, truck.load_m3
        for stop in stops:
            if stop.plant is not None:
                node, free_s, load = self._plant(truck, stop, node, free_s, load)
            else:
                node, free_s, load = self._job(truck, stop, node, free_s, load)
        home = self._drive(truck, node, truck.yard_node, "the yard")
        if free_s + home > truck.shift_end_s + SLACK_S:
            self.say(
                Rule.SHIFT_END,
                f"is back at {free_s + home:.0f} s, its shift ends at {truck.shift_end_s:g} s",
                name,
            )  # fmt: skip

    def jobs(self, plan: Plan) -> None:
        """Every job once: on a route, whole, or unserved with a reason."""
        for job in self.scenario.jobs:
            served, left = job.id in self.visits, job.id in plan.unserved
            if served == left:
                how = "both served and unserved" if served else "neither served nor unserved"
                self.say(Rule.SERVED_OR_UNSERVED, f"job {job.id} is {how}", job=job.id)
            if left and not plan.unserved[job.id].strip():
                self.say(Rule.REASON, f"job {job.id} is unserved without a reason", job=job.id)
            if served:
                self._whole(job)
        for name in plan.unserved:
            if name not in self.by_id:
                self.say(Rule.KNOWN_JOB, f"unserved names {name!r}, which is no job")

    def _whole(self, job: Job) -> None:
        visits = self.visits[job.id]
        may = [t for t in self.scenario.trucks if self._allowed(t, job)]
        largest = max((t.capacity_m3 for t in may), default=0.0)
        if len(visits) > 1 and job.volume_m3 <= largest + SLACK_M3:
            who = ", ".join(truck for truck, _ in visits)
            self.say(Rule.ONCE, f"job {job.id} is done {len(visits)} times ({who})", job=job.id)
            return
        taken = sum(volume for _, volume in visits)
        if abs(taken - job.volume_m3) > 1e-3:
            msg = f"job {job.id} has {job.volume_m3:g} m3, its visits take {taken:g}"
            self.say(Rule.VOLUME, msg, job=job.id)

    def _plant(
        self, truck: PlanTruck, stop: Stop, node: int, free_s: float, load: float
    ) -> tuple[int, float, float]:
        plants = self.scenario.plants
        index = -1 if stop.plant is None else stop.plant
        if not 0 <= index < len(plants):
            self.say(Rule.KNOWN_PLANT, f"there is no plant {stop.plant}", truck.id)
            return node, max(free_s, stop.start_s), load
        plant = plants[index]
        self._arrival(truck, stop, free_s + self._drive(truck, node, plant.node, f"plant {index}"))
        done_s = stop.start_s + plant.unload_s
        if stop.start_s < plant.opens_s - SLACK_S or done_s > plant.closes_s + SLACK_S:
            msg = (
                f"unloads at plant {index} from {stop.start_s:.0f} to {done_s:.0f} s, it is "
                f"open {plant.opens_s:g} to {plant.closes_s:g} s"
            )
            self.say(Rule.PLANT_HOURS, msg, truck.id)
        return plant.node, done_s, 0.0

    def _job(
        self, truck: PlanTruck, stop: Stop, node: int, free_s: float, load: float
    ) -> tuple[int, float, float]:
        job = self.by_id.get(stop.job or "")
        if job is None:
            self.say(Rule.KNOWN_JOB, f"there is no job {stop.job!r}", truck.id)
            return node, max(free_s, stop.start_s), load
        volume = job.volume_m3 if stop.volume_m3 is None else stop.volume_m3
        self.visits[job.id].append((truck.id, volume))
        self._arrival(truck, stop, free_s + self._drive(truck, node, job.node, f"job {job.id}"))
        self._fits(truck, job)
        if not job.earliest_s - SLACK_S <= stop.start_s <= job.latest_s + SLACK_S:
            msg = (
                f"begins job {job.id} at {stop.start_s:.0f} s, its window is "
                f"{job.earliest_s:g} to {job.latest_s:g} s"
            )
            self.say(Rule.WINDOW, msg, truck.id, job.id)
        if load + volume > truck.capacity_m3 + SLACK_M3:
            msg = (
                f"would carry {load + volume:g} m3 after job {job.id}, it holds "
                f"{truck.capacity_m3:g}"
            )
            self.say(Rule.LOAD, msg, truck.id, job.id)
        share = volume / job.volume_m3 if job.volume_m3 > 0 else 1.0
        return job.node, stop.start_s + share * job.service_s, load + volume

    def _arrival(self, truck: PlanTruck, stop: Stop, there_s: float) -> None:
        if stop.start_s < there_s - SLACK_S:
            what = f"job {stop.job}" if stop.plant is None else f"plant {stop.plant}"
            msg = f"begins {what} at {stop.start_s:.0f} s, it is not there before {there_s:.0f} s"
            self.say(Rule.TRAVEL, msg, truck.id, stop.job or "")

    def _drive(self, truck: PlanTruck, node: int, to: int, what: str) -> float:
        seconds = self.scenario.travel_s[node][to]
        if not math.isfinite(seconds):
            self.say(Rule.REACHABLE, f"has no way to {what}", truck.id)
            return 0.0
        self.driven_s += seconds
        return seconds

    def _fits(self, truck: PlanTruck, job: Job) -> None:
        if job.classes and truck.truck_class not in job.classes:
            msg = (
                f"of class {truck.truck_class or 'none'} does job {job.id}, which needs "
                f"{' or '.join(sorted(job.classes))}"
            )
            self.say(Rule.CLASS, msg, truck.id, job.id)
        elif not self._allowed(truck, job):
            self.say(Rule.PIN, f"does job {job.id}, which is kept from it", truck.id, job.id)

    @staticmethod
    def _allowed(truck: PlanTruck, job: Job) -> bool:
        if job.classes and truck.truck_class not in job.classes:
            return False
        return job.truck in (None, truck.id) and truck.id not in job.not_trucks
