"""``qingshu import KIND FILE --to DIR``: tables of a station, and exported hotline orders."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from qingshu.cli.open_workspace import open_workspace
from qingshu.fieldwork.books.model import BookResult
from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.geodesy import Frame
from qingshu.registry.imports.columns import IMPORT_KINDS
from qingshu.registry.imports.parse import Choice
from qingshu.registry.imports.run import error_report, run_import
from qingshu.registry.model import ImportResult
from qingshu.runtime.db import Database

REPORTS = "reports"
RECEIPTS = "receipts"
ACTOR = "system:import"
SHOWN_ERRORS = 20


@click.command()
@click.argument("kind", type=click.Choice([*IMPORT_KINDS, REPORTS, RECEIPTS]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--to",
    "directory",
    required=True,
    help="The workspace.",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
)
@click.option("--dry-run", is_flag=True, help="Say what would happen and save nothing.")
@click.option("--skip-bad", is_flag=True, help="Save the good rows although others are bad.")
@click.option(
    "--frame",
    type=click.Choice([str(f) for f in Frame]),
    default="wgs84",
    show_default=True,
    help="Coordinate frame of the file.",
)
@click.option(
    "--where",
    multiple=True,
    metavar="HEAD=VALUE[,VALUE…]",
    help="Take only rows with one of these values in a column; repeatable.",
)
@click.option(
    "--set",
    "constants",
    multiple=True,
    metavar="FIELD=VALUE",
    help="A value for a column the file does not have; repeatable.",
)
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the bad rows to this csv.",
)
@click.option(
    "--ids",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="reports only: take the orders whose number is in this csv.",
)
@click.option(
    "--channel",
    default="hotline",
    show_default=True,
    help="reports only: the channel they came by.",
)
@click.option(
    "--zone",
    default="",
    help="receipts only: zone of times that state none; the station's when not given.",
)
@click.option(
    "--register",
    "register_m3",
    type=float,
    metavar="M3",
    help="receipts only: add unknown trucks, out of use, with this capacity.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def command(
    kind: str,
    file: Path,
    directory: Path,
    *,
    dry_run: bool,
    skip_bad: bool,
    frame: str,
    where: tuple[str, ...],
    constants: tuple[str, ...],
    errors: Path | None,
    ids: Path | None,
    channel: str,
    zone: str,
    register_m3: float | None,
    as_json: bool,
) -> None:
    """Import a csv, xlsx or geojson FILE of KIND; one bad row and nothing is saved."""
    choice = Choice(
        frame=Frame(frame),
        where={h: frozenset(v.split(",")) for h, v in map(_pair, where)},
        constants=dict(map(_pair, constants)),
    )
    with open_workspace(directory) as db:
        if kind == REPORTS:
            from qingshu.intake.orders import import_orders

            only = None if ids is None else ids.read_bytes()
            figures = import_orders(
                db, file.name, file.read_bytes(),
                actor=ACTOR, channel=channel, dry_run=dry_run, only=only,
            )  # fmt: skip
            click.echo(json.dumps(figures, ensure_ascii=False, indent=None if as_json else 1))
            return
        result: ImportResult | BookResult
        if kind == RECEIPTS:
            from qingshu.fieldwork.books import import_receipts

            result = import_receipts(
                db, file.name, file.read_bytes(), actor=ACTOR, choice=choice, zone=zone,
                register_m3=register_m3, dry_run=dry_run, skip_bad=skip_bad,
            )  # fmt: skip
        else:
            result = _with_progress(
                db, kind, file, choice, dry_run=dry_run, skip_bad=skip_bad, quiet=as_json
            )
    if errors is not None:
        errors.write_text(error_report(result.errors), encoding="utf-8")
    click.echo(json.dumps(asdict(result), ensure_ascii=False) if as_json else _words(result))
    if result.errors and not skip_bad:
        sys.exit(1)


def _pair(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found or not name:
        msg = f"Expected NAME=VALUE, got {text!r}."
        raise InvalidInput(msg)
    return name, value


def _with_progress(
    db: Database, kind: str, file: Path, choice: Choice, *, quiet: bool, **how: Any
) -> ImportResult:
    console = Console(stderr=True, quiet=quiet or not sys.stderr.isatty())
    with console.status(f"{file.name} …") as status:
        return run_import(
            db, kind, file.name, file.read_bytes(), actor=ACTOR, choice=choice,
            progress=lambda done, total: status.update(f"{file.name}: {done}/{total}"), **how,
        )  # fmt: skip


def _words(result: ImportResult | BookResult) -> str:
    did = "would be" if result.dry_run else "were" if result.imported else "not saved:"
    if isinstance(result, ImportResult):
        lines = [
            f"{result.kind}: {result.rows} rows read as {result.read_as}; {did} "
            f"{result.created} new, {result.updated} changed, {result.unchanged} as stored."
        ]
    else:
        lines = _book_words(result, did)
    if result.ignored_columns:
        lines.append(f"columns not used: {', '.join(result.ignored_columns)}")
    lines += [
        f"row {problem.row} {problem.field} [{problem.code}]: {problem.message}"
        for problem in result.errors[:SHOWN_ERRORS]
    ]
    if len(result.errors) > SHOWN_ERRORS:
        lines.append(f"… and {len(result.errors) - SHOWN_ERRORS} more; --errors FILE lists all.")
    return "\n".join(lines)


def _book_words(result: BookResult, did: str) -> list[str]:
    lines = [
        f"receipts: {result.rows} rows read as {result.read_as}; {did} {result.created} new "
        f"of {result.trucks} trucks, {result.known} as stored, {result.repeated} repeated in "
        f"the file; {result.assumed_volumes} volumes assumed from the truck's capacity."
    ]
    if result.trucks_added:
        lines.append(f"trucks added, out of use: {', '.join(result.trucks_added)}")
    if result.positions_doubted:
        lines.append(
            f"{result.positions_doubted} of {result.positions} places lie out of the "
            "station's area ([station] lat, lon): kept, not shown in the track."
        )
    if result.unknown_trucks:
        lines.append(f"unknown trucks: {', '.join(result.unknown_trucks)}")
    if result.unknown_plants:
        lines.append(f"unknown plants: {', '.join(result.unknown_plants)}")
    lines += [
        f"two plates look alike, kept apart: {pair.first} ({pair.loads_first} loads) and "
        f"{pair.second} ({pair.loads_second}), {pair.same_instant} at the same instant"
        for pair in result.look_alike
    ]
    return lines
