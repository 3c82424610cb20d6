"""Holds a parsed file against what is stored: what is new, what changes, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from qingshu.registry import rules, store
from qingshu.registry.errors import MissingColumn
from qingshu.registry.imports.cells import Wrong
from qingshu.registry.imports.columns import COLUMNS, Form
from qingshu.registry.imports.parse import Parsed, Table
from qingshu.registry.imports.references import References
from qingshu.registry.model import Kind, Problem
from qingshu.registry.params import RegistryParams
from qingshu.registry.sealing import opened
from qingshu.runtime.vault import Vault


@dataclass(frozen=True, slots=True)
class Update:
    """New values for one stored thing: field to (old, new)."""

    id: int
    code: str
    fields: dict[str, tuple[Any, Any]]


@dataclass(slots=True)
class Plan:
    """What saving a file would do. People's names are still in the clear here."""

    kind: Kind
    new: list[dict[str, Any]] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


class Planner:
    """Judges row after row of one file; keeps what earlier rows claimed."""

    def __init__(self, conn: Connection, kind: Kind, vault: Vault, params: RegistryParams) -> None:
        self.plan = Plan(kind)
        self._kind = kind
        self._params = params
        self._references = References(conn, vault)
        self._stored = store.records(conn, kind)
        self._blank = store.blank(kind)
        if kind is Kind.PEOPLE:
            self._stored = {c: opened(kind, vault, r) for c, r in self._stored.items()}
            self._blank = opened(kind, vault, self._blank)
        self._seen: dict[str, int] = {}
        self._terminals = {
            record["terminal"]: code
            for code, record in self._stored.items()
            if record.get("terminal")
        }
        self._refs = [f for f in COLUMNS[kind] if f.form is Form.REF]
        self._required = [f.name for f in COLUMNS[kind] if f.required]

    def add(self, parsed: Parsed) -> None:
        """Judge one row; it becomes new, an update, unchanged, or problems."""
        code = str(parsed.values["code"])
        if code in self._seen:
            self._refuse(
                parsed, "code", "duplicate_code",
                f"Expected each code once, {code} is in row {self._seen[code]} already.",
            )  # fmt: skip
            return
        self._seen[code] = parsed.row
        given = {name: value for name, value in parsed.values.items() if value is not None}
        problems = [*self._resolve(given)]
        stored = self._stored.get(code)
        record = {**(stored or self._blank), **given}
        if stored is None:
            record = self._complete(record)
            problems += self._missing(record)
        elif self._kind is Kind.TANKS:
            record = self._complete(record)
        problems += rules.check(self._kind, record, self._params)
        problems += self._terminal_taken(code, record)
        for name, why, message in problems:
            self._refuse(parsed, name, why, message)
        if not problems:
            self._accept(code, record, stored)

    def _refuse(self, parsed: Parsed, name: str, code: str, message: str) -> None:
        self.plan.problems.append(Problem(parsed.row, name, code, message))

    def _resolve(self, given: dict[str, Any]) -> Iterator[rules.Finding]:
        for spec in self._refs:
            text = given.get(spec.name)
            if text is None or spec.refers is None:
                continue
            try:
                given[spec.name] = self._references.find(
                    spec.refers, str(text), given.get("office_id")
                )
            except Wrong as wrong:
                del given[spec.name]
                yield spec.name, wrong.code, wrong.message
        if self._kind is Kind.TANKS:
            yield from self._place_tank(given)

    def _place_tank(self, given: dict[str, Any]) -> Iterator[rules.Finding]:
        """An office follows from the community, a grid from the office."""
        community = given.get("community_id")
        if isinstance(community, int):
            office = self._references.office_of(community)
            if office is not None and given.setdefault("office_id", office) != office:
                yield (
                    "community_id", "community_not_in_office",
                    "Expected a community of the named office, it belongs to another.",
                )  # fmt: skip
        office_id = given.get("office_id")
        if isinstance(office_id, int) and "grid_id" not in given:
            grid = self._references.grid_of(office_id)
            if grid is not None:
                given["grid_id"] = grid

    def _complete(self, record: dict[str, Any]) -> dict[str, Any]:
        if self._kind is not Kind.TANKS:
            return record
        return rules.complete_tank(record, outlet_share=self._params.outlet_share)

    def _missing(self, record: dict[str, Any]) -> Iterator[rules.Finding]:
        wanted = list(self._required)
        if self._kind is Kind.TANKS:
            wanted += ["area_m2", "volume_m3"]
        for name in wanted:
            if record.get(name) is None:
                message = f"Expected {name} for a new entry, got none."
                if name == "area_m2":
                    message = "Expected area, length and width, diameter, or volume; got none."
                yield name, "missing_value", message

    def _terminal_taken(self, code: str, record: dict[str, Any]) -> Iterator[rules.Finding]:
        terminal = record.get("terminal")
        if not terminal:
            return
        owner = self._terminals.setdefault(terminal, code)
        if owner != code:
            yield (
                "terminal", "duplicate_terminal",
                f"Expected a terminal of its own, {terminal} is on truck {owner}.",
            )  # fmt: skip

    def _accept(self, code: str, record: dict[str, Any], stored: dict[str, Any] | None) -> None:
        if stored is None:
            self.plan.new.append(record)
            return
        fields = {
            name: (stored.get(name), value)
            for name, value in record.items()
            if name != "id" and name in stored and stored[name] != value
        }
        if fields:
            self.plan.updates.append(Update(int(stored["id"]), code, fields))
        else:
            self.plan.unchanged += 1


def make_plan(conn: Connection, table: Table, vault: Vault, params: RegistryParams) -> Plan:
    """Judge every good row of a parsed file against what is stored.

    Raises
    ------
    MissingColumn
        A required column is absent although the file brings new things.
    """
    kind = Kind(table.kind)
    planner = Planner(conn, kind, vault, params)
    _require_columns(conn, kind, table)
    for parsed in table.rows:
        planner.add(parsed)
    planner.plan.problems.extend(table.problems)
    planner.plan.problems.sort(key=lambda problem: problem.row)
    return planner.plan


def _require_columns(conn: Connection, kind: Kind, table: Table) -> None:
    absent = [f for f in COLUMNS[kind] if f.required and f.name not in table.fields]
    if not absent or not table.rows:
        return
    stored = store.codes_of(conn, kind)
    if all(parsed.values["code"] in stored for parsed in table.rows):
        return
    wanted = "; ".join(f"{f.name} ({' / '.join(f.heads[:3])})" for f in absent)
    msg = f"Expected these columns for new {kind}: {wanted}."
    raise MissingColumn(msg, **{f.name: "missing" for f in absent})
