"""The import contracts hold, and a planted violation is caught."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

VIOLATIONS = {
    "an earlier room imports a later one": (
        "sense/planted.py",
        "from qingshu.learn import model  # noqa: F401\n",
        "rooms stand in the order of the work",
    ),
    "a decision looks at the clock": (
        "kernel/planted.py",
        "import time  # noqa: F401\n",
        "decisions are pure",
    ),
    "the web reads a room's tables": (
        "web/planted.py",
        "from qingshu.warn import tables  # noqa: F401\n",
        "a room's tables are its own",
    ),
    "the twin uses a back door": (
        "twin/planted.py",
        "from qingshu.registry import store  # noqa: F401\n",
        "the twin uses the product's doors only",
    ),
}


def _lint(source: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        str(ROOT / "pyproject.toml"), "--no-cache",
    ]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(source)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("case", VIOLATIONS)
def test_contracts_when_violation_planted_then_named(case: str, tmp_path: Path) -> None:
    """Each kind of violation breaks exactly the contract that forbids it."""
    file, line, contract = VIOLATIONS[case]
    source = tmp_path / "src"
    shutil.copytree(
        ROOT / "src" / "qingshu",
        source / "qingshu",
        ignore=shutil.ignore_patterns("static", "__pycache__"),
    )
    (source / "qingshu" / file).write_text(f'"""Planted."""\n\n{line}', encoding="utf-8")
    result = _lint(source, tmp_path)
    assert result.returncode != 0
    assert f"{contract} BROKEN" in " ".join(result.stdout.split())
