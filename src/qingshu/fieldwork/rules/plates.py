"""Pure comparison of number plates as people type them."""

from __future__ import annotations

import re
import unicodedata

_NOISE = re.compile(r"[\s\-_.·•]+")


def plate_key(text: str) -> str:
    """A plate or code without case, width forms, blanks and separators.

    >>> plate_key(" uat 598t "), plate_key("鲁A·１２３４５")
    ('UAT598T', '鲁A12345')
    """
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


def look_alike(one: str, other: str) -> bool:
    """Whether one slip of the finger turns one key into the other.

    A slip is one character wrong, missing or too many, or two neighbours swapped.

    >>> look_alike("AUS088V", "UAS088V"), look_alike("UAN003D", "UAN030N")
    (True, False)
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    while left and right and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    swapped = len(left) == 2 and left == right[::-1]
    return swapped or max(len(left), len(right)) == 1
