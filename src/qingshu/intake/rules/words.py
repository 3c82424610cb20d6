"""What a text is about and how urgent it is, by tables of words in both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qingshu.intake.model import Category, Urgency
from qingshu.intake.rules.lexicon import DANGER, DENIED, REPEAT, URGENT, WORDS
from qingshu.intake.rules.scripts import callback_number, plain

_C = Category
_BROKEN_LID = re.compile("破|碎|断|劈|两半|轧裂|窟窿|半|软|压塌|烂|broken")
_CARE = re.compile("学校|小学|中学|幼儿园|医院|养老院|敬老院|学生|school|hospital|kindergarten")
_WHOLE_HOUSE = frozenset({_C.OVERFLOW, _C.BLOCKAGE, _C.ODOUR, _C.LID, _C.STRUCTURAL})
_TURN = re.compile("但是|但|可是|不过|可(?=临|.{0,12}还)|其实|\\bbut\\b")
_QUIET = frozenset({_C.PRAISE, _C.QUESTION, _C.NOISE})
_STILL_OPEN = re.compile("还在?(冒|堵|臭|流|是)|又(冒|堵|臭|外溢)|根本没")
_FIRST_TIME = re.compile("上次(还是|啥时候|什么时候|去年)|怎么又是这个号码")
_PRAISE = next(p for c, _, p in WORDS if c is _C.PRAISE)
_DENIED = re.compile(DENIED)
_COMPILED = tuple((c, w, re.compile(p)) for c, w, p in WORDS)
_DANGER, _URGENT, _REPEAT = re.compile(DANGER), re.compile(URGENT), re.compile(REPEAT)
_ORDER = {category: index for index, category in enumerate(Category)}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood, and the words that decided."""

    category: Category
    urgency: Urgency
    repeat: bool
    callback: str
    words: tuple[str, ...]


def read_text(text: str) -> Reading:
    """Category, urgency, repeat phrase and callback number of a message.

    >>> read_text("3号楼北化粪池往外冒粪水，电话13805310000").category
    <Category.OVERFLOW: 'overflow'>
    >>> read_text("There is a gas smell near the tank").urgency
    <Urgency.DANGER: 'danger'>
    """
    whole = plain(text)
    said = _DENIED.sub("〇", whole)
    best, words = _category(said)
    if best is _C.PRAISE and _STILL_OPEN.search(said) is None:
        turn = _TURN.search(said)
        if turn is not None:
            later, later_words = _category(said[turn.end() :])
            if later not in (_C.OTHER, _C.PRAISE):
                best, words = later, later_words
    elif best is _C.PRAISE:
        best, words = _category(re.sub(_PRAISE, "", said))
    repeat = _REPEAT.search(_FIRST_TIME.sub("", whole)) is not None and best is not _C.PRAISE
    urgency, because = _urgency(said, best)
    return Reading(best, urgency, repeat, callback_number(whole), (*words, *because))


def _category(said: str) -> tuple[Category, list[str]]:
    points: dict[Category, int] = {}
    words: dict[Category, list[str]] = {}
    for category, weight, pattern in _COMPILED:
        hits = {match.group(0) for match in pattern.finditer(said)}
        if hits:
            points[category] = max(points.get(category, 0), weight + len(hits) - 1)
            words.setdefault(category, []).extend(sorted(hits))
    best = max(points, key=lambda c: (points[c], -_ORDER[c]), default=Category.OTHER)
    return best, words.get(best, [])


def _urgency(said: str, category: Category) -> tuple[Urgency, tuple[str, ...]]:
    """How soon, with the words that raised it."""
    if category in _QUIET:
        return Urgency.ROUTINE, ()
    danger = _DANGER.search(said)
    if category is Category.GAS or danger is not None:
        return Urgency.DANGER, (danger.group(0),) if danger else ()
    if category is Category.OVERFLOW:
        return Urgency.URGENT, ()
    urgent = _URGENT.search(said)
    if urgent is None and category in _WHOLE_HOUSE:
        urgent = _CARE.search(said)
    if urgent is None and category is Category.LID:
        urgent = _BROKEN_LID.search(said)
    if urgent is not None:
        return Urgency.URGENT, (urgent.group(0),)
    return Urgency.ROUTINE, ()
