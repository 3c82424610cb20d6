"""``qingshu doctor DIR``: what is wrong and how to mend it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from qingshu.cli.open_workspace import open_workspace
from qingshu.web import doctor


@click.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(directory: Path, as_json: bool) -> None:
    """Examine the workspace in DIRECTORY; exit 1 when something is wrong."""
    with open_workspace(directory) as db:
        checks = doctor.examine(db)
    if as_json:
        click.echo(json.dumps([asdict(c) for c in checks], ensure_ascii=False))
    else:
        for check in checks:
            click.echo(f"{'ok  ' if check.ok else 'BAD '} {check.name:13} {check.zh}  {check.en}")
            if not check.ok:
                click.echo(f"     → {check.mend_zh}\n     → {check.mend_en}")
    if not all(check.ok for check in checks):
        sys.exit(1)
