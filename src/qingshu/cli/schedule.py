"""``qingshu schedule``: plan a year, look at it, set campaigns."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from qingshu.cli.open_workspace import open_workspace
from qingshu.kernel.errors import Unavailable
from qingshu.kernel.instants import local
from qingshu.runtime.db import Database
from qingshu.schedule import service

WORKSPACE = click.Path(exists=True, file_okay=False, path_type=Path)
ACTOR = "system:cli"


@click.group()
def command() -> None:
    """Plan the year's desludging and its campaigns."""


@command.command()
@click.option("--to", "directory", required=True, type=WORKSPACE, help="The workspace.")
@click.option("--year", required=True, type=click.IntRange(2000, 2100), help="Which year.")
@click.option("--from-week", type=click.IntRange(1, 53), help="First ISO week to plan anew.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def year(directory: Path, year: int, from_week: int | None, as_json: bool) -> None:
    """Make a new version of the year's plan and print how good it is."""
    with open_workspace(directory) as db:
        with db.write(ACTOR) as tx:
            plan = service.ask_plan(tx, year, from_week)
        _make(db, plan.id, plan.year)
        today = local(db.clock.now(), db.settings.station.zone).date()
        with db.read() as conn:
            found = service.grid_weeks(conn, year, today)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        _show(found)


@command.command()
@click.option("--to", "directory", required=True, type=WORKSPACE, help="The workspace.")
@click.option("--name", help="Make a campaign of this name; without it list them.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def campaign(directory: Path, name: str | None, until: datetime | None, as_json: bool) -> None:
    """List campaigns with progress by grid, or make one over the tanks at risk."""
    if (name is None) != (until is None):
        msg = "Give --name and --until together."
        raise click.UsageError(msg)
    with open_workspace(directory) as db:
        if name is not None and until is not None:
            with db.write(ACTOR) as tx:
                service.make_campaign(tx, name, until.date())
        with db.read() as conn:
            found = service.campaigns(conn)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one['name']}: {one['done']} of {one['tanks']} tanks until {one['until_on']}")
        for grid in one["grids"]:
            click.echo(f"  {grid['grid_name'] or '—'}: {grid['done']} of {grid['tanks']}")


def _make(db: Database, plan_id: int, year: int) -> None:
    """Run the worker and wait: planning never holds this process's memory or its output."""
    from qingshu.schedule import worker

    folder = str(db.settings.directory)
    subprocess.run([sys.executable, "-m", worker.__name__, folder, str(plan_id)], check=False)
    with db.read() as conn:
        plan = service.plan_of(conn, plan_id)
    if plan.state != "ready":
        msg = f"Expected a plan of {year}, got: {plan.figures.get('reason', plan.state)}"
        raise Unavailable(msg)


def _show(found: dict[str, Any]) -> None:
    figures = found["figures"]
    click.echo(
        f"{found['year']} version {found['version']}: {figures['visits']} visits from week "
        f"{found['from_week']}, {figures['tanks']} tanks, {len(found['grids'])} grids"
    )
    click.echo(
        f"cost {figures['cost']} against a bound of {figures['bound']}: "
        f"gap {figures['gap']:.1%}; serving each when due costs {figures['unlevelled_cost']}"
    )
    click.echo(
        f"weekly variation {figures['variation']} (unlevelled {figures['unlevelled_variation']}), "
        f"{figures['late_visits']} visits late, {figures['seconds'].get('total', 0)} s"
    )
    for grid_id, hours in figures["short_hours"].items():
        click.echo(f"  grid {grid_id} lacks {hours} crew hours")
