"""Reads a table out of csv, xlsx or geojson bytes; a broken file is a typed error."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from qingshu.registry.errors import FileTooLarge, UnreadableFile
from qingshu.registry.imports.cells import Cell
from qingshu.registry.params import RegistryParams

_HEAD_SEARCH_ROWS = 10
_ENCODINGS = ("utf-8-sig", "gb18030")
# Everything a broken workbook has been seen to raise inside openpyxl.
_BROKEN_WORKBOOK = (
    zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError,
    OSError, SyntaxError, NotImplementedError, zipfile.LargeZipFile,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its number as the spreadsheet shows it, and its cells."""

    number: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its heads, its rows below them, and what it was read as."""

    heads: tuple[str, ...]
    rows: list[Row]
    read_as: str


# Says how many heads of a line are understood, to find the head row under a title.
HeadScore = Callable[[Sequence[str]], int]


def read_sheet(name: str, body: bytes, score: HeadScore, params: RegistryParams) -> Sheet:
    """The table in a file, by what its bytes are rather than by its name alone.

    Raises
    ------
    FileTooLarge
        More bytes or rows than an import takes, packed or unpacked.
    UnreadableFile
        Broken, empty, encrypted, or another kind of file.
    """
    if len(body) > params.import_max_mb * 1e6:
        msg = f"Expected a file up to {params.import_max_mb:g} MB, got {len(body) / 1e6:.1f} MB."
        raise FileTooLarge(msg, file=name)
    if not body.strip():
        msg = f"Expected a table, {name} is empty."
        raise UnreadableFile(msg, file=name)
    if body[:4] == b"PK\x03\x04":
        lines, read_as = _xlsx(name, body, params), "xlsx"
    elif body[:4] == b"\xd0\xcf\x11\xe0":
        msg = f"Expected .xlsx or .csv, {name} is an old or protected .xls. Save it as .xlsx."
        raise UnreadableFile(msg, file=name)
    elif body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        lines, read_as = _geojson(name, body), "geojson"
    else:
        lines, read_as = _csv(name, body)
    return _cut(name, lines, score, params, read_as)


def _cut(
    name: str, lines: Iterator[Row], score: HeadScore, params: RegistryParams, read_as: str
) -> Sheet:
    first: list[Row] = []
    for row in lines:
        first.append(row)
        if len(first) == _HEAD_SEARCH_ROWS:
            break
    if not first:
        msg = f"Expected a line of column heads, {name} has no rows."
        raise UnreadableFile(msg, file=name)
    best = max(range(len(first)), key=lambda i: (score(_heads(first[i])), -i))
    rows = [row for row in first[best + 1 :] if _has_content(row)]
    for row in lines:
        if _has_content(row):
            rows.append(row)
        if len(rows) > params.import_max_rows:
            msg = f"Expected at most {params.import_max_rows} rows, {name} has more."
            raise FileTooLarge(msg, file=name)
    return Sheet(_heads(first[best]), rows, read_as)


def _heads(row: Row) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell) for cell in row.cells)


def _has_content(row: Row) -> bool:
    return any(cell is not None and str(cell).strip() for cell in row.cells)


def _csv(name: str, body: bytes) -> tuple[Iterator[Row], str]:
    text, encoding = _decode(name, body)
    if "\x00" in text:
        msg = f"Expected text, {name} holds binary data."
        raise UnreadableFile(msg, file=name)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    return _csv_rows(name, text, delimiter), f"csv {encoding}"


def _csv_rows(name: str, text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            yield Row(line, cells)
            # A quoted cell may span lines; the row's number is where it starts.
            line = reader.line_num + 1
    except csv.Error as error:
        msg = f"Expected csv, {name} breaks at line {reader.line_num}: {error}."
        raise UnreadableFile(msg, file=name) from error


def _decode(name: str, body: bytes) -> tuple[str, str]:
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            return body.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    msg = f"Expected UTF-8 or GB 18030 text, {name} is neither."
    raise UnreadableFile(msg, file=name)


def _xlsx(name: str, body: bytes, params: RegistryParams) -> Iterator[Row]:
    _refuse_bomb(name, body, params)
    from openpyxl import load_workbook  # Loaded for the first workbook only.

    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # Some programs write a wrong used range; without it every row is read.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield Row(number, cast("Sequence[Cell]", cells))
        book.close()
    except _BROKEN_WORKBOOK as error:
        msg = f"Expected an .xlsx workbook, {name} is broken ({type(error).__name__})."
        raise UnreadableFile(msg, file=name) from error


def _refuse_bomb(name: str, body: bytes, params: RegistryParams) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
            is_workbook = "[Content_Types].xml" in archive.namelist()
    except zipfile.BadZipFile as error:
        msg = f"Expected an .xlsx workbook, {name} is cut off or broken."
        raise UnreadableFile(msg, file=name) from error
    if unpacked > params.unpacked_max_mb * 1e6:
        msg = (
            f"Expected a workbook that unpacks to at most {params.unpacked_max_mb:g} MB, "
            f"{name} claims {unpacked / 1e6:.0f} MB."
        )
        raise FileTooLarge(msg, file=name)
    if not is_workbook:
        msg = f"Expected an .xlsx workbook, {name} is another kind of zip file."
        raise UnreadableFile(msg, file=name)


def _geojson(name: str, body: bytes) -> Iterator[Row]:
    try:
        root: Any = json.loads(body.decode("utf-8-sig"))
        features = root["features"]
        properties = [dict(feature.get("properties") or {}) for feature in features]
        points = [_point(feature.get("geometry")) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        msg = f"Expected a GeoJSON FeatureCollection in {name}, got: {type(error).__name__}."
        raise UnreadableFile(msg, file=name) from error
    heads = list(dict.fromkeys(key for each in properties for key in each))
    heads = [head for head in heads if head not in ("lat", "lon")]
    yield Row(0, [*heads, "lat", "lon"])
    for number, (each, point) in enumerate(zip(properties, points, strict=True), start=1):
        yield Row(number, [*(_flat(each.get(head)) for head in heads), *point])


def _point(geometry: Any) -> tuple[Cell, Cell]:
    """Latitude and longitude of a point, or the middle of an outline's corners."""
    if not geometry:
        return None, None
    corners = geometry["coordinates"]
    if geometry["type"] == "Point":
        return float(corners[1]), float(corners[0])
    while isinstance(corners[0][0], list):
        corners = corners[0]
    lons, lats = [float(c[0]) for c in corners], [float(c[1]) for c in corners]
    return sum(lats) / len(lats), sum(lons) / len(lons)


def _flat(value: Any) -> Cell:
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return json.dumps(value, ensure_ascii=False)
