"""Imports when tanks were emptied: rows of tank code, day, and volume where known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from qingshu.registry import rules, store
from qingshu.registry.imports.parse import Table
from qingshu.registry.model import Desludging, Kind, Problem


def judge(conn: Connection, table: Table, today: date) -> tuple[list[Desludging], list[Problem]]:
    """Good rows as emptyings, and what is wrong with the others."""
    tanks = store.codes_of(conn, Kind.TANKS)
    good: dict[tuple[int, date], Desludging] = {}
    problems = list(table.problems)
    for parsed in table.rows:
        code, day = str(parsed.values["code"]), parsed.values.get("desludged_on")
        volume = parsed.values.get("volume_m3")
        wrong = list(_wrong(tanks, code, day, today))
        problems += [Problem(parsed.row, *finding) for finding in wrong]
        if not wrong and isinstance(day, date):
            amount = float(volume) if isinstance(volume, (int, float)) else None
            good[(tanks[code], day)] = Desludging(tanks[code], day, amount)
    problems.sort(key=lambda problem: problem.row)
    return list(good.values()), problems


def _wrong(tanks: dict[str, int], code: str, day: object, today: date) -> Iterator[rules.Finding]:
    if code not in tanks:
        yield "code", "unknown_tank", f"Expected the code of a known tank, got {code!r}."
    if not isinstance(day, date):
        yield "desludged_on", "missing_value", "Expected the day of the emptying, got none."
        return
    finding = rules.check_desludged(day, today)
    if finding:
        yield finding


def latest(rows: list[Desludging]) -> dict[int, date]:
    """The newest day by tank.

    >>> latest([Desludging(1, date(2026, 1, 2), None), Desludging(1, date(2025, 1, 2), None)])
    {1: datetime.date(2026, 1, 2)}
    """
    newest: dict[int, date] = {}
    for row in rows:
        newest[row.tank_id] = max(row.on, newest.get(row.tank_id, row.on))
    return newest
