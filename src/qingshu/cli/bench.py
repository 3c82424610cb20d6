"""``qingshu bench NAME``: run a benchmark and hold its figures against its goals."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any

import click

import qingshu
from qingshu.kernel.errors import NotFound
from qingshu.runtime.logs import configure_logs

KINDS = ("speed", "quality")


def bench_home() -> Path:
    """The folder that holds ``bench/``: the source tree, or the package in a wheel."""
    package = Path(qingshu.__file__).parent
    for home in (package.parents[1], package):
        if (home / "bench" / "speed").is_dir():
            return home
    msg = "Expected the folder `bench` beside the source or in the package, found neither."
    raise NotFound(msg)


def list_benches(home: Path) -> dict[str, str]:
    """Name to module of every benchmark."""
    return {
        found.name: f"bench.{kind}.{found.name}"
        for kind in KINDS
        for found in pkgutil.iter_modules([str(home / "bench" / kind)])
    }


def run_bench(name: str, *, quick: bool) -> dict[str, Any]:
    """Run one benchmark: ``{"bench", "scenario", "figures", "goals"}``."""
    home = bench_home()
    benches = list_benches(home)
    if name not in benches:
        msg = f"Expected one of {', '.join(sorted(benches))}, got {name!r}."
        raise NotFound(msg, name=name)
    if str(home) not in sys.path:
        sys.path.insert(0, str(home))
    found = importlib.import_module(benches[name]).run(quick)
    return {
        "bench": name,
        "scenario": found["scenario"],
        "figures": found["figures"],
        "goals": found["goals"],
    }


@click.command()
@click.argument("name", required=False)
@click.option("--quick", is_flag=True, help="A shorter run, under 40 seconds.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(name: str | None, quick: bool, as_json: bool) -> None:
    """Run benchmark NAME; without NAME list them."""
    configure_logs("bench", None)
    if name is None:
        names = sorted(list_benches(bench_home()))
        click.echo(json.dumps(names) if as_json else "\n".join(names))
        return
    found = run_bench(name, quick=quick)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    click.echo(f"{found['bench']}: {found['scenario']}")
    for figure, value in found["figures"].items():
        click.echo(f"  {figure}: {value}")
    for goal, state in found["goals"].items():
        mark = "met" if state["met"] else "MISSED"
        click.echo(f"  goal {goal}: {state['got']} of {state['goal']} — {mark}")
