"""What a text is about and how urgent it is, by tables of words in both languages."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from qingshu.intake.model import Category, Urgency

_C = Category
# Category, weight, words. Heavier words say more; ties fall to the order of Category.
WORDS: tuple[tuple[Category, int, str], ...] = (
    (_C.OVERFLOW, 5, "外溢|溢出|冒污水|冒粪|冒脏水|污水横流|粪水|满溢|返水|反水|倒灌|往外冒|"
                     "冒出|又冒|还在冒|冒水|溢流|粪便.{0,4}流|污水.{0,6}(流|冒|溢)|流了一地|"
                     "overflow|spill|coming up|sewage (on|comes|came|in )|backing up|"
                     "flooded"),
    (_C.BLOCKAGE, 4, "堵塞|堵了|堵住|不通|下不去|下水慢|疏通|淤堵|block|clog|won't drain"),
    (_C.GAS, 7, "沼气|可燃气|硫化氢|爆炸|煤气味|瓦斯|中毒|头晕|gas smell|smell of gas|methane|"
                "explosion|dizzy"),
    (_C.LID, 6, "(井盖|池盖|盖板|盖子).{0,6}(坏|破|丢|没|缺|碎|松动|不见|翘|开)|没有井盖|"
                "(井盖|盖板)塌|"
                "(missing|broken|open).{0,8}(lid|cover|manhole)|(lid|cover).{0,10}(missing|broken)"),
    (_C.STRUCTURAL, 4, "塌陷|下沉|裂缝|渗漏|管道破|管子破|开裂|破损|坍塌|crack|collapse|leak|"
                       "sunk|subsid"),
    (_C.ODOUR, 3, "臭味|恶臭|臭气|异味|很臭|太臭|发臭|难闻|臭得|一股臭|smell|odou?r|stink|stench"),
    (_C.DESLUDGING_REQUEST, 3, "清掏|清淘|抽粪|清疏|清理化粪池|抽一下|满了|快满|多久没(抽|清)|"
                               "empty the tank|pump out|desludg|full tank|tank is full"),
    (_C.NOISE, 4, "噪音|噪声|太吵|扰民|轰鸣|noise|noisy|loud"),
    (_C.PRAISE, 6, "表扬|谢谢你们|点赞|锦旗|感谢信|praise|well done"),
    # Politeness at the end of a complaint; it decides only when nothing else was said.
    (_C.PRAISE, 1, "感谢|thank you|thanks for"),
    (_C.QUESTION, 2, "请问|咨询|怎么收费|收费标准|什么时候能|多少钱|how much|question|"
                     "who is responsible|when will"),
)  # fmt: skip
DANGER = (
    "沼气|可燃气|硫化氢|爆炸|煤气味|瓦斯|中毒|昏倒|晕倒|掉进|掉下去|掉了进去|没有井盖|井盖.{0,4}"
    "(丢|没了|没有|不见|缺失)|(流|灌|冒|返|涌).{0,3}(进|到|入).{0,4}(家|屋|室内|客厅|厨房|卧室)|"
    "(家里|屋里|室内|一楼).{0,8}(冒|返水|倒灌|灌)|孩子.{0,8}(掉|踩空)|gas smell|smell of gas|"
    "methane|explosion|fell in|unconscious|into (my|our|the) (home|house|flat|kitchen|bathroom)|"
    "(missing|open|no).{0,6}(lid|cover|manhole)|(lid|cover).{0,8}missing"
)
URGENT = (
    "外溢|溢出|冒粪|冒污水|冒脏水|横流|粪水|返水|反水|倒灌|往外冒|还在冒|又冒|冒水|流了一地|"
    "学校|幼儿园|医院|塌陷|坍塌|急|尽快|马上|overflow|spill|urgent|flood|backing up|school|"
    "hospital|kindergarten|collapse"
)
REPEAT = (
    "再次|又(来|报|堵|冒|溢)|多次|还是没|至今没|一直没|上次|上回|之前报|第[二三四五]次|反复|"
    "again|still|second time|third time|reported before"
)
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
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
    plain = unicodedata.normalize("NFKC", text).lower()
    points: dict[Category, int] = {}
    words: list[str] = []
    for category, weight, pattern in _COMPILED:
        hits = {match.group(0) for match in pattern.finditer(plain)}
        if hits:
            points[category] = max(points.get(category, 0), weight + len(hits) - 1)
            words += sorted(hits)
    best = max(points, key=lambda c: (points[c], -_ORDER[c]), default=Category.OTHER)
    phone = _PHONE.search(plain)
    return Reading(
        best, _urgency(plain, best), bool(_REPEAT.search(plain)),
        phone.group(1) if phone else "", tuple(words),
    )  # fmt: skip


def _urgency(plain: str, category: Category) -> Urgency:
    if category is Category.PRAISE:
        return Urgency.ROUTINE
    if category is Category.GAS or _DANGER.search(plain):
        return Urgency.DANGER
    if category is Category.OVERFLOW or _URGENT.search(plain):
        return Urgency.URGENT
    return Urgency.ROUTINE
