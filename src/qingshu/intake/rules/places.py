"""Place from words: candidates with score and reasons, one unit of the text after another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from qingshu.intake.model import Candidate
from qingshu.intake.params import IntakeParams
from qingshu.intake.rules import buildings
from qingshu.intake.rules.gazetteer import TANK_NAME, Alias, Gazetteer, Meaning, Mention
from qingshu.intake.rules.scripts import PAUSE, glued
from qingshu.kernel.geodesy import Point, distance_m

__all__ = ["Alias", "Gazetteer", "choose", "find_places"]

# What a building, side or sector adds or takes; set by hand on the tuning messages.
BUILDING, SIDE, ONLY_TANK, OFFICE_AGREES = 0.25, 0.05, 0.25, 0.02
OFFICE_AGREES_AREA = 0.1
OTHER_SIDE, OTHER_SECTOR, SECTOR = -0.15, -0.3, 0.05
LONE_BUILDING, LONE_MAX = 0.3, 8
# A compound lies in one community, seldom in two; this many of its tanks tell.
_SAMPLE = 20
# A place that is denied, and one that only tells where the caller lives.
DENIED, HOME = 0.4, 0.65
AT_SPOT, NEAR_SPOT = 0.9, 0.6
_AT_M = 30.0
_DENY = re.compile(r"(不是|并非|不在|不属于|notour|isnot|isn't|not)(我们|在|at|in)?$")
_FINE = re.compile(
    r"^[^|]{0,8}?(没堵|不堵(?!车)|没事|没问题|没冒|不冒|正常|好好的)(?!.{0,2}(但|可))"
)
_HOME = re.compile(r"(我|俺|咱|家)?(家住|住在|家在|我住|俺住|住)$")
_TURN = re.compile(r"但|可是|不过|要反映的是|堵的是|隔壁|对面|是(?=.{0,3}\d号楼)")


@dataclass(slots=True)
class Found:
    """Evidence gathered for one place."""

    score: float
    zh: list[str]
    en: list[str]
    unit: int = 0


@dataclass(slots=True)
class Unit:
    """One place as the text names it: an area, a building, or both."""

    start: int
    end: int
    mention: Mention | None
    building: buildings.Spoken | None = None
    factor: float = 1.0
    found: dict[tuple[str, int], Found] = field(default_factory=dict)


def find_places(
    gazetteer: Gazetteer, text: str, *, spot: Point | None, params: IntakeParams
) -> list[Candidate]:
    """Places that ``text`` (and a position) may mean: the best of each named place first."""
    folded = glued(text)
    mentions = gazetteer.mentions(folded)
    units = _units(folded, mentions)
    sectors = [s for s in buildings.sectors_in(folded) if not _denied(folded, s[0])]
    evidence: dict[tuple[str, int], Found] = {}
    for number, unit in enumerate(units):
        _look(gazetteer, unit, folded, {s for _, s in sectors})
        for place, found in unit.found.items():
            found.score *= unit.factor
            found.unit = number
            _better(evidence, place, found)
    if spot is not None:
        _by_distance(gazetteer, spot, evidence, params)
    _agree(gazetteer, evidence)
    ordered = _best_of_each_first(evidence)
    return [
        _candidate(gazetteer, kind, key, found)
        for (kind, key), found in ordered[: params.candidates_max]
    ]


def choose(candidates: Sequence[Candidate], params: IntakeParams) -> Candidate | None:
    """The place to take without asking a person, None when nothing is sure enough."""
    by_score = sorted(candidates, key=lambda c: -c.score)
    tanks = [c for c in by_score if c.tank_id is not None]
    areas = [c for c in by_score if c.tank_id is None and c.community_id is not None]
    return _clear(tanks, params.tank_bar, params.margin) or _clear(
        areas, params.community_bar, params.margin / 2
    )


def _clear(best_first: Sequence[Candidate], bar: float, margin: float) -> Candidate | None:
    if not best_first or best_first[0].score < bar:
        return None
    if len(best_first) > 1 and best_first[0].score - best_first[1].score < margin:
        return None
    return best_first[0]


def _units(text: str, mentions: list[Mention]) -> list[Unit]:
    """Buildings with the area named nearest before them (else after), and bare areas."""
    areas = [m for m in mentions if any(v.kind in ("community", "compound") for v in m.meanings)]
    spoken = [
        b for b in buildings.buildings_in(text) if not any(
            m.start <= b.start < m.end and any(v.score >= TANK_NAME for v in m.meanings)
            for m in mentions
        )
    ]  # fmt: skip
    units: list[Unit] = []
    used: set[int] = set()
    for building in spoken:
        before = [m for m in areas if m.end <= building.start]
        area = before[-1] if before else next((m for m in areas if m.start >= building.end), None)
        first = area is not None and area.end == building.start
        start = area.start if area is not None and first else building.start
        if area is not None:
            used.add(area.start)
        units.append(Unit(start, building.end, area, building))
    units += [Unit(m.start, m.end, m) for m in mentions if m.start not in used]
    units.sort(key=lambda u: u.start)
    for unit in units:
        unit.factor = _factor(text, unit, many=len(units) > 1)
    return units


def _denied(text: str, at: int) -> bool:
    return _DENY.search(text[max(0, at - 8) : at]) is not None


def _factor(text: str, unit: Unit, *, many: bool) -> float:
    if _denied(text, unit.start):
        return DENIED
    if many and _FINE.match(text[unit.end : unit.end + 16]):
        return DENIED
    if many and _HOME.search(text[max(0, unit.start - 6) : unit.start]):
        return HOME if _TURN.search(text[unit.end :]) else 1.0
    before = text[max(0, unit.start - 3) : unit.start]
    if many and before.endswith("在") and _TURN.search(text[unit.end : unit.end + 16]):
        return HOME
    return 1.0


def _look(gazetteer: Gazetteer, unit: Unit, text: str, sectors: set[str]) -> None:
    """Gather the evidence of one unit."""
    building = unit.building
    if building is not None:
        building = _with_later_side(unit, text)
    if unit.mention is None:
        if building is not None:
            _lone_building(gazetteer, unit, building)
        return
    for meaning in unit.mention.meanings:
        reason = Found(
            meaning.score, [f"文中有“{unit.mention.words}”"], [f'the words "{unit.mention.words}"']
        )
        if meaning.kind == "tank":
            _better(unit.found, ("tank", meaning.key), reason)
        elif meaning.kind == "office":
            _better(unit.found, ("office", meaning.key), reason)
        else:
            _area(gazetteer, unit, meaning, building, sectors)


def _with_later_side(unit: Unit, text: str) -> buildings.Spoken:
    """The side may stand later in the sentence, before the next building."""
    building = unit.building
    assert building is not None
    if building.side and not _FINE.match(text[building.end + 1 : building.end + 16]):
        return building
    following = [b.start for b in buildings.buildings_in(text) if b.start > building.start]
    stop = following[0] if following else len(text)
    # 西边的没事，是东边的池子堵了: the side that is fine does not count.
    for at, side in buildings.sides_in(text):
        if building.end <= at < stop and not _FINE.match(text[at + 1 : at + 12]):
            return buildings.Spoken(building.start, building.end, building.number, side)
    return building


def _area(
    gazetteer: Gazetteer,
    unit: Unit,
    meaning: Meaning,
    building: buildings.Spoken | None,
    sectors: set[str],
) -> None:
    assert unit.mention is not None
    words = unit.mention.words
    tanks = gazetteer.areas.get((meaning.kind, meaning.key), [])
    if meaning.kind == "community":
        found = Found(meaning.score, [f"文中有“{words}”"], [f'the words "{words}"'])
        _better(unit.found, ("community", meaning.key), found)
    else:
        for community in {t.community_id for t in tanks[:_SAMPLE] if t.community_id is not None}:
            found = Found(meaning.score - 0.02, [f"文中有“{words}”"], [f'the words "{words}"'])
            _better(unit.found, ("community", community), found)
    chosen = (
        tanks
        if building is None
        else gazetteer.numbered.get((meaning.kind, meaning.key, building.number), [])
    )
    if building is None and len(tanks) != 1:
        return
    for tank in chosen:
        found = Found(meaning.score, [f"“{words}”"], [f'"{words}"'])
        parts = gazetteer.parts[tank.id]
        if building is not None:
            _building(found, parts.side, building)
        else:
            found.score += ONLY_TANK
            found.zh.append("那里只有这一个池")
            found.en.append("the only tank there")
        if parts.sector and sectors:
            found.score += SECTOR if parts.sector in sectors else OTHER_SECTOR
        _better(unit.found, ("tank", tank.id), found)


def _building(found: Found, own_side: str, building: buildings.Spoken) -> None:
    found.score += BUILDING
    found.zh.append(f"{building.number}号楼")
    found.en.append(f"building {building.number}")
    if building.side and own_side and building.side != own_side:
        found.score += OTHER_SIDE
    elif building.side and building.side == own_side:
        found.score += SIDE
        found.zh.append(f"{building.side}侧")
        found.en.append(f"side {building.side}")


def _lone_building(gazetteer: Gazetteer, unit: Unit, building: buildings.Spoken) -> None:
    tanks = gazetteer.of_building.get(building.number, [])
    if len(tanks) > LONE_MAX:
        return
    for tank in tanks:
        found = Found(LONE_BUILDING - BUILDING, [], [])
        _building(found, gazetteer.parts[tank.id].side, building)
        found.zh.append("没说哪个小区")
        found.en.append("no compound was named")
        _better(unit.found, ("tank", tank.id), found)


def _by_distance(
    gazetteer: Gazetteer,
    spot: Point,
    evidence: dict[tuple[str, int], Found],
    params: IntakeParams,
) -> None:
    for tank in gazetteer.near(spot):
        away = distance_m(spot, Point(tank.lat, tank.lon))
        if away > params.near_m:
            continue
        close = max(0.0, 1.0 - max(0.0, away - _AT_M) / params.near_m)
        score = NEAR_SPOT + (AT_SPOT - NEAR_SPOT) * close
        found = Found(score, [f"离所报位置 {away:.0f} 米"], [f"{away:.0f} m from the position"])
        known = evidence.get(("tank", tank.id))
        if known is not None:
            found = Found(
                max(known.score, score) + SIDE, known.zh + found.zh, known.en + found.en, known.unit
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


def _best_of_each_first(
    evidence: dict[tuple[str, int], Found],
) -> list[tuple[tuple[str, int], Found]]:
    """Every named place's best candidate, then all others, each by score."""
    kinds = {"tank": 0, "community": 1, "office": 2}

    def rank(item: tuple[tuple[str, int], Found]) -> tuple[float, int, int]:
        (kind, key), found = item
        return (-found.score, kinds[kind], key)

    ordered = sorted(evidence.items(), key=rank)
    seen: set[int] = set()
    first, rest = [], []
    top = ordered[0][1].score if ordered else 0.0
    for item in ordered:
        # A place that is denied or only implied does not push the right one down.
        if item[1].unit in seen or item[1].score < top * 0.6:
            rest.append(item)
        else:
            seen.add(item[1].unit)
            first.append(item)
    return first + rest


def _better(evidence: dict[tuple[str, int], Found], place: tuple[str, int], found: Found) -> None:
    if place not in evidence or evidence[place].score < found.score:
        evidence[place] = found


def _candidate(gazetteer: Gazetteer, kind: str, key: int, found: Found) -> Candidate:
    score = round(min(1.0, found.score), 3)
    because, because_en = "，".join(found.zh), ", ".join(found.en)
    if kind == "tank":
        tank = gazetteer.tanks[key]
        parts = gazetteer.parts[key]
        return Candidate(
            tank.name, score, because, because_en, tank.id, tank.community_id, tank.office_id,
            gazetteer.shown.get(parts.compound, ""),
            f"{parts.building}号楼" if parts.building else "",
        )  # fmt: skip
    if kind == "community":
        community = gazetteer.communities[key]
        return Candidate(community.name, score, because, because_en, None, key, community.office_id)
    return Candidate(gazetteer.offices[key].name, score, because, because_en, None, None, key)


def unknown_words(text: str, mentions: Iterable[Mention]) -> list[tuple[str, bool]]:
    """Words that look like a place and are in no gazetteer; True when a building follows.

    >>> unknown_words(glued("俺家住红砖楼小院3号楼"), [])
    [('红砖楼小院', True)]
    """
    known = [(m.start, m.end) for m in mentions if len(m.words) > 2]
    found = []
    for match in _PLACE_WORDS.finditer(text):
        words = _LEAD.sub("", match.group(0))
        start = match.end() - len(words)
        overlaps = any(start < end and begin < match.end() for begin, end in known)
        if len(words) >= _WORDS_MIN and not overlaps:
            found.append((words, buildings.BUILDING.match(text, match.end()) is not None))
    return found


_WORDS_MIN = 3
_PLACE_WORDS = re.compile(
    rf"[\u4e00-\u9fff]{{2,10}}?(?:小区|花园|家园|新村|宿舍|小院|大院|院子|那个院|公寓|大厦|市场|学校|小学|中学|"
    rf"幼儿园|医院|公厕|小楼|红楼|白楼|胡同|[里坊苑庄园院])(?![{PAUSE}]?(?:里|内)?子)"
)
_LEAD = re.compile(
    r"^.*(?:家住|住在|住|我们|我家|俺家|我是|俺|咱|在|到|去|来|反映|投诉|称|说|是|的|旁边|附近|我)"
    r"(?=[\u4e00-\u9fff]{3})"
)
