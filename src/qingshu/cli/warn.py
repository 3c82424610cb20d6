"""``qingshu warn``: play recorded readings through an engine, and score what it said."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from qingshu.kernel.errors import InvalidInput

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_UNITS_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}


@click.group()
def command() -> None:
    """Early warning on your own recorded readings: backtest and score."""


@command.command()
@click.option("--tanks", required=True, type=_FILE, help="T.csv: tank,outlet_m,cover_m,…")
@click.option(
    "--readings", required=True, type=_FILE, help="csv or parquet: tank,measured_at,level_m,…"
)
@click.option("--rain", type=_FILE, help="F.csv: time,mm.")
@click.option("--budget", default=0.1, show_default=True, help="False alarms accepted a tank-year.")
@click.option(
    "--warmup", default="60d", show_default=True, help="Nothing counts before: 60d, 12h, 0d."
)
@click.option("--engine", default="foresight", show_default=True, help="first or foresight.")
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def backtest(
    tanks: Path,
    readings: Path,
    rain: Path | None,
    budget: float,
    warmup: str,
    engine: str,
    out: Path,
    *,
    as_json: bool,
) -> None:
    """Play READINGS strictly online; writes alarms.csv and predictions.parquet.

    Row order is the order of delivery of each tank. What was wrong with the input stands in
    problems.csv by code; nothing is dropped without a line there.
    """
    from qingshu.warn.backtest import engines, files, play
    from qingshu.warn.backtest import out as outputs
    from qingshu.warn.backtest.readings import read_readings

    warmup_ms = span_ms(warmup)
    player = engines.make(engine, budget)
    listed, problems = files.read_tanks(tanks)
    began = time.monotonic()
    with _progress("reading", quiet=as_json) as tell:
        series, more = read_readings(readings, listed, tell)
    problems += more
    fallen = None
    if rain is not None:
        fallen, more = files.read_rain(rain)
        problems += more
    with _progress("playing", quiet=as_json, total=len(series)) as tell:
        played = play.play(
            player.engine, listed, series, fallen,
            play.Plan(warmup_ms=warmup_ms, params=player.params), player.tap, tell,
        )  # fmt: skip
    problems += played.problems
    run = {
        "engine": player.engine.name,
        "budget": budget,
        "warmup_days": warmup_ms / _UNITS_MS["d"],
        "tanks": len(listed.name),
        "readings": len(series),
        "alarms": len(played.alarms),
        "scored_readings": len(played.predictions),
        "problems": len(problems),
        "seconds": round(time.monotonic() - began, 1),
    }
    outputs.write(played, listed.name, problems, run, out)
    click.echo(json.dumps(run) if as_json else _words(run, problems, out))


@command.command()
@click.option("--truth", required=True, type=_FILE, help="E.csv: tank,onset_at,overflow_at,…")
@click.option(
    "--out",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that backtest wrote.",
)
@click.option("--rain", type=_FILE, help="F.csv, to name rain as a cause of false alarms.")
@click.option("--causes", type=_FILE, help="C.csv: tank,cause,from_at,to_at.")
@click.option("--least-grade", default=1, type=click.IntRange(1, 4), show_default=True,
              help="Count alarms from this severity up: 1 blue to 4 red.")  # fmt: skip
def score(truth: Path, out: Path, rain: Path | None, causes: Path | None, least_grade: int) -> None:
    """Score a backtest against the truth; prints one JSON object and writes score.json."""
    from qingshu.warn.backtest import files
    from qingshu.warn.backtest import out as outputs
    from qingshu.warn.backtest.figures import figures
    from qingshu.warn.backtest.forecast_score import forecast_figures
    from qingshu.warn.backtest.ledger import keep_ledger

    run, names, watch = outputs.read_run(out)
    events = files.read_truth(truth, names)
    fallen = files.read_rain(rain)[0] if rain is not None else None
    known = files.read_causes(causes, names) if causes is not None else None
    alarms = outputs.read_alarms(out, names)
    ledger = keep_ledger(alarms, events, watch, known, fallen, least_grade)
    found: dict[str, Any] = {"run": run, **figures(ledger, events)}
    said = outputs.read_predictions(out, names)
    if said is not None:
        found["forecast"] = forecast_figures(said, events, watch)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (out / "score.json").write_text(text + "\n", encoding="utf-8")
    click.echo(text)


@command.command()
@click.argument("scenario")
@click.option("--seed", default=1, show_default=True)
@click.option("--tanks", default=250, show_default=True, type=click.IntRange(1, 20_000))
@click.option("--days", default=180, show_default=True, type=click.IntRange(1, 3660))
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder."
)
def world(scenario: str, seed: int, tanks: int, days: int, out: Path) -> None:
    """Write a simulated world of SCENARIO: T.csv, R.parquet, F.csv, E.csv, C.csv."""
    from qingshu.twin.worlds import files as world_files
    from qingshu.twin.worlds import make

    for path in world_files.write(make(scenario, seed, tanks, days), out).values():
        click.echo(path)


def span_ms(text: str) -> int:
    """A length of time in milliseconds.

    >>> span_ms("60d"), span_ms("1.5h")
    (5184000000, 5400000)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([mhd])", text.strip())
    if found is None:
        msg = f"Expected a length of time such as 60d, 12h or 30m, got {text!r}."
        raise InvalidInput(msg, warmup=text)
    return int(float(found[1]) * _UNITS_MS[found[2]])


@contextmanager
def _progress(
    what: str, *, quiet: bool, total: int | None = None
) -> Iterator[Callable[[int], None] | None]:
    """A bar on a terminal, nothing where the output is read by a program."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def _words(run: dict[str, Any], problems: list[Any], out: Path) -> str:
    lines = [
        f"{run['engine']}: {run['readings']} readings of {run['tanks']} tanks, "
        f"{run['alarms']} alarms after {run['warmup_days']:g} days of warm-up, "
        f"{run['seconds']} s. Written to {out}."
    ]
    for code in sorted({p.code for p in problems}):
        some = [p for p in problems if p.code == code]
        rows, where = sum(p.count for p in some), f"{len(some)} tanks" if some[0].tank else "all"
        lines.append(f"[{code}] {rows} rows, {where}; first {some[0].tank}: {some[0].message}")
    return "\n".join(lines)
