"""A file's rows as values by field, before anything stored is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.geodesy import Frame, to_wgs84
from qingshu.registry.errors import MissingColumn, UnreadableFile
from qingshu.registry.imports.cells import Cell, Value, Wrong, read_cell
from qingshu.registry.imports.columns import COLUMNS
from qingshu.registry.imports.files import Row, read_sheet
from qingshu.registry.imports.heads import Column, plain, read_heads
from qingshu.registry.model import Problem
from qingshu.registry.params import RegistryParams

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """How to read a file: its coordinate frame, which rows, and values for absent columns.

    ``where`` maps a head to the values that a row must have there; ``constants`` maps a
    field to the cell that every row gets.
    """

    frame: Frame = Frame.WGS84
    where: Mapping[str, frozenset[str]] | None = None
    constants: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """One row that is understood: its number and its values by field."""

    row: int
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Table:
    """A whole file, understood: good rows, bad cells, and which fields have a column."""

    kind: str
    read_as: str
    count: int
    rows: list[Parsed]
    problems: list[Problem]
    fields: frozenset[str]
    ignored: tuple[str, ...]


def read_table(
    kind: str,
    name: str,
    body: bytes,
    *,
    choice: Choice,
    params: RegistryParams,
    progress: Progress | None = None,
) -> Table:
    """Read and understand a file of ``kind``.

    Raises
    ------
    UnreadableFile, FileTooLarge, MissingColumn, InvalidInput
        The file as a whole cannot be taken; a bad cell is a problem in the result.
    """
    sheet = read_sheet(name, body, lambda heads: len(read_heads(kind, heads).columns), params)
    heads = read_heads(kind, sheet.heads)
    if heads.doubled:
        msg = f"Expected each column once, got two for {', '.join(heads.doubled)}."
        raise UnreadableFile(msg, file=name)
    columns = [*heads.columns, *_constants(kind, len(sheet.heads), choice)]
    fields = frozenset(column.field.name for column in columns)
    if "code" not in fields:
        wanted = next(f for f in COLUMNS[kind] if f.name == "code")
        got = ", ".join(head for head in sheet.heads if head) or "none"
        msg = f"Expected a column such as {' / '.join(wanted.heads[:4])}, got heads: {got[:300]}."
        raise MissingColumn(msg, code="missing")
    rows = chosen_rows(sheet.rows, sheet.heads, choice)
    extra = tuple((choice.constants or {}).values())
    good, problems = [], []
    for done, row in enumerate(rows, start=1):
        values, wrong = _read_row(row, len(sheet.heads), extra, columns)
        if not wrong:
            frame_to_wgs84(values, choice.frame)
            good.append(Parsed(row.number, values))
        problems += wrong
        if progress and done % 1000 == 0:
            progress(done, len(rows))
    return Table(kind, sheet.read_as, len(rows), good, problems, fields, heads.unknown)


def _constants(kind: str, start: int, choice: Choice) -> list[Column]:
    known = {field.name: field for field in COLUMNS[kind]}
    columns = []
    for index, name in enumerate(choice.constants or {}, start=start):
        if name not in known:
            msg = f"Expected a field of {kind} among {', '.join(known)}, got {name!r}."
            raise InvalidInput(msg, field=name)
        columns.append(Column(index, known[name], 1.0, name))
    return columns


def chosen_rows(rows: Sequence[Row], heads: Sequence[str], choice: Choice) -> list[Row]:
    """The rows that hold one of the wanted values in every column of ``choice.where``."""
    if not choice.where:
        return list(rows)
    where: list[tuple[int, frozenset[str]]] = []
    plains = [plain(head) for head in heads]
    for head, wanted in choice.where.items():
        if plain(head) not in plains:
            msg = f"Expected one of the heads {', '.join(heads)}, got {head!r}."
            raise MissingColumn(msg, column=head)
        where.append((plains.index(plain(head)), wanted))
    return [
        row
        for row in rows
        if all(i < len(row.cells) and _key(row.cells[i]) in wanted for i, wanted in where)
    ]


def _key(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _read_row(
    row: Row, width: int, extra: Sequence[str], columns: Sequence[Column]
) -> tuple[dict[str, Value], list[Problem]]:
    cells: list[Cell] = [*row.cells[:width]]
    cells += [None] * (width - len(cells))
    cells += extra
    values: dict[str, Value] = {}
    problems = []
    for column in columns:
        try:
            values[column.field.name] = read_cell(cells[column.index], column.field, column.factor)
        except Wrong as wrong:
            problems.append(Problem(row.number, column.field.name, wrong.code, wrong.message))
    if values.get("code") is None and not any(p.field == "code" for p in problems):
        problems.append(Problem(row.number, "code", "missing_value", "Expected a code, got none."))
    return values, problems


def frame_to_wgs84(values: dict[str, Value], frame: Frame) -> None:
    """Turn coordinates of the file's frame into WGS-84; absurd ones are left to the rules."""
    if frame is Frame.WGS84:
        return
    for lat_name, lon_name in (("lat", "lon"), ("yard_lat", "yard_lon")):
        lat, lon = values.get(lat_name), values.get(lon_name)
        if not isinstance(lat, float) or not isinstance(lon, float):
            continue
        if abs(lat) <= 90 and abs(lon) <= 180:
            point = to_wgs84(lat, lon, frame)
            values[lat_name], values[lon_name] = round(point.lat, 7), round(point.lon, 7)
