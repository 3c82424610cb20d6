"""Building numbers, sides and sectors in an address or a message."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}
_NUMBER = r"((?<!\d)\d{1,3}|(?<![一二三四五六七八九十])[一二三四五六七八九十]{1,3})"
BUILDING = re.compile(rf"{_NUMBER}(?:号楼|栋|幢|座楼|#楼|#)|building(\d{{1,3}})")
_SIDE = re.compile(
    r"^(?:的|楼|单元|门口|楼前|化粪池|那个|靠|\||在|是|就|后头)*(?:([东南西北])|后(?=头|面|边))|^.{0,14}?on(?:the)?([a-z]+)side"
)
_ANY_SIDE = re.compile(r"([东南西北])(?:侧|边|面|头|的是|的那)")
_ENGLISH_SIDES = {"east": "东", "west": "西", "south": "南", "north": "北"}
_ENGLISH_SIDE = re.compile(r"(east|west|south|north)(?:ern)?side")
SECTOR = re.compile(r"([a-h一二三四五六七八九])区")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One building in a text: where it stands, its number and the side named with it."""

    start: int
    end: int
    number: int
    side: str


def arabic(number: str) -> int:
    """A building number in either script.

    >>> arabic("12"), arabic("十二"), arabic("二十")
    (12, 12, 20)
    """
    if number.isdigit():
        return int(number)
    tens, ten, ones = number.rpartition("十")
    if not ten:
        return _DIGITS.get(number[-1], 0)
    return 10 * _DIGITS.get(tens or "一", 1) + _DIGITS.get(ones, 0)


def buildings_in(text: str) -> list[Spoken]:
    """Every building named in glued text, in order.

    >>> [(b.number, b.side) for b in buildings_in("3号楼西侧跟七栋")]
    [(3, '西'), (7, '')]
    """
    found = []
    for match in BUILDING.finditer(text):
        number = arabic(match.group(1) or match.group(2))
        found.append(Spoken(match.start(), match.end(), number, side_after(text, match.end())))
    return found


def side_after(text: str, at: int) -> str:
    """The side 东南西北 named right behind a position, empty when none is."""
    rest = text[at : at + 24]
    match = _SIDE.match(rest)
    if match is not None and match.group(1):
        return str(match.group(1))
    english = _ENGLISH_SIDE.search(rest) or _ENGLISH_SIDE.search(text)
    return _ENGLISH_SIDES[english.group(1)] if english else ""


def sides_in(text: str) -> list[tuple[int, str]]:
    """Every side named anywhere, with its position."""
    return [(m.start(), m.group(1)) for m in _ANY_SIDE.finditer(text)]


def sectors_in(text: str) -> list[tuple[int, str]]:
    """Sectors such as A区, with their positions."""
    return [(m.start(), m.group(1)) for m in SECTOR.finditer(text)]
