"""Reads scenarios and plans from JSON, naming the place of whatever is wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from qingshu.dispatch.plan.errors import PlanUnreadable, ScenarioBroken
from qingshu.dispatch.plan.model import Job, JobKind, Plan, Plant, PlanTruck, Scenario, Stop
from qingshu.dispatch.plan.params import PlanParams
from qingshu.kernel.errors import InvalidInput

T = TypeVar("T")
MAX_NODES = 4_000
MAX_JOBS = 4_000
MAX_TRUCKS = 1_000


def read_scenario(body: bytes | str, params: PlanParams | None = None) -> Scenario:
    """A scenario from its JSON text.

    Raises
    ------
    ScenarioBroken
        Something is missing, of the wrong kind, out of range, twice there or names an
        unknown node; ``fields`` holds the place.
    """
    return scenario_of(_parsed(body, ScenarioBroken), params)


def scenario_of(raw: Any, params: PlanParams | None = None) -> Scenario:
    """A scenario from its parsed JSON."""
    top = _Place("", raw, ScenarioBroken)
    top.needs_object()
    travel_s = _matrix(top.take("travel_s"), (params or PlanParams()).far_s)
    nodes = len(travel_s)
    trucks = _items(top.take("trucks"), MAX_TRUCKS, lambda p: _truck(p, nodes))
    plants = _items(top.take("plants", []), MAX_NODES, lambda p: _plant(p, nodes))
    jobs = _items(top.take("jobs"), MAX_JOBS, lambda p: _job(p, nodes))
    _no_twins("trucks", [t.id for t in trucks])
    _no_twins("jobs", [j.id for j in jobs])
    _known_trucks(jobs, {t.id for t in trucks})
    now = top.take("now", 0).number(-math.inf)
    return Scenario(now, travel_s, trucks, plants, jobs)


def read_plan(body: bytes | str) -> Plan:
    """A plan from its JSON text, or :class:`PlanUnreadable`."""
    return plan_of(_parsed(body, PlanUnreadable))


def plan_of(raw: Any) -> Plan:
    """A plan from its parsed JSON."""
    top = _Place("", raw, PlanUnreadable)
    top.needs_object()
    routes = top.take("routes")
    routes.needs_object()
    unserved = top.take("unserved", {})
    unserved.needs_object()
    return Plan(
        routes={
            name: tuple(_stop(place) for place in routes.take(name).items())
            for name in routes.raw
        },
        unserved={name: unserved.take(name).text() for name in unserved.raw},
        cost=top.take("cost").number(-math.inf),
    )  # fmt: skip


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """The plan in its format; what goes beyond it stands in keys of its own."""
    bound = plan.bound
    routes = {truck: [_stop_as_json(s) for s in stops] for truck, stops in plan.routes.items()}
    shown: dict[str, Any] = {
        "routes": routes,
        "unserved": dict(plan.unserved),
        "cost": plan.cost,
        "bound_or_gap": None if bound is None else round(bound.lower_bound, 3),
    }  # fmt: skip
    if bound is not None:
        shown["bound"] = {
            "lower_bound": round(bound.lower_bound, 3), "gap": round(bound.gap, 4),
            "how": bound.how,
        }  # fmt: skip
    return shown | dict(plan.notes)


def _stop_as_json(stop: Stop) -> dict[str, Any]:
    # Not rounded: a rounded start could lie before the arrival.
    if stop.plant is not None:
        return {"plant": stop.plant, "start_s": stop.start_s}
    shown: dict[str, Any] = {"job": stop.job, "start_s": stop.start_s}
    if stop.volume_m3 is not None:
        shown["volume_m3"] = stop.volume_m3
    return shown


class _Place:
    """A value of the JSON text and where it stands."""

    __slots__ = ("error", "raw", "where")

    def __init__(self, where: str, raw: Any, error: type[InvalidInput]) -> None:
        self.where, self.raw, self.error = where, raw, error

    def wrong(self, expected: str) -> InvalidInput:
        """The error to raise: what was expected here, what came."""
        shown = repr(self.raw) if self.raw is not ... else "nothing"
        shown = shown if len(shown) <= 60 else shown[:57] + "…"
        where = self.where or "the file"
        return self.error(f"Expected {expected} at {where}, got {shown}.", place=where)

    def needs_object(self) -> None:
        """Refuse anything but a JSON object."""
        if not isinstance(self.raw, dict):
            raise self.wrong("a JSON object")

    def take(self, name: str, default: Any = ...) -> _Place:
        """The value under ``name``; a missing one without default is refused where used."""
        return _Place(f"{self.where}.{name}".lstrip("."), self.raw.get(name, default), self.error)

    def items(self, most: int | None = None) -> list[_Place]:
        """The values of a list."""
        if not isinstance(self.raw, list):
            raise self.wrong("a list")
        if most is not None and len(self.raw) > most:
            msg = f"Expected at most {most} entries at {self.where}, got {len(self.raw)}."
            raise self.error(msg, place=self.where)
        return [_Place(f"{self.where}[{i}]", raw, self.error) for i, raw in enumerate(self.raw)]

    def number(self, lowest: float = 0.0) -> float:
        """A finite number of at least ``lowest``."""
        if isinstance(self.raw, bool) or not isinstance(self.raw, int | float):
            raise self.wrong("a number")
        try:
            value = float(self.raw)
        except OverflowError as error:
            raise self.wrong("a finite number") from error
        if not math.isfinite(value):
            raise self.wrong("a finite number")
        if value < lowest:
            raise self.wrong(f"a number of at least {lowest:g}")
        return value

    def node(self, nodes: int) -> int:
        """An index of the matrix."""
        whole = isinstance(self.raw, int) and not isinstance(self.raw, bool)
        if not whole or not 0 <= self.raw < nodes:
            raise self.wrong(f"a node in [0, {nodes - 1}]")
        return int(self.raw)

    def text(self) -> str:
        """A text, or a whole number as text."""
        if isinstance(self.raw, int) and not isinstance(self.raw, bool):
            return str(self.raw)
        if not isinstance(self.raw, str):
            raise self.wrong("a text")
        return self.raw

    def name(self) -> str:
        """A text that is not empty."""
        found = self.text()
        if not found.strip():
            raise self.wrong("an id")
        return found


def _parsed(body: bytes | str, error: type[InvalidInput]) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as broken:
        raise error(f"Expected JSON, got: {broken}.") from broken


def _matrix(place: _Place, far_s: float) -> list[list[float]]:
    rows = place.items(MAX_NODES)
    size = len(rows)
    return [_row(row, size, far_s) for row in rows]


def _row(place: _Place, size: int, far_s: float) -> list[float]:
    if not isinstance(place.raw, list) or len(place.raw) != size:
        length = len(place.raw) if isinstance(place.raw, list) else "no list"
        msg = f"Expected {size} cells (one a node) at {place.where}, got {length}."
        raise ScenarioBroken(msg, place=place.where)
    # Almost every row is plain numbers; then three sweeps in C judge it.
    if set(map(type, place.raw)) <= {int, float} and min(place.raw, default=0) >= 0:
        nan = any(map(math.isnan, place.raw)) if max(place.raw, default=0) < far_s else True
        if not nan:
            return list(map(float, place.raw))
    return [_cell(raw, place, column, far_s) for column, raw in enumerate(place.raw)]


def _cell(raw: Any, row: _Place, column: int, far_s: float) -> float:
    if raw is None:
        return math.inf
    number = isinstance(raw, int | float) and not isinstance(raw, bool)
    if not number or not raw >= 0:
        here = _Place(f"{row.where}[{column}]", raw, ScenarioBroken)
        raise here.wrong("seconds of at least 0, or null where there is no way")
    return math.inf if raw >= far_s else float(raw)


def _items(place: _Place, most: int, read: Callable[[_Place], T]) -> tuple[T, ...]:
    found = place.items(most)
    for entry in found:
        entry.needs_object()
    return tuple(read(entry) for entry in found)


def _truck(place: _Place, nodes: int) -> PlanTruck:
    truck = PlanTruck(
        id=place.take("id").name(),
        node=place.take("node").node(nodes),
        yard_node=place.take("yard_node").node(nodes),
        capacity_m3=place.take("capacity_m3").number(),
        load_m3=place.take("load_m3", 0.0).number(),
        shift_end_s=place.take("shift_end_s").number(-math.inf),
        truck_class=place.take("class", "").text(),
        free_s=place.take("free_s", 0.0).number(),
    )
    if truck.load_m3 > truck.capacity_m3 + 1e-9:
        msg = (
            f"Expected load_m3 of at most capacity_m3 {truck.capacity_m3:g} at {place.where}, "
            f"truck {truck.id} carries {truck.load_m3:g}."
        )
        raise ScenarioBroken(msg, place=f"{place.where}.load_m3")
    return truck


def _plant(place: _Place, nodes: int) -> Plant:
    node, unload_s = place.take("node").node(nodes), place.take("unload_s", 0.0).number()
    opens_s, closes_s = _window(place.take("open_s", None))
    return Plant(node, unload_s, opens_s, closes_s)


def _job(place: _Place, nodes: int) -> Job:
    kind = place.take("kind", "planned")
    if kind.raw not in set(JobKind):
        raise kind.wrong(f"one of {', '.join(JobKind)}")
    earliest_s, latest_s = _window(place.take("window_s", None))
    pinned = place.take("truck", None)
    return Job(
        id=place.take("id").name(),
        node=place.take("node").node(nodes),
        volume_m3=place.take("volume_m3").number(),
        service_s=place.take("service_s").number(),
        earliest_s=earliest_s,
        latest_s=latest_s,
        kind=JobKind(kind.raw),
        prize=place.take("prize").number(),
        classes=_names(place.take("classes", None)),
        truck=None if pinned.raw is None else pinned.name(),
        not_trucks=_names(place.take("not_trucks", None)),
    )


def _names(place: _Place) -> frozenset[str]:
    if place.raw is None:
        return frozenset()
    return frozenset(entry.text() for entry in place.items())


def _window(place: _Place) -> tuple[float, float]:
    """A closed window; null is open for ever. One that ends before it begins never is."""
    if place.raw is None:
        return 0.0, math.inf
    ends = place.items()
    if len(ends) != 2:
        raise place.wrong("a window [from, to]")
    begin = ends[0].number(-math.inf) if ends[0].raw is not None else 0.0
    end = ends[1].number(-math.inf) if ends[1].raw is not None else math.inf
    return begin, end


def _stop(place: _Place) -> Stop:
    place.needs_object()
    start_s = place.take("start_s").number(-math.inf)
    if ("job" in place.raw) == ("plant" in place.raw):
        raise place.wrong("either a job or a plant")
    if "plant" in place.raw:
        plant = place.raw["plant"]
        if not isinstance(plant, int) or isinstance(plant, bool):
            raise place.take("plant").wrong("the index of a plant")
        return Stop(start_s, plant=plant)
    volume = place.take("volume_m3", None)
    return Stop(
        start_s, job=place.take("job").text(),
        volume_m3=None if volume.raw is None else volume.number(),
    )  # fmt: skip


def _no_twins(where: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            msg = f"Expected every id once in {where}, {name!r} is there twice."
            raise ScenarioBroken(msg, place=where, id=name)
        seen.add(name)


def _known_trucks(jobs: tuple[Job, ...], trucks: set[str]) -> None:
    for job in jobs:
        if job.truck is not None and job.truck not in trucks:
            msg = f"Expected the id of a truck to pin job {job.id} to, got {job.truck!r}."
            raise ScenarioBroken(msg, place="jobs", id=job.id)


def as_mapping(routes: Mapping[str, tuple[Stop, ...]]) -> dict[str, str]:
    """Job to truck, for every served job; a job in parts counts with its first visit."""
    found: dict[str, str] = {}
    for truck, stops in routes.items():
        for stop in stops:
            if stop.job is not None:
                found.setdefault(stop.job, truck)
    return found
