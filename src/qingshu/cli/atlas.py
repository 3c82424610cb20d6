"""``qingshu atlas``: the grid atlas as a PDF."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from qingshu.cli.open_workspace import open_workspace
from qingshu.runtime.logs import configure_logs

DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--to", "directory", type=DIRECTORY, required=True, help="The workspace.")
@click.option("--grid", default="", help="One grid, by code; default: the whole city.")
@click.option(
    "--since", type=click.DateTime(formats=["%Y-%m-%d"]), help="Mark what changed after this day."
)
@click.option("--workers", default=2, show_default=True, help="Processes for a whole city.")
@click.option("--out", type=FILE, default=Path("atlas.pdf"), show_default=True, help="The PDF.")
def command(directory: Path, grid: str, since: datetime | None, workers: int, out: Path) -> None:
    """Set the grid atlas: sheets with map and tank table."""
    from qingshu.open.printing.atlas import atlas_pdf

    configure_logs("atlas", None)
    with open_workspace(directory) as db:
        day = since.date() if since is not None else None
        pdf = atlas_pdf(db, grid=grid, since=day, workers=workers)
    out.write_bytes(pdf)
    click.echo(f"{out}: {len(pdf) / 1e6:.1f} MB")
