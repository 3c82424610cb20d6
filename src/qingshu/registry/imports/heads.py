"""Which column of a file is which field, by the words people put above their columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from qingshu.registry.imports.columns import COLUMNS, Field

# Factor to the stored unit (m, m2, m3) by what stands behind a head or a number.
UNITS = {
    "m": ("m", 1.0), "米": ("m", 1.0), "cm": ("m", 0.01), "厘米": ("m", 0.01),
    "mm": ("m", 0.001), "毫米": ("m", 0.001), "m2": ("m2", 1.0), "平方米": ("m2", 1.0),
    "平米": ("m2", 1.0), "m3": ("m3", 1.0), "立方米": ("m3", 1.0), "立方": ("m3", 1.0),
    "方": ("m3", 1.0), "l": ("m3", 0.001), "升": ("m3", 0.001), "公升": ("m3", 0.001),
    "吨": ("m3", 1.0), "t": ("m3", 1.0),
}  # fmt: skip
_BRACKETS = re.compile(r"^(.*?)[(\[]([^()\[\]]*)[)\]]$")
_SUFFIXES = ("mm", "cm", "m3", "m2", "m")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file that is understood: where, what, and its unit factor."""

    index: int
    field: Field
    factor: float
    head: str


@dataclass(frozen=True, slots=True)
class Heads:
    """What a line of heads means."""

    columns: tuple[Column, ...]
    unknown: tuple[str, ...]
    doubled: tuple[str, ...]


def plain(text: str) -> str:
    """A head without case, spaces, stars and full-width forms.

    >>> plain(" 深度（ＣＭ）* ")
    '深度(cm)'
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\s_*\-—:\ufeff]", "", folded)


def read_heads(kind: str, heads: Sequence[str]) -> Heads:
    """Match a file's heads to the fields of ``kind``.

    >>> found = read_heads("tanks", ["池号", "深度(cm)", "备注"])
    >>> [(c.field.name, c.factor) for c in found.columns], found.unknown
    ([('code', 1.0), ('depth_m', 0.01)], ('备注',))
    """
    known = {plain(head): field for field in COLUMNS[kind] for head in field.heads}
    columns: dict[str, Column] = {}
    unknown, doubled = [], []
    for index, head in enumerate(heads):
        found = _match(plain(head), known)
        if found is None:
            if head.strip():
                unknown.append(head.strip())
            continue
        field, factor = found
        if field.name in columns:
            doubled.append(head.strip())
        else:
            columns[field.name] = Column(index, field, factor, head.strip())
    return Heads(tuple(columns.values()), tuple(unknown), tuple(doubled))


def _match(key: str, known: dict[str, Field]) -> tuple[Field, float] | None:
    if key in known:
        return known[key], 1.0
    bracketed = _BRACKETS.match(key)
    if bracketed:
        field = known.get(bracketed[1])
        if field is None:
            return None
        unit = UNITS.get(bracketed[2])
        return field, unit[1] if unit and unit[0] == field.unit else 1.0
    for suffix in _SUFFIXES:
        field = known.get(key.removesuffix(suffix)) if key.endswith(suffix) else None
        if field and field.unit == UNITS[suffix][0]:
            return field, UNITS[suffix][1]
    return None
