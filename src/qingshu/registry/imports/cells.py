"""One cell of a file into one value, or a reason that its writer understands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from math import isfinite

from qingshu.registry.imports.columns import Field, Form
from qingshu.registry.imports.heads import UNITS

Cell = str | int | float | bool | date | datetime | time | None
Value = str | int | float | bool | date | None

_NUMBER = re.compile(r"^([+-]?[\d,]*\.?\d+(?:e[+-]?\d+)?)\s*([^\d\s]*[23]?)$", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"^\d(\.\d+)?E\+\d+$", re.IGNORECASE)
_CODE = re.compile(r"^[\w\-./#()（）·]+$")
_DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?$")
_CLOCK = re.compile(r"^(\d{1,2})[:：时](\d{2})(?:[:：]\d{2})?分?$")
# Control characters other than tab and line feed.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_YES = {"1", "true", "yes", "y", "是", "有", "在用", "启用", "√", "正常"}
_NO = {"0", "false", "no", "n", "否", "无", "停用", "报废", "×", "未启用"}
# Excel counts days from here (its 1900 is wrongly a leap year).
_EXCEL_DAY_ZERO = date(1899, 12, 30)


class Wrong(Exception):
    """Why a cell was refused: a fixed code and one sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def read_cell(cell: Cell, field: Field, factor: float = 1.0) -> Value:
    """The value of a cell for ``field``; None when it is empty.

    >>> from qingshu.registry.imports.columns import COLUMNS
    >>> depth = next(f for f in COLUMNS["tanks"] if f.name == "depth_m")
    >>> read_cell("250", depth, 0.01), read_cell("2.5米", depth), read_cell(" ", depth)
    (2.5, 2.5, None)
    """
    if cell is None or cell == "" or (isinstance(cell, str) and not _clean(cell)):
        return None
    if field.form is Form.NUMBER:
        return _number(cell, field, factor)
    return _READERS[field.form](cell, field)


def _clean(text: str) -> str:
    return (text if text.isprintable() else _CONTROL.sub("", text)).strip()


def _words(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return _clean(str(cell))


def _text(cell: Cell, field: Field) -> str:
    text = _words(cell)
    if len(text) > field.longest:
        raise Wrong("too_long", f"Expected at most {field.longest} characters, got {len(text)}.")
    return text


def _code(cell: Cell, field: Field) -> str:
    text = unicodedata.normalize("NFKC", _text(cell, field))
    if _SCIENTIFIC.match(text):
        raise Wrong(
            "code_rounded",
            f"Expected the whole code, got {text}: the spreadsheet rounded it. "
            "Format the column as text and fill it again.",
        )
    if not _CODE.match(text):
        raise Wrong("bad_code", f"Expected letters, digits and - _ . / # only, got {text!r}.")
    return text


def _number(cell: Cell, field: Field, factor: float) -> float:
    if isinstance(cell, (bool, date, time)):
        raise Wrong("not_a_number", f"Expected a number, got {cell}.")
    if isinstance(cell, (int, float)):
        number = float(cell) * factor
    else:
        text = unicodedata.normalize("NFKC", _words(cell)).lower()
        found = _NUMBER.match(text)
        if not found:
            raise Wrong("not_a_number", f"Expected a number, got {text!r}.")
        number = float(found[1].replace(",", "")) * _factor(found[2], field, factor)
    if not isfinite(number):
        raise Wrong("not_a_number", f"Expected a finite number, got {cell}.")
    return round(number, 9)


def _factor(unit: str, field: Field, factor: float) -> float:
    if not unit:
        return factor
    known = UNITS.get(unit)
    if known is None or known[0] != field.unit:
        wanted = field.unit or "no unit"
        raise Wrong("bad_unit", f"Expected {wanted} behind the number, got {unit!r}.")
    return known[1]


def _count(cell: Cell, field: Field) -> int:
    number = _number(cell, field, 1.0)
    if number != int(number) or number < 0:
        raise Wrong("not_a_count", f"Expected a whole number of 0 or more, got {cell}.")
    return int(number)


def _flag(cell: Cell, _field: Field) -> bool:
    if isinstance(cell, bool):
        return cell
    text = _words(cell).lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise Wrong("not_yes_or_no", f"Expected 是/否 or yes/no, got {text!r}.")


def _day(cell: Cell, _field: Field) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _words(cell)
    try:
        found = _DAY.match(text)
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
        if re.fullmatch(r"(19|20)\d{6}", text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        if re.fullmatch(r"[1-9]\d{4}", text):
            return _EXCEL_DAY_ZERO + timedelta(days=int(text))
    except ValueError:
        pass
    raise Wrong("not_a_date", f"Expected a date such as 2026-03-05, got {text!r}.")


def _clock(cell: Cell, _field: Field) -> str:
    if isinstance(cell, (datetime, time)):
        return f"{cell.hour:02d}:{cell.minute:02d}"
    found = _CLOCK.match(_words(cell))
    if found:
        hour, minute = int(found[1]), int(found[2])
        if hour * 60 + minute <= 24 * 60 and minute < 60:
            return f"{hour:02d}:{minute:02d}"
    raise Wrong("not_a_time", f"Expected a time such as 08:30, got {cell!r}.")


def _choice(cell: Cell, field: Field) -> str:
    choices: Mapping[str, str] = field.choices or {}
    text = _words(cell).lower()
    if text not in choices:
        raise Wrong("not_a_choice", f"Expected one of {', '.join(choices)}, got {text!r}.")
    return choices[text]


def _phone(cell: Cell, _field: Field) -> str:
    text = re.sub(r"[\s\-()（）]", "", _words(cell))
    if not re.fullmatch(r"\+?\d{5,15}", text):
        raise Wrong("bad_phone", "Expected a phone number of 5 to 15 digits.")
    return text


_READERS: Mapping[Form, Callable[[Cell, Field], Value]] = {
    Form.CODE: _code,
    Form.TEXT: _text,
    Form.REF: _text,
    Form.SEALED: _text,
    Form.COUNT: _count,
    Form.FLAG: _flag,
    Form.DAY: _day,
    Form.CLOCK: _clock,
    Form.CHOICE: _choice,
    Form.PHONE: _phone,
}
