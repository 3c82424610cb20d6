"""``qingshu log``: check and read the event log."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from qingshu.cli.open_workspace import open_workspace
from qingshu.kernel.instants import iso
from qingshu.runtime import eventlog

DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Check and read the event log."""


@command.command()
@click.argument("directory", type=DIRECTORY)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(directory: Path, as_json: bool) -> None:
    """Walk the hash chain; exit 1 at the first entry that does not follow."""
    with open_workspace(directory) as db, db.read() as conn:
        broken = eventlog.verify(conn)
        entries = eventlog.head(conn)
    if as_json:
        fault = None if broken is None else {"seq": broken.seq, "because": broken.because}
        click.echo(json.dumps({"entries": entries, "whole": broken is None, "broken": fault}))
    elif broken is None:
        click.echo(f"The chain of {entries} entries is whole.")
    else:
        click.echo(f"error[chain_broken]: entry {broken.seq}: {broken.because}", err=True)
    if broken is not None:
        sys.exit(1)


@command.command()
@click.argument("directory", type=DIRECTORY)
@click.option("--after", default=0, show_default=True, help="Start behind this sequence.")
@click.option("--limit", default=1000, show_default=True, help="Print at most this many.")
def show(directory: Path, after: int, limit: int) -> None:
    """Print entries as JSON lines, oldest first."""
    with open_workspace(directory) as db, db.read() as conn:
        for entry in eventlog.tail(conn, after, limit):
            line = {
                "seq": entry.seq, "at": iso(entry.at), "kind": entry.kind,
                "subject": f"{entry.subject_kind}:{entry.subject_id}", "actor": entry.actor,
                "cause": entry.cause, "payload": entry.payload,
            }  # fmt: skip
            click.echo(json.dumps(line, ensure_ascii=False))
