"""The operating procedure, read from versioned data in the package."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources

from qingshu.fieldwork.model import Checklist, Step, Words


@lru_cache
def current() -> Checklist:
    """The checklist that new jobs begin with."""
    text = resources.files("qingshu.fieldwork").joinpath("sop.toml").read_text(encoding="utf-8")
    return parse(text)


def parse(text: str) -> Checklist:
    """A checklist from TOML."""
    raw = tomllib.loads(text)
    return Checklist(
        version=raw["version"],
        steps=tuple(
            Step(
                id=step["id"],
                title=Words(step["title_zh"], step["title_en"]),
                rule=Words(step["rule_zh"], step["rule_en"]),
                phase=step["phase"],
                photo_kind=step.get("photo_kind", ""),
                photo_count=step.get("photo_count", 0),
                photo_name=Words(step.get("photo_name_zh", ""), step.get("photo_name_en", "")),
            )
            for step in raw["step"]
        ),
    )
