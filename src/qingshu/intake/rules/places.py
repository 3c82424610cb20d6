"""Place from words: a gazetteer of the registry, candidates with score and reasons."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qingshu.intake.model import Candidate
from qingshu.intake.params import IntakeParams
from qingshu.kernel.geodesy import Point, distance_m
from qingshu.registry.model import Community, Office, Tank
from qingshu.registry.names import fold, short_name

# How far each kind of evidence speaks for a place; set by hand on the demo's phrases.
CODE, TANK_NAME, COMMUNITY = 1.0, 0.98, 0.6
# A compound bears its community's name often, not always; a bare word of two characters
# (东路, 蓝天) is mostly something else.
COMPOUND, BARE, BARE_TWO = 0.5, 0.5, 0.3
OFFICE, OFFICE_SHORT = 0.4, 0.3
BUILDING, DIRECTION, ONLY_TANK, OFFICE_AGREES = 0.25, 0.05, 0.25, 0.02
OFFICE_AGREES_AREA = 0.1
OTHER_SIDE = -0.15
AT_SPOT, NEAR_SPOT = 0.9, 0.6
_AT_M = 30.0
_BUILDING = re.compile(r"(\d{1,3}|[一二三四五六七八九十]{1,3})(?:号楼|栋|幢|#楼|#)")
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}
_SIDES = "东西南北"
_LONGEST_NAME = 40
_TWO = 2


@dataclass(slots=True)
class Found:
    """Evidence gathered for one place."""

    score: float
    zh: list[str]
    en: list[str]


class Gazetteer:
    """Names of the registry, folded, with what they stand for."""

    def __init__(
        self, offices: Iterable[Office], communities: Iterable[Community], tanks: Iterable[Tank]
    ) -> None:
        self.offices = {o.id: o for o in offices}
        self.communities = {c.id: c for c in communities}
        self.tanks = {t.id: t for t in tanks if t.active}
        self.of_community: defaultdict[int, list[Tank]] = defaultdict(list)
        self._names: defaultdict[str, list[tuple[str, int, float]]] = defaultdict(list)
        for tank in self.tanks.values():
            if tank.community_id is not None:
                self.of_community[tank.community_id].append(tank)
            self._add(fold(tank.code), "tank", tank.id, CODE)
            self._add(fold(tank.name), "tank", tank.id, TANK_NAME)
        for community in self.communities.values():
            core = short_name(community.name)
            for name in (fold(community.name), core + "社区"):
                self._add(name, "community", community.id, COMMUNITY)
            self._add(core + "小区", "community", community.id, COMPOUND)
            bare = BARE if len(core) > _TWO else BARE_TWO
            self._add(core, "community", community.id, bare)
        for office in self.offices.values():
            core = short_name(office.name)
            for name in (fold(office.name), core + "街道", core + "街道办"):
                self._add(name, "office", office.id, OFFICE)
            self._add(core, "office", office.id, OFFICE_SHORT)
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)

    def _add(self, name: str, kind: str, key: int, score: float) -> None:
        if len(name) >= 2 and all((kind, key) != (k, i) for k, i, _ in self._names[name]):
            self._names[name].append((kind, key, score))

    def spoken(self, folded: str) -> dict[tuple[str, int], tuple[float, str]]:
        """Every place whose name stands in the text: best score and the words."""
        found: dict[tuple[str, int], tuple[float, str]] = {}
        for length in self._lengths:
            if length > _LONGEST_NAME:
                continue
            for start in range(len(folded) - length + 1):
                words = folded[start : start + length]
                for kind, key, score in self._names.get(words, ()):
                    if score > found.get((kind, key), (0.0, ""))[0]:
                        found[(kind, key)] = (score, words)
        return found


def find_places(
    gazetteer: Gazetteer, text: str, *, spot: Point | None, params: IntakeParams
) -> list[Candidate]:
    """Places that ``text`` (and a position) may mean, the surest first."""
    folded = fold(text)
    evidence: dict[tuple[str, int], Found] = {}
    spoken = gazetteer.spoken(folded)
    for place, (score, words) in spoken.items():
        evidence[place] = Found(score, [f"文中有“{words}”"], [f'the words "{words}"'])
    _tanks_of_communities(gazetteer, folded, spoken, evidence)
    if spot is not None:
        _by_distance(gazetteer, spot, evidence, params)
    _agree(gazetteer, evidence)
    ordered = sorted(evidence.items(), key=lambda item: (-item[1].score, item[0]))
    return [
        _candidate(gazetteer, kind, key, found)
        for (kind, key), found in ordered[: params.candidates_max]
    ]


def choose(candidates: Sequence[Candidate], params: IntakeParams) -> Candidate | None:
    """The place to take without asking a person, None when nothing is sure enough."""
    tanks = [c for c in candidates if c.tank_id is not None]
    areas = [c for c in candidates if c.tank_id is None and c.community_id is not None]
    return _clear(tanks, params.tank_bar, params.margin) or _clear(
        areas, params.community_bar, params.margin / 2
    )


def _clear(best_first: Sequence[Candidate], bar: float, margin: float) -> Candidate | None:
    if not best_first or best_first[0].score < bar:
        return None
    if len(best_first) > 1 and best_first[0].score - best_first[1].score < margin:
        return None
    return best_first[0]


def _tanks_of_communities(
    gazetteer: Gazetteer,
    folded: str,
    spoken: dict[tuple[str, int], tuple[float, str]],
    evidence: dict[tuple[str, int], Found],
) -> None:
    buildings = {_arabic(match.group(1)) for match in _BUILDING.finditer(folded)}
    for (kind, key), (score, words) in spoken.items():
        if kind != "community":
            continue
        tanks = gazetteer.of_community[key]
        for tank in tanks:
            found = Found(score, [f"社区“{words}”"], [f'community "{words}"'])
            name = fold(tank.name + tank.address)
            here = buildings & {_arabic(m.group(1)) for m in _BUILDING.finditer(name)}
            if here:
                found.score += BUILDING
                found.zh.append(f"{min(here)}号楼")
                found.en.append(f"building {min(here)}")
                side, own_side = _side(folded), _side(name)
                if side and own_side and side != own_side:
                    found.score += OTHER_SIDE
                elif side and side == own_side:
                    found.score += DIRECTION
                    found.zh.append(f"{side}侧")
                    found.en.append(f"side {side}")
            elif len(tanks) == 1 and not buildings:
                found.score += ONLY_TANK
                found.zh.append("社区只有这一个池")
                found.en.append("the only tank there")
            else:
                continue
            _better(evidence, ("tank", tank.id), found)


def _side(folded: str) -> str:
    found = re.search(rf"(?:楼|栋|幢)的?([{_SIDES}])", folded)
    return found.group(1) if found else ""


def _arabic(number: str) -> int:
    """A building number in either script.

    >>> _arabic("12"), _arabic("十二"), _arabic("二十")
    (12, 12, 20)
    """
    if number.isdigit():
        return int(number)
    tens, ten, ones = number.rpartition("十")
    if not ten:
        return _DIGITS.get(number[-1], 0)
    return 10 * _DIGITS.get(tens or "一", 1) + _DIGITS.get(ones, 0)


def _by_distance(
    gazetteer: Gazetteer,
    spot: Point,
    evidence: dict[tuple[str, int], Found],
    params: IntakeParams,
) -> None:
    for tank in gazetteer.tanks.values():
        # A degree is at least 80 km here or anywhere a city lies; cheap refusal first.
        if abs(tank.lat - spot.lat) > 0.01 or abs(tank.lon - spot.lon) > 0.02:
            continue
        away = distance_m(spot, Point(tank.lat, tank.lon))
        if away > params.near_m:
            continue
        close = max(0.0, 1.0 - max(0.0, away - _AT_M) / params.near_m)
        score = NEAR_SPOT + (AT_SPOT - NEAR_SPOT) * close
        found = Found(score, [f"离所报位置 {away:.0f} 米"], [f"{away:.0f} m from the position"])
        known = evidence.get(("tank", tank.id))
        if known is not None:
            found = Found(
                max(known.score, score) + DIRECTION, known.zh + found.zh, known.en + found.en
            )
        evidence[("tank", tank.id)] = found


def _agree(gazetteer: Gazetteer, evidence: dict[tuple[str, int], Found]) -> None:
    """A tank or community whose office is also named is a little surer."""
    for (kind, key), found in evidence.items():
        if kind == "office":
            continue
        place = gazetteer.tanks[key] if kind == "tank" else gazetteer.communities[key]
        office = gazetteer.offices.get(place.office_id or 0)
        if office is not None and ("office", office.id) in evidence:
            found.score += OFFICE_AGREES if kind == "tank" else OFFICE_AGREES_AREA
            found.zh.append(f"{office.name}也对得上")
            found.en.append(f"{office.name} agrees")


def _better(evidence: dict[tuple[str, int], Found], place: tuple[str, int], found: Found) -> None:
    if place not in evidence or evidence[place].score < found.score:
        evidence[place] = found


def _candidate(gazetteer: Gazetteer, kind: str, key: int, found: Found) -> Candidate:
    score = round(min(1.0, found.score), 3)
    because, because_en = "，".join(found.zh), ", ".join(found.en)
    if kind == "tank":
        tank = gazetteer.tanks[key]
        return Candidate(
            tank.name, score, because, because_en, tank.id, tank.community_id, tank.office_id
        )
    if kind == "community":
        community = gazetteer.communities[key]
        return Candidate(community.name, score, because, because_en, None, key, community.office_id)
    return Candidate(gazetteer.offices[key].name, score, because, because_en, None, None, key)
