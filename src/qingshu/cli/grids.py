"""``qingshu grids design``: offices into contiguous grids of even load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from qingshu.schedule.grids import report
from qingshu.schedule.grids.model import OfficesNotUsable, Town
from qingshu.schedule.grids.offices import read_offices
from qingshu.schedule.grids.partition import design as solve

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Design the service grids."""


@command.command()
@click.option("--offices", "path", required=True, type=FILE, help="CSV: code,name,load,lat,lon.")
@click.option("--n", "count", default=28, show_default=True, help="How many grids.")
@click.option("--crews", type=click.IntRange(1), help="Crews to share out among the grids.")
@click.option("--seconds", default=12.0, show_default=True, help="Time for the search.")
@click.option("--move", help="Show the effect of OFFICE=GRID, on the file's column grid if any.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def design(
    path: Path, count: int, crews: int | None, seconds: float, move: str | None, as_json: bool
) -> None:
    """Contiguous grids of even load, what no partition can even out, and crews per grid."""
    town = read_offices(path.read_bytes())
    today = [office.grid for office in town.offices]
    has_grids = all(today)
    found: dict[str, Any] = {"offices": len(town.offices), "adjacency": town.adjacency}
    if has_grids:
        found["before"] = report.describe(town, today)
    if move is not None and has_grids:
        found["moved"] = _moved(town, today, move, crews)
    else:
        answer = solve(town, count, seconds)
        grid_of = [str(grid + 1) for grid in answer.grid_of]
        found |= report.describe(town, grid_of, crews)
        found |= {
            "n": count, "proven": answer.proven, "cost": answer.cost, "bound": answer.bound,
            "seconds": answer.seconds,
        }  # fmt: skip
        if move is not None:
            found["moved"] = _moved(town, grid_of, move, crews)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else _told(found))


def _moved(town: Town, grid_of: list[str], move: str, crews: int | None) -> dict[str, Any]:
    office, sign, grid = move.partition("=")
    if not sign:
        msg = f"Expected --move OFFICE=GRID, got {move!r}."
        raise OfficesNotUsable(msg, move=move)
    after = report.moved(town, grid_of, office.strip(), grid.strip())
    told = report.describe(town, after, crews)
    broken = [one["grid"] for one in told["grids"] if not one["contiguous"]]
    return {"office": office.strip(), "to": grid.strip(), "breaks": broken, **told}


def _told(found: dict[str, Any]) -> str:
    lines = []
    for title, part in (("", found), ("before: ", found.get("before")),
                        ("after the move: ", found.get("moved"))):  # fmt: skip
        if part is None or "grids" not in part:
            continue
        lines.append(
            f"{title}{len(part['grids'])} grids, mean load {part['mean_load']}, largest deviation "
            f"{part['largest_deviation']:.1%}, of which no partition removes "
            f"{part['unavoidable_deviation']:.1%} ({part['unavoidable_because_en']})"
        )
        for grid in part["grids"]:
            crews = f", {grid['crews']} crews" if "crews" in grid else ""
            piece = "" if grid["contiguous"] else ", NOT IN ONE PIECE"
            lines.append(
                f"  {grid['grid']}: {grid['load']} ({grid['deviation']:+.0%}){crews}{piece}: "
                + ", ".join(grid["names"])
            )
    if "proven" in found:
        lines.append("proven best" if found["proven"] else "best found in time, not proven")
    return "\n".join(lines)
