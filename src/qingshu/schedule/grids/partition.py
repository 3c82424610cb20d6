"""Contiguous grids by CP-SAT: flow from a centre office reaches all of its grid."""

from __future__ import annotations

import time
from typing import Any

from qingshu.schedule.grids.model import Design, GridsNotPossible, SolverMissing, Town

# Price of one per mille of the mean load off the mean, against ten metres to the centre.
_OFF = 20
_UNIT = 1000


def design(town: Town, count: int, seconds: float = 12.0, workers: int = 2) -> Design:
    """The best partition into ``count`` grids found in ``seconds``.

    Minimises 20 times the largest deviation from the mean load plus the distances of
    offices to their grid's centre.

    Raises
    ------
    GridsNotPossible
        More grids than offices, or fewer than parts of the town that do not touch.
    SolverMissing
        CP-SAT is not installed, or found nothing in time.
    """
    _require_possible(town, count)
    if count == len(town.offices):
        return Design(tuple(range(count)), proven=True, bound=0.0, cost=0.0, seconds=0.0)
    try:
        from ortools.sat.python import cp_model
    except ImportError as error:
        msg = "Expected the package ortools for grid design. Install it: pip install ortools."
        raise SolverMissing(msg) from error
    began = time.perf_counter()
    model, assigned = _model(cp_model, town, count)
    solver: Any = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = float(seconds)
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = 1
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        msg = f"Expected a partition within {seconds:g} s, found none. Give it more seconds."
        raise SolverMissing(msg)
    centre = [next(c for c in range(len(town.offices)) if solver.value(row[c])) for row in assigned]
    number = {c: k for k, c in enumerate(sorted(set(centre)))}
    return Design(
        tuple(number[c] for c in centre), status == cp_model.OPTIMAL,
        float(solver.best_objective_bound), float(solver.objective_value),
        round(time.perf_counter() - began, 2),
    )  # fmt: skip


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
    load = [round(office.load / mean * _UNIT) for office in offices]
    model = cp.CpModel()
    assigned = [[model.new_bool_var(f"x{i},{c}") for c in size] for i in size]
    for row in assigned:
        model.add_exactly_one(row)
    for i in size:
        for c in size:
            model.add_implication(assigned[i][c], assigned[c][c])
    model.add(sum(assigned[c][c] for c in size) == count)
    off = model.new_int_var(0, sum(load) + _UNIT, "off")
    for c in size:
        total = sum(load[i] * assigned[i][c] for i in size)
        model.add(total - _UNIT <= off)
        model.add(_UNIT - total <= off).only_enforce_if(assigned[c][c])
    _connect(model, town, count, assigned)
    far = sum(
        round(100 * _distance(town, i, c)) * assigned[i][c] for i in size for c in size if i != c
    )
    model.minimize(_OFF * off + far)
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
