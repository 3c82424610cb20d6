"""Files and functions stay small enough to be read at one sitting."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "qingshu"
LONGEST_FILE = 500
LONGEST_FUNCTION = 60
FILES = sorted(p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_file_when_measured_then_within_limits(path: Path) -> None:
    """No file above 500 lines, no function above 60."""
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


def test_sources_when_counted_then_median_is_small() -> None:
    """Half of all files fit on two screens."""
    lengths = sorted(p.read_text(encoding="utf-8").count("\n") for p in FILES)
    assert lengths[len(lengths) // 2] <= 130
