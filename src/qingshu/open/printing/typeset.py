"""Sets a design of this folder with data; any warning of the typesetter is an error."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from qingshu.kernel.errors import Unavailable

# The first family that is installed is used; all hold rare characters of names.
FAMILIES = (
    "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN",
    "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei",
)  # fmt: skip


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=True)


@cache
def family() -> str:
    """The Chinese font family of this machine.

    Raises
    ------
    Unavailable
        None is installed.
    """
    installed = set(_fonts().families())
    for name in FAMILIES:
        if name in installed:
            return name
    msg = f"Expected a Chinese font ({', '.join(FAMILIES)}), found none. Install Noto Sans CJK."
    raise Unavailable(msg, font="missing")


def typeset(design: str, data: Any) -> bytes:
    """The PDF of ``design`` (``card``, ``meeting``) with ``data``.

    Raises
    ------
    Unavailable
        The typesetter warned: a font or a character is missing.
    """
    import typst

    folder = Path(str(resources.files("qingshu.open.printing").joinpath("design")))
    inputs = {"font": family(), "data": json.dumps(data, ensure_ascii=False)}
    pdf, warnings = typst.compile_with_warnings(
        folder / f"{design}.typ", root=folder, font_paths=_fonts(), sys_inputs=inputs
    )
    if warnings:
        said = "; ".join(str(w.message) for w in warnings[:3])
        msg = f"Expected {design} to be set without warnings, got: {said}."
        raise Unavailable(msg, design=design)
    assert isinstance(pdf, bytes)
    return pdf
