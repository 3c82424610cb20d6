"""A plant's book as rows, before anything stored is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qingshu.fieldwork.books.model import Book, BookRow
from qingshu.kernel.errors import InvalidInput
from qingshu.registry.errors import MissingColumn
from qingshu.registry.imports.cells import Cell, Value, Wrong, read_cell
from qingshu.registry.imports.columns import Field, Form
from qingshu.registry.imports.files import Row, read_sheet
from qingshu.registry.imports.heads import plain
from qingshu.registry.imports.parse import Choice, chosen_rows, frame_to_wgs84
from qingshu.registry.model import Problem
from qingshu.registry.params import RegistryParams

FIELDS = (
    Field("truck", Form.TEXT, ("truck", "truckcode", "plate", "numberplate", "车牌", "车牌号",
                               "号牌", "车号", "车辆编号"), required=True, longest=64),
    Field("plant", Form.TEXT, ("plant", "plantcode", "处理厂", "处理厂编号", "厂名", "厂"),
          required=True, longest=64),
    Field("date", Form.DAY, ("date", "日期", "过磅日期", "进厂日期")),
    Field("time", Form.TEXT, ("time", "at", "datetime", "timestamp", "时间", "过磅时间",
                              "进厂时间", "日期时间"), required=True, longest=64),
    Field("volume_m3", Form.NUMBER, ("volume_m3", "volume", "体积", "方量", "清运量", "净重"),
          unit="m3"),
    Field("lat", Form.NUMBER, ("lat", "latitude", "纬度")),
    Field("lon", Form.NUMBER, ("lon", "lng", "longitude", "经度")),
)  # fmt: skip
_DAY = FIELDS[2]
_CLOCK = re.compile(r"^(\d{1,2})[:：时](\d{2})(?:[:：分](\d{2})(?:\.\d+)?)?[分秒]?$")


def read_book(name: str, body: bytes, *, choice: Choice, zone: str, params: RegistryParams) -> Book:
    """Read a book; a bad cell is a problem in the result.

    Raises
    ------
    UnreadableFile, FileTooLarge, MissingColumn, InvalidInput
        The file as a whole cannot be taken.
    """
    tz = _zone(zone)
    sheet = read_sheet(name, body, lambda heads: len(_columns(heads)), params)
    columns = _columns(sheet.heads)
    constants = _constants(choice)
    absent = [f for f in FIELDS if f.required and f.name not in {**columns, **constants}]
    if absent:
        wanted = "; ".join(f"{f.name} ({' / '.join(f.heads[:4])})" for f in absent)
        msg = f"Expected these columns: {wanted}; got heads: {', '.join(sheet.heads)[:300]}."
        raise MissingColumn(msg, **{f.name: "missing" for f in absent})
    rows = chosen_rows(sheet.rows, sheet.heads, choice)
    good: list[BookRow] = []
    problems: list[Problem] = []
    for row in rows:
        cells = {name: _cell(row, index) for name, index in columns.items()} | constants
        found = _read(row.number, cells, tz, choice, problems)
        if found is not None:
            good.append(found)
    used = set(columns.values())
    ignored = tuple(h for i, h in enumerate(sheet.heads) if h.strip() and i not in used)
    return Book(sheet.read_as, len(rows), good, problems, ignored)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"Expected a time zone such as Asia/Shanghai or UTC, got {name!r}."
        raise InvalidInput(msg, zone=name) from error


def _columns(heads: Sequence[str]) -> dict[str, int]:
    known = {plain(head): field.name for field in FIELDS for head in field.heads}
    found: dict[str, int] = {}
    for index, head in enumerate(heads):
        name = known.get(re.sub(r"[(\[].*", "", plain(head)))
        if name is not None:
            found.setdefault(name, index)
    return found


def _constants(choice: Choice) -> dict[str, Cell]:
    constants: dict[str, Cell] = dict(choice.constants or {})
    unknown = sorted(set(constants) - {f.name for f in FIELDS})
    if unknown:
        names = ", ".join(f.name for f in FIELDS)
        msg = f"Expected a field of receipts among {names}, got {', '.join(unknown)}."
        raise InvalidInput(msg, field=unknown[0])
    return constants


def _cell(row: Row, index: int) -> Cell:
    return row.cells[index] if index < len(row.cells) else None


def _read(
    number: int, cells: dict[str, Cell], tz: ZoneInfo, choice: Choice, problems: list[Problem]
) -> BookRow | None:
    before = len(problems)

    def attempt(name: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except Wrong as wrong:
            problems.append(Problem(number, name, wrong.code, wrong.message))
            return None

    values: dict[str, Value] = {
        field.name: attempt(field.name, lambda f=field: _value(cells.get(f.name), f))  # type: ignore[misc]
        for field in FIELDS
        if field.name not in ("date", "time")
    }
    at = attempt("time", lambda: read_instant(cells.get("date"), cells.get("time"), tz))
    attempt("lat", lambda: _check_place(values["lat"], values["lon"]))
    if len(problems) > before:
        return None
    frame_to_wgs84(values, choice.frame)
    return BookRow(
        number, str(values["truck"]), str(values["plant"]), at, _float(values["volume_m3"]),
        _float(values["lat"]), _float(values["lon"]),
    )  # fmt: skip


def _value(cell: Cell, field: Field) -> Value:
    value = read_cell(cell, field)
    if value is None and field.required:
        raise Wrong("missing_value", f"Expected a {field.name}, got none.")
    if isinstance(value, str):
        return re.sub(r"\s+", " ", value)
    return value


def _float(value: Value) -> float | None:
    return value if isinstance(value, float) else None


def _check_place(lat: Value, lon: Value) -> None:
    if lat is None and lon is None:
        return
    if not isinstance(lat, float) or not isinstance(lon, float):
        raise Wrong("missing_value", "Expected latitude and longitude together, got one.")
    if abs(lat) > 90 and abs(lon) <= 90:
        msg = f"Expected latitude in [-90, 90], got {lat:g} with longitude {lon:g}: swapped?"
        raise Wrong("coordinates_swapped", msg)
    if abs(lat) > 90 or abs(lon) > 180 or (lat == 0 and lon == 0):
        msg = f"Expected a place on the ground in degrees, got {lat:g}, {lon:g}."
        raise Wrong("coordinate_out_of_range", msg)


def read_instant(day: Cell, clock: Cell, tz: ZoneInfo) -> datetime:
    """The instant in a date and a time cell, or in one cell that holds both.

    >>> read_instant("2015-03-30", "10:53:03", ZoneInfo("Africa/Kampala")).isoformat()
    '2015-03-30T07:53:03+00:00'
    >>> read_instant(None, "2026/3/5 8:05", ZoneInfo("Asia/Shanghai")).isoformat()
    '2026-03-05T00:05:00+00:00'
    """
    if day is None or not str(day).strip():
        return _whole(clock, tz)
    on = read_cell(day, _DAY)
    if not isinstance(on, date):
        raise Wrong("not_a_date", f"Expected a date such as 2026-03-05, got {day!r}.")
    return datetime.combine(on, _clock(clock), tz).astimezone(UTC)


def _whole(cell: Cell, tz: ZoneInfo) -> datetime:
    if isinstance(cell, datetime):
        at = cell
    else:
        text = "" if cell is None else str(cell).strip()
        if not text:
            raise Wrong("missing_value", "Expected a date and a time, got none.")
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            day, _, clock = re.sub(r"\s+", " ", text).partition(" ")
            return read_instant(day, clock, tz)
    return (at if at.tzinfo else at.replace(tzinfo=tz)).astimezone(UTC)


def _clock(cell: Cell) -> time:
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    text = "" if cell is None else str(cell).strip()
    found = _CLOCK.match(text)
    if found:
        try:
            return time(int(found[1]), int(found[2]), int(found[3] or 0))
        except ValueError:
            pass
    code = "not_a_time" if text else "missing_value"
    raise Wrong(code, f"Expected a time such as 14:20:05, got {text or 'none'}.")
