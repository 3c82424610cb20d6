"""Names of the registry, as written and as people say them, with what they stand for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from qingshu.intake.rules.buildings import BUILDING, arabic, sectors_in, side_after
from qingshu.intake.rules.scripts import glued, plain
from qingshu.kernel.geodesy import Point
from qingshu.registry.model import Community, Office, Tank
from qingshu.registry.names import fold, short_name

# How far each kind of name speaks for its place; set by hand on the tuning messages.
CODE, TANK_NAME, LANDMARK, ADDRESS = 1.0, 0.98, 0.85, 0.45
COMMUNITY, COMPOUND_NAME = 0.6, 0.62
# A compound bears its community's name often, not always; a bare word of two characters
# (东路, 蓝天) is mostly something else.
COMPOUND, BARE, BARE_TWO = 0.5, 0.5, 0.3
OFFICE, OFFICE_SHORT = 0.4, 0.3
FUZZY, FUZZY_TWO = 0.85, 0.7
_TWO, _FUZZY_MIN, _NAME_MAX = 2, 4, 40
_CELL = 0.01
_COMPOUND_TAIL = re.compile(
    r"(小区|新村|家园|花园|宿舍|公寓|大院|家属院|嘉园|花苑|社区)(?=[a-h]区|[一二三四五六七八九]区|$)"
)
_LANDMARK = re.compile(
    r"^(.*?(?:幼儿园|小学|中学|学校|大学|医院|卫生院|菜市场|市场|公厕|商场|酒店|宾馆|公园|广场|"
    r"大厦|饭店|门诊|敬老院|派出所|车站|号院|大院))"
)
_GENERIC = frozenset("小区社街道办花园家新村宿舍")


class Meaning(NamedTuple):
    """What a name may stand for."""

    kind: str
    key: int
    score: float


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that stands in a text."""

    start: int
    end: int
    words: str
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a tank's name says: compound, building number, side, sector."""

    compound: str
    building: int
    side: str
    sector: str


@dataclass(frozen=True, slots=True)
class Alias:
    """Words that people use for a place: an old name, or one learned from a correction."""

    words: str
    kind: str
    key: int
    score: float = COMMUNITY


def parts_of(name: str) -> Parts:
    """Compound, building, side and sector of a tank's name.

    >>> parts_of("临河花园A区4号楼南")
    Parts(compound='临河花园a区', building=4, side='南', sector='a')
    """
    text = glued(name)
    match = BUILDING.search(text)
    if match is None:
        return Parts("", 0, "", "")
    compound = text[: match.start()]
    sectors = sectors_in(compound)
    return Parts(
        compound, arabic(match.group(1)), side_after(text, match.end()),
        sectors[-1][1] if sectors else "",
    )  # fmt: skip


class Gazetteer:
    """Everything that has a name, and the tanks that stand there."""

    def __init__(
        self,
        offices: Iterable[Office],
        communities: Iterable[Community],
        tanks: Iterable[Tank],
        aliases: Iterable[Alias] = (),
    ) -> None:
        self.offices = {o.id: o for o in offices}
        self.communities = {c.id: c for c in communities}
        self.tanks = {t.id: t for t in tanks if t.active}
        self.parts = {t.id: parts_of(t.name) for t in self.tanks.values()}
        self.shown: dict[str, str] = {}
        self.areas: dict[tuple[str, int], list[Tank]] = {}
        self.numbered: defaultdict[tuple[str, int, int], list[Tank]] = defaultdict(list)
        self.of_building: defaultdict[int, list[Tank]] = defaultdict(list)
        self._compounds: dict[str, int] = {}
        self._names: defaultdict[str, list[Meaning]] = defaultdict(list)
        self._cells: defaultdict[tuple[int, int], list[Tank]] = defaultdict(list)
        for tank in self.tanks.values():
            self._add_tank(tank)
        for community in self.communities.values():
            self._add_community(community)
        for office in self.offices.values():
            self._add_office(office)
        for alias in aliases:
            self._add(glued(alias.words), alias.kind, alias.key, alias.score)
        self._starts = _starts(self._names)
        self._near_names = _wildcards(self._names)
        self._near_lengths = sorted({len(key) for key in self._near_names}, reverse=True)

    def _add(self, name: str, kind: str, key: int, score: float) -> None:
        if _TWO <= len(name) <= _NAME_MAX and all(
            (kind, key) != (m.kind, m.key) for m in self._names[name]
        ):
            self._names[name].append(Meaning(kind, key, score))

    def _add_tank(self, tank: Tank) -> None:
        self._add(glued(tank.code), "tank", tank.id, CODE)
        self._add(glued(tank.name), "tank", tank.id, TANK_NAME)
        self._cells[(int(tank.lat // _CELL), int(tank.lon // _CELL))].append(tank)
        parts = self.parts[tank.id]
        if tank.community_id is not None:
            self._stands(("community", tank.community_id), tank)
        if parts.building:
            self.of_building[parts.building].append(tank)
        if parts.compound:
            self._add_compound(tank, parts.compound)
        elif (found := _LANDMARK.match(glued(tank.name))) is not None:
            self._add(found.group(1), "tank", tank.id, LANDMARK)
        address = _LANDMARK.match(glued(tank.address)) if tank.address else None
        if address is not None:
            self._area(address.group(1), tank, ADDRESS)

    def _add_compound(self, tank: Tank, name: str) -> None:
        community = self.communities.get(tank.community_id or 0)
        if community is None or name != glued(community.name):
            self.shown[name] = plain(tank.name)[: len(name)]
            self._area(name, tank, COMPOUND_NAME)
        core = _COMPOUND_TAIL.sub("", name)
        if core != name and len(core) >= _TWO:
            self._area(core, tank, BARE if len(core) > _TWO else BARE_TWO)
        whole = re.sub(r"[a-h一二三四五六七八九]区$", "", name)
        if whole != name and len(whole) >= _TWO:
            self._area(whole, tank, COMPOUND)

    def _area(self, name: str, tank: Tank, score: float) -> None:
        key = self._compounds.setdefault(name, len(self._compounds) + 1)
        self._add(name, "compound", key, score)
        self._stands(("compound", key), tank)

    def _stands(self, area: tuple[str, int], tank: Tank) -> None:
        self.areas.setdefault(area, []).append(tank)
        self.numbered[(*area, self.parts[tank.id].building)].append(tank)

    def _add_community(self, community: Community) -> None:
        core = glued(short_name(community.name))
        for name in (glued(community.name), core + "社区"):
            self._add(name, "community", community.id, COMMUNITY)
        self._add(core + "居委会", "community", community.id, COMMUNITY)
        self._add(core + "小区", "community", community.id, COMPOUND)
        bare = BARE if len(core) > _TWO else BARE_TWO
        self._add(core, "community", community.id, bare)

    def _add_office(self, office: Office) -> None:
        core = short_name(office.name)
        for name in (fold(office.name), core + "街道", core + "街道办"):
            self._add(name, "office", office.id, OFFICE)
        self._add(core, "office", office.id, OFFICE_SHORT)

    def near(self, spot: Point) -> Iterator[Tank]:
        """Tanks in the cells around a position, nearer than about a kilometre."""
        row, column = int(spot.lat // _CELL), int(spot.lon // _CELL)
        for up in (-1, 0, 1):
            for right in (-1, 0, 1):
                yield from self._cells.get((row + up, column + right), ())

    def mentions(self, text: str) -> list[Mention]:
        """Names in glued text: the longest at each place; near misses when none stands there."""
        found: list[Mention] = []
        at = 0
        while at < len(text) - 1:
            for length in self._starts.get(text[at : at + _TWO], ()):
                words = text[at : at + length]
                meanings = self._names.get(words)
                if len(words) == length and meanings:
                    found.append(Mention(at, at + length, words, tuple(meanings)))
                    at += length - 1
                    break
            at += 1
        if any(len(m.words) > _TWO for m in found):
            return found
        return found + self._near_misses(text)

    def _near_misses(self, text: str) -> list[Mention]:
        """Names of which exactly one character is written wrong, one meaning a place."""
        found: list[Mention] = []
        for length in self._near_lengths:
            for start in range(len(text) - length + 1):
                words = text[start : start + length]
                names = {
                    name
                    for i in range(length)
                    for name in self._near_names.get(f"{words[:i]}*{words[i + 1 :]}", ())
                }
                if len(names) != 1 or any(
                    m.start < start + length and start < m.end for m in found
                ):
                    continue
                name = names.pop()
                much = FUZZY if len(name) > _FUZZY_MIN else FUZZY_TWO
                meanings = tuple(Meaning(k, i, s * much) for k, i, s in self._names[name])
                found.append(Mention(start, start + length, words, meanings))
        return found


def _starts(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    lengths: defaultdict[str, set[int]] = defaultdict(set)
    for name in names:
        lengths[name[:_TWO]].add(len(name))
    return {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}


def _wildcards(names: dict[str, list[Meaning]]) -> dict[str, list[str]]:
    """Keys of names with one character left open; only areas, never inside a common ending."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for name, meanings in names.items():
        area = any(m.kind != "tank" or m.score < CODE for m in meanings)
        if len(name) < _FUZZY_MIN or not area or any(c.isdigit() for c in name):
            continue
        for i, char in enumerate(name):
            if char not in _GENERIC or i < _TWO:
                keys[f"{name[:i]}*{name[i + 1 :]}"].append(name)
    return dict(keys)
