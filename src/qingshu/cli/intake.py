"""``qingshu intake``: read messages as the inbox would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

import click

from qingshu.cli.open_workspace import open_workspace
from qingshu.intake.messages import MessageReader
from qingshu.runtime.logs import configure_logs

DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Read messages as the inbox would."""


@command.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
@click.option("--to", "directory", type=DIRECTORY, required=True, help="The workspace.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def read(file: TextIO, directory: Path, as_json: bool) -> None:
    """Read FILE (or ``-``), one message a line: places, category, urgency, callback."""
    configure_logs("intake", None)
    with open_workspace(directory) as db, db.read() as conn:
        reader = MessageReader(conn, db.settings)
    for line in file:
        message = line.rstrip("\r\n")
        found = reader.read(message)
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False))
            continue
        first = found["places"][0] if found["places"] else {}
        place = " ".join(str(v) for k, v in first.items() if v and k not in ("because", "score"))
        click.echo(f"{found['urgency']:8} {found['category']:18} {place or '-'}  {message[:60]}")
