"""Text as it is compared: one width, one case, simplified characters, marked pauses."""

from __future__ import annotations

import re
import unicodedata

# Traditional forms and old spellings that addresses and complaints here really use.
_TRADITIONAL = str.maketrans(
    "區樓號臨園糞東門對無後裡裏廁間邊側學醫院場頂滿溢臭堵塞蓋壞沒處層棟車馬橋廣電請問謝報舊難聞氣陽樣嗎還來溝於",
    "区楼号临园粪东门对无后里里厕间边侧学医院场顶满溢臭堵塞盖坏没处层栋车马桥广电请问谢报旧难闻气阳样吗还来沟于",
)
PAUSE = "|"
_PAUSES = re.compile(r"[,，。、!！?？;；:：…()（）【】\[\]\n\r\t\"“”'‘’]+")
_GLUE = re.compile(r"[\s.·\-_]+")
_SPACED = re.compile(r"(?<=[\u3400-\u9fff0-9])\s+(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])\s+(?=\d)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)")


def plain(text: str) -> str:
    """One width, lower case, simplified, no blanks between Chinese characters.

    >>> plain("臨河花園Ｂ區 ４ 號 樓")
    '临河花园b区4号楼'
    """
    folded = unicodedata.normalize("NFKC", text).lower().translate(_TRADITIONAL)
    return _SPACED.sub("", folded)


def glued(text: str) -> str:
    """The form in which names are looked up: no blanks, every pause one mark.

    >>> glued("槐花小区 3号楼，西侧")
    '槐花小区3号楼|西侧'
    """
    return _GLUE.sub("", _PAUSES.sub(PAUSE, plain(text)))


def callback_number(text: str) -> str:
    """The first phone number that was given, empty when none was.

    >>> callback_number("回我 138 0531 2299"), callback_number("0531-88880099")
    ('13805312299', '0531-88880099')
    """
    found = _MOBILE.search(text)
    if found is not None:
        return re.sub(r"\D", "", found.group(0))
    found = _LANDLINE.search(text)
    return found.group(0) if found else ""
