"""``python -m bench.quality.warn [FIGURES.json]``: write the tables of docs/early-warning.md.

Without a file the whole benchmark is run, which takes about half an hour on two free cores.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import bench.quality.warn as warn
from bench.quality.warn.page import render

PAGE = Path(__file__).resolve().parents[3] / "docs" / "early-warning.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def main() -> None:
    """Run or read the figures, and put them between the two marks of the page."""
    if len(sys.argv) > 1:
        found: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    else:
        found = warn.run(quick=False)
        Path("bench-warn.json").write_text(json.dumps(found), encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n\n{render(found)}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
