"""The linear relaxation with HiGHS: a bound no plan can beat, and a plan to round."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from qingshu.kernel.errors import Unavailable
from qingshu.schedule.year.problem import Floats, Ints, YearCase, loads

# HiGHS's word for an answer that keeps every row.
_FEASIBLE = 2


@dataclass(frozen=True, slots=True)
class Choices:
    """All (visit, week) pairs that windows allow, sorted by visit; ``start`` indexes them."""

    visit: Ints
    week: Ints
    start: Ints


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The bound, each choice's share and reduced cost (points), and how long it took."""

    bound: float
    share: Floats
    reduced: Floats
    seconds: float


def choices_of(case: YearCase) -> Choices:
    """Every allowed week of every visit."""
    widths = case.week_high - case.week_low + 1
    start = np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)
    visit = np.repeat(np.arange(case.visits), widths)
    week = np.arange(start[-1]) - start[visit] + case.week_low[visit]
    return Choices(visit, week, start)


class Relaxation:
    """The relaxation of one case, kept so that it can be solved again under other limits.

    Rows: one a visit (weeks add up to 1), spacing of a tank's visits, hours against
    capacity and target for each grid and week, m3 against the plants for each week.
    """

    def __init__(self, case: YearCase, choices: Choices, limit_s: float = 60.0) -> None:
        self._case, self._choices, self._limit_s = case, choices, limit_s
        self._model = _model(limit_s)
        self._model.passModel(_program(case, choices, whole=False))

    def solve(self) -> Relaxed:
        """The optimum.

        Raises
        ------
        Unavailable
            HiGHS did not reach it within the limit.
        """
        began = time.perf_counter()
        model = self._model
        model.run()
        if model.getModelStatus().name != "kOptimal":
            msg = (
                f"Expected the optimum of the relaxation within {self._limit_s:g} s, got "
                f"{model.modelStatusToString(model.getModelStatus())}. Give it more seconds."
            )
            raise Unavailable(msg)
        count, answer = len(self._choices.visit), model.getSolution()
        return Relaxed(
            bound=float(model.getInfo().objective_function_value),
            share=np.array(answer.col_value[:count]),
            reduced=np.array(answer.col_dual[:count]),
            seconds=time.perf_counter() - began,
        )

    def tighten(self, crew_hours: Floats, plant_m3: Floats) -> None:
        """Other limits for the next solving, which starts from the optimum at hand."""
        case = self._case
        for first, limits in (
            (case.visits, crew_hours.ravel()),
            (case.visits + 2 * case.grids * case.weeks, plant_m3),
        ):
            for row, limit in enumerate(limits.tolist(), start=first):
                self._model.changeRowBounds(row, -np.inf, limit)


def exact(
    case: YearCase, choices: Choices, now: Ints, limit_s: float, gap: float = 1e-4
) -> Ints | None:
    """The best whole plan HiGHS finds from ``now``; None when it finds none in time."""
    model = _model(limit_s)
    model.setOptionValue("mip_rel_gap", gap)
    model.passModel(_program(case, choices, whole=True))
    _hint(model, case, choices, now)
    model.run()
    if model.getInfo().primal_solution_status != _FEASIBLE:
        return None
    return rounded(choices, np.array(model.getSolution().col_value[: len(choices.visit)]))


def rounded(choices: Choices, share: Floats) -> Ints:
    """Each visit in the week with its largest share, the earliest of equals."""
    best = np.maximum.reduceat(share, choices.start[:-1])
    is_best = np.flatnonzero(share >= best[choices.visit] - 1e-9)
    first = is_best[np.searchsorted(choices.visit[is_best], np.arange(len(best)))]
    week: Ints = choices.week[first]
    return week


def _model(limit_s: float) -> Any:
    """An empty HiGHS model on one thread, the same every time."""
    import highspy

    with _silence():
        model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)
    model.setOptionValue("time_limit", float(limit_s))
    model.setOptionValue("threads", 1)
    model.setOptionValue("random_seed", 1)
    return model


@contextmanager
def _silence() -> Iterator[None]:
    """HiGHS greets on standard output when it is made, before it can be told not to."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _program(case: YearCase, choices: Choices, *, whole: bool) -> Any:
    import highspy

    rows = _Rows(case, choices)
    count, cells = len(choices.visit), case.grids * case.weeks
    prices = case.prices
    program = highspy.HighsLp()
    program.num_col_ = count + 3 * cells + case.weeks
    program.num_row_ = len(rows.lower)
    program.col_cost_ = np.concatenate([
        case.timing(choices.visit, choices.week),
        np.full(cells, prices.over_hour), np.full(2 * cells, prices.off_hour),
        np.full(case.weeks, prices.over_m3),
    ])  # fmt: skip
    program.col_lower_ = np.zeros(program.num_col_)
    program.col_upper_ = np.concatenate([
        np.ones(count), np.full(3 * cells + case.weeks, highspy.kHighsInf),
    ])  # fmt: skip
    program.row_lower_ = np.maximum(rows.lower, -highspy.kHighsInf)
    program.row_upper_ = np.minimum(rows.upper, highspy.kHighsInf)
    start, index, value = rows.by_column(program.num_col_)
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = start
    program.a_matrix_.index_ = index
    program.a_matrix_.value_ = value
    if whole:
        kinds = [highspy.HighsVarType.kInteger] * count
        kinds += [highspy.HighsVarType.kContinuous] * (3 * cells + case.weeks)
        program.integrality_ = kinds
    return program


class _Rows:
    """The constraint matrix as triples; rows: visits, hours, levels, plants, spacing."""

    def __init__(self, case: YearCase, choices: Choices) -> None:
        count, cells = len(choices.visit), case.grids * case.weeks
        column = np.arange(count)
        cell = case.grid[choices.visit] * case.weeks + choices.week
        hours = case.hours[choices.visit]
        volume = case.volume_m3[choices.visit]
        first = case.visits
        self._parts: list[tuple[Ints, Ints, Floats]] = []
        self._add(choices.visit, column, np.ones(count))
        self._add(first + cell, column, hours)
        self._add(first + np.arange(cells), count + np.arange(cells), np.full(cells, -1.0))
        self._add(first + cells + cell, column, hours)
        for sign, place in ((-1.0, 1), (1.0, 2)):
            columns = count + place * cells + np.arange(cells)
            self._add(first + cells + np.arange(cells), columns, np.full(cells, sign))
        plants = first + 2 * cells
        self._add(plants + choices.week, column, volume)
        weeks = np.arange(case.weeks)
        self._add(plants + weeks, count + 3 * cells + weeks, np.full(case.weeks, -1.0))
        spaced = self._space(case, choices, plants + case.weeks)
        never = np.full(cells, -np.inf)
        target = case.target_hours.ravel()
        self.lower = np.concatenate(
            [np.ones(first), never, target, np.full(case.weeks, -np.inf), spaced]
        )
        self.upper = np.concatenate([
            np.ones(first), case.crew_hours.ravel(), target, case.plant_m3,
            np.full(len(spaced), np.inf),
        ])  # fmt: skip

    def _add(self, row: Ints, column: Ints, value: Floats) -> None:
        self._parts.append((row, column, value))

    def _space(self, case: YearCase, choices: Choices, first_row: int) -> Floats:
        """Mean week of a visit's successor minus its own is at least the gap."""
        after = case.following()
        # Windows that keep the gap by themselves need no row.
        bound = np.flatnonzero((after >= 0) & (case.week_low[after] - case.week_high < case.gap))
        row_of = np.full(case.visits, -1)
        row_of[bound] = first_row + np.arange(len(bound))
        own = row_of[choices.visit]
        mask = own >= 0
        self._add(own[mask], np.flatnonzero(mask), -choices.week[mask].astype(float))
        next_row = np.full(case.visits, -1)
        next_row[after[bound]] = row_of[bound]
        theirs = next_row[choices.visit]
        mask = theirs >= 0
        self._add(theirs[mask], np.flatnonzero(mask), choices.week[mask].astype(float))
        return case.gap[bound].astype(float)

    def by_column(self, columns: int) -> tuple[Ints, Ints, Floats]:
        """The matrix by column: starts, row indices, values."""
        row, column, value = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        order = np.lexsort((row, column))
        sizes = np.bincount(column, minlength=columns)
        start = np.concatenate([[0], np.cumsum(sizes)])
        return start, row[order], value[order]


def _hint(model: Any, case: YearCase, choices: Choices, now: Ints) -> None:
    import highspy

    hours, volume = loads(case, now)
    off = (hours - case.target_hours).ravel()
    solution = highspy.HighsSolution()
    solution.col_value = np.concatenate([
        (choices.week == now[choices.visit]).astype(float),
        np.maximum(hours - case.crew_hours, 0).ravel(),
        np.maximum(off, 0), np.maximum(-off, 0), np.maximum(volume - case.plant_m3, 0),
    ]).tolist()  # fmt: skip
    solution.value_valid = True
    model.setSolution(solution)
