"""``qingshu dispatch``: plan a day from a scenario file, check any plan, write today's scenario."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import click

from qingshu.dispatch.plan import checker
from qingshu.dispatch.plan.planning import plan_day
from qingshu.dispatch.plan.reading import plan_as_json, read_plan, read_scenario

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Plan a day from a scenario file, check any plan against its scenario."""


@command.command()
@click.option("--scenario", required=True, type=FILE, help="Trucks, plants, jobs, times: JSON.")
@click.option(
    "--seconds", required=True, type=click.FloatRange(0.1, 86_400), help="Time to plan in."
)
@click.option("--seed", default=1, show_default=True, help="Seed of the solvers.")
@click.option("--previous", type=FILE, help="The plan before; what it holds stays where it can.")
@click.option("--out", required=True, type=OUT, help="Where the plan is written.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def plan(
    scenario: Path, seconds: float, seed: int, previous: Path | None, out: Path, as_json: bool
) -> None:
    """Plan a day. Every plan has passed the checker before it is written."""
    # Time spent so far counts: a plan in 1 s is there 1 s after the command was typed.
    begun = time.monotonic() - _age_s()
    day = read_scenario(scenario.read_bytes())
    before = None if previous is None else read_plan(previous.read_bytes())
    made = plan_day(day, seconds, seed=seed, previous=before, begun=begun)
    out.write_text(json.dumps(plan_as_json(made), ensure_ascii=False) + "\n", encoding="utf-8")
    served = len(day.jobs) - len(made.unserved)
    facts = {"cost": round(made.cost, 1), "served": served, "unserved": len(made.unserved)}
    if as_json:
        click.echo(json.dumps(facts))
        return
    click.echo(
        f"{served} of {len(day.jobs)} jobs on {len(made.routes)} trucks, cost {made.cost:.0f}"
    )
    for name, parts in made.notes["split"].items():
        click.echo(f"  {name}: larger than any truck that may do it, {parts} visits")
    for name, reason in made.unserved.items():
        click.echo(f"  {name}: {reason}")


@command.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--days", default=0, show_default=True, help="Tanks due within so many days too.")
@click.option("--out", required=True, type=OUT, help="Where the scenario is written.")
def scenario(directory: Path, days: int, out: Path) -> None:
    """Write the day of a workspace as it stands: its trucks, plants, incidents, due tanks."""
    from qingshu.cli.open_workspace import open_workspace
    from qingshu.dispatch import service

    with open_workspace(directory) as db, db.read() as conn:
        engine = service.engine_for(db.settings)
        day = service.scenario_now(conn, engine, db.clock.now(), db.settings, days=days)
    out.write_text(json.dumps(day, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(f"{len(day['trucks'])} trucks, {len(day['plants'])} plants, {len(day['jobs'])} jobs")


@command.command()
@click.option("--scenario", required=True, type=FILE, help="Trucks, plants, jobs, times: JSON.")
@click.option("--plan", "planned", required=True, type=FILE, help="The plan to judge: JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(scenario: Path, planned: Path, as_json: bool) -> None:
    """Judge a plan, whoever made it; every broken rule is named."""
    verdict = checker.check(
        read_scenario(scenario.read_bytes()), read_plan(planned.read_bytes())
    )  # fmt: skip
    if as_json:
        told = [
            {"rule": str(b.rule), "message": b.message, "truck": b.truck, "job": b.job}
            for b in verdict.broken
        ]
        facts = {"holds": verdict.holds, "cost": round(verdict.cost, 1), "broken": told}
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        for broken in verdict.broken:
            click.echo(f"broken[{broken.rule}]: {broken.message}")
        if verdict.holds:
            click.echo(f"holds: cost {verdict.cost:.0f}, {verdict.driven_s / 3600:.1f} h driven")
    if not verdict.holds:
        raise SystemExit(1)


def _age_s() -> float:
    """Seconds since this process began; the seconds it worked where that is not known."""
    try:
        ticks = Path("/proc/self/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[19]
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - int(ticks) / os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError, ValueError, IndexError):
        return time.process_time()
    return max(0.0, age)
