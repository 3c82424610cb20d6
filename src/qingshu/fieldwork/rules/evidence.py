"""Photos and steps: what is a picture, what a step still needs."""

from __future__ import annotations

from collections.abc import Mapping

from qingshu.fieldwork.model import Step, Words
from qingshu.fieldwork.params import FieldworkParams
from qingshu.kernel.geodesy import Point, distance_m


def picture_type(head: bytes) -> str | None:
    """The media type that the first bytes show, None for anything that is no picture.

    >>> picture_type(bytes.fromhex("ffd8ffe000104a464946"))
    'image/jpeg'
    >>> picture_type(b"<html>") is None
    True
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return None


def photo_distance_m(taken: Point | None, tank: Point | None) -> float | None:
    """Metres between photo and tank, None when either is unknown."""
    return None if taken is None or tank is None else distance_m(taken, tank)


def is_far(distance: float | None, params: FieldworkParams) -> bool:
    """A photo of unknown place is flagged like one from too far away."""
    return distance is None or distance > params.photo_far_m


def needs(step: Step, photos: Mapping[str, int]) -> Words | None:
    """What a step still needs before it can be ticked; None when nothing."""
    missing = step.photo_count - photos.get(step.photo_kind, 0)
    if not step.photo_kind or missing <= 0:
        return None
    name = step.photo_name
    return Words(f"先拍{name.zh}，还差 {missing} 张", f"Take {missing} more of {name.en} first")
