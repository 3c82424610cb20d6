"""Place names as the registry writes them and as people say them."""

from __future__ import annotations

import re
import unicodedata

# Longest first: 社区居民委员会 must go before 居民委员会.
_TAILS = (
    "社区居民委员会", "村民委员会", "居民委员会", "街道办事处", "社区居委会", "居委会", "村委会",
    "办事处", "街道办", "街道", "社区", "小区", "家属院", "宿舍", "村",
)  # fmt: skip
_NOISE = re.compile(r"[\s,，.。·、\-_]+")


def fold(text: str) -> str:
    """Text without width forms, case, spaces and commas, for comparing names.

    >>> fold("裕园社区 ３号楼，北")
    '裕园社区3号楼北'
    """
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())


def short_name(name: str) -> str:
    """The name without its administrative tail; at least two characters stay.

    >>> short_name("解放桥社区居民委员会"), short_name("大观园街道"), short_name("街道")
    ('解放桥', '大观园', '街道')
    """
    folded = fold(name)
    for tail in _TAILS:
        if folded.endswith(tail) and len(folded) - len(tail) >= 2:
            return folded.removesuffix(tail)
    return folded
