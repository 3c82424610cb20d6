"""Contiguous grids by CP-SAT: flow from a centre office reaches all of its grid."""

from __future__ import annotations

import time
from typing import Any

from qingshu.schedule.grids.model import Design, GridsNotPossible, SolverMissing, Town
from qingshu.schedule.grids.start import KM, OFF, UNIT, price_of, start_of

# Above so many offices the model is too large to help; trades alone answer.
_MODEL_MOST = 120


def design(town: Town, count: int, seconds: float = 12.0, workers: int = 2) -> Design:
    """The best partition into ``count`` grids found in ``seconds``.

    Minimises 20 times the largest deviation from the mean load plus the distances of
    offices to their grid's centre.

    Raises
    ------
    GridsNotPossible
        More grids than offices, or fewer than parts of the town that do not touch.
    SolverMissing
        CP-SAT is not installed.
    """
    _require_possible(town, count)
    if count == len(town.offices):
        return Design(tuple(range(count)), proven=True, bound=0.0, cost=0.0, seconds=0.0)
    began = time.perf_counter()
    start = start_of(town, count)
    if len(town.offices) > _MODEL_MOST:
        cost = price_of(town, count, start)
        return Design(tuple(start), False, None, cost, round(time.perf_counter() - began, 2))
    try:
        from ortools.sat.python import cp_model
    except ImportError as error:
        msg = "Expected the package ortools for grid design. Install it: pip install ortools."
        raise SolverMissing(msg) from error
    model, assigned = _model(cp_model, town, count)
    _hint(model, town, assigned, start)
    solver: Any = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = float(seconds)
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = 1
    status = solver.solve(model)
    took = round(time.perf_counter() - began, 2)
    bound = float(solver.best_objective_bound)
    cost = price_of(town, count, start)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Design(tuple(start), False, bound, round(cost, 1), took)
    centre = [next(c for c in range(len(town.offices)) if solver.value(row[c])) for row in assigned]
    number = {c: k for k, c in enumerate(sorted(set(centre)))}
    grid_of = [number[c] for c in centre]
    if status != cp_model.OPTIMAL and cost < price_of(town, count, grid_of):
        grid_of = start
    cost = round(price_of(town, count, grid_of), 1)
    return Design(tuple(grid_of), status == cp_model.OPTIMAL, min(bound, cost), cost, took)


def _hint(model: Any, town: Town, assigned: list[list[Any]], start: list[int]) -> None:
    for grid in set(start):
        own = [i for i, g in enumerate(start) if g == grid]
        centre = min(own, key=lambda c: sum(_distance(town, i, c) for i in own))
        for i in own:
            for c, variable in enumerate(assigned[i]):
                model.add_hint(variable, c == centre)


def _require_possible(town: Town, count: int) -> None:
    parts = len(components(town, set(range(len(town.offices)))))
    if not 1 <= count <= len(town.offices):
        msg = f"Expected 1 to {len(town.offices)} grids for so many offices, got {count}."
        raise GridsNotPossible(msg, n=count)
    if parts > count:
        msg = (
            f"Expected at least {parts} grids: the offices form {parts} parts that do not "
            f"touch, got {count}. Add neighbours to the column `adjacent`."
        )
        raise GridsNotPossible(msg, n=count)
    if sum(office.load for office in town.offices) <= 0:
        msg = "Expected a load above 0 in some office, got none."
        raise GridsNotPossible(msg, load="all 0")


def components(town: Town, members: set[int]) -> list[set[int]]:
    """The parts of ``members`` that touch each other."""
    near = town.neighbours()
    left, found = set(members), []
    while left:
        part, edge = set(), [left.pop()]
        while edge:
            one = edge.pop()
            part.add(one)
            edge += [other for other in near[one] if other in left]
            left -= set(edge)
        found.append(part)
    return found


def _model(cp: Any, town: Town, count: int) -> tuple[Any, list[list[Any]]]:
    size = range(len(town.offices))
    offices = town.offices
    mean = sum(office.load for office in offices) / count
    load = [round(office.load / mean * UNIT) for office in offices]
    model = cp.CpModel()
    assigned = [[model.new_bool_var(f"x{i},{c}") for c in size] for i in size]
    for row in assigned:
        model.add_exactly_one(row)
    for i in size:
        for c in size:
            model.add_implication(assigned[i][c], assigned[c][c])
    model.add(sum(assigned[c][c] for c in size) == count)
    off = model.new_int_var(0, sum(load) + UNIT, "off")
    for c in size:
        total = sum(load[i] * assigned[i][c] for i in size)
        model.add(total - UNIT <= off)
        model.add(UNIT - total <= off).only_enforce_if(assigned[c][c])
    _connect(model, town, count, assigned)
    far = sum(
        round(KM * _distance(town, i, c)) * assigned[i][c] for i in size for c in size if i != c
    )
    model.minimize(OFF * off + far)
    return model, assigned


def _connect(model: Any, town: Town, count: int, assigned: list[list[Any]]) -> None:
    """One unit of flow to each office, over arcs inside its grid only.

    The arc's grid is not named by a variable of its own: an arc may carry flow only when
    both ends name the same centre, told once per centre.
    """
    size = range(len(town.offices))
    most = len(town.offices) - count
    flows: list[tuple[int, int, Any]] = []
    for i, j in town.touching:
        same = model.new_bool_var(f"s{i},{j}")
        for c in size:
            model.add_implication(assigned[i][c], assigned[j][c]).only_enforce_if(same)
        for a, b in ((i, j), (j, i)):
            flow = model.new_int_var(0, most, f"f{a},{b}")
            model.add(flow == 0).only_enforce_if(same.negated())
            flows.append((a, b, flow))
    for i in size:
        into = sum(flow for a, b, flow in flows if b == i)
        out = sum(flow for a, b, flow in flows if a == i)
        members = sum(assigned[k][i] for k in size)
        # A centre sends one unit to every other member; any other office keeps one.
        model.add(into - out == 1 - members)


def _distance(town: Town, i: int, j: int) -> float:
    one, two = town.offices[i], town.offices[j]
    return float(((one.x_km - two.x_km) ** 2 + (one.y_km - two.y_km) ** 2) ** 0.5)
