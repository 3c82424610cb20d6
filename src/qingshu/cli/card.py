"""``qingshu card``: service notice cards as a PDF."""

from __future__ import annotations

from pathlib import Path

import click

from qingshu.cli.open_workspace import open_workspace
from qingshu.runtime.logs import configure_logs

DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--to", "directory", type=DIRECTORY, required=True, help="The workspace.")
@click.option("--community", default="", help="Cards of one community, by code.")
@click.option("--tank", default="", help="The card of one tank, by code.")
@click.option("--grid", default="", help="Cards of one grid, by code.")
@click.option("--base-url", default="", help="Public address, instead of [station] public_url.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("cards.pdf"),
    show_default=True, help="Where the PDF goes.",
)  # fmt: skip
def command(
    directory: Path, community: str, tank: str, grid: str, base_url: str, out: Path
) -> None:
    """Set service notice cards, two A6 pages a tank."""
    from qingshu.open.printing.cards import cards_pdf, tanks_for

    configure_logs("card", None)
    with open_workspace(directory) as db:
        with db.read() as conn:
            tanks = tanks_for(conn, community=community, tank=tank, grid=grid)
        pdf = cards_pdf(db, tanks, base_url=base_url)
    out.write_bytes(pdf)
    click.echo(f"{out}: {len(tanks)} cards, {len(pdf) / 1000:.0f} kB")
