"""``qingshu meeting``: the pack of a hotline analysis meeting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from qingshu.cli.open_workspace import open_workspace
from qingshu.runtime.logs import configure_logs

DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option("--to", "directory", type=DIRECTORY, required=True, help="The workspace.")
@click.option("--from", "from_day", type=DAY, help="First day; default: last calendar month.")
@click.option("--to-date", type=DAY, help="Last day, included.")
@click.option("--out", type=FILE, default=Path("meeting.pdf"), show_default=True, help="The PDF.")
@click.option("--excel", type=FILE, help="Also the tables behind it, as .xlsx.")
@click.option("--place", default="", help="When and where the meeting is, for the cover.")
@click.option("--chair", default="", help="Who leads and who writes, for the cover.")
def command(
    directory: Path,
    from_day: datetime | None,
    to_date: datetime | None,
    out: Path,
    excel: Path | None,
    place: str,
    chair: str,
) -> None:
    """Set the meeting pack of a period: PDF and, with --excel, its tables."""
    from qingshu.open.printing.facts import gather, last_month
    from qingshu.open.printing.meeting import meeting_pdf
    from qingshu.open.printing.sheets import meeting_xlsx

    if (from_day is None) != (to_date is None):
        msg = "Expected --from and --to-date together, got one."
        raise click.UsageError(msg)
    configure_logs("meeting", None)
    with open_workspace(directory) as db, db.read() as conn:
        now, zone = db.clock.now(), db.settings.station.zone
        start, end = last_month(now, zone)
        if from_day is not None and to_date is not None:
            start = from_day.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
            end = (to_date + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        facts = gather(conn, db.settings, start, end, now)
        out.write_bytes(meeting_pdf(conn, db.settings, facts, place=place, chair=chair))
        click.echo(f"{out}: {facts.total.received} reports, {len(facts.spots)} spots")
        if excel is not None:
            excel.write_bytes(meeting_xlsx(conn, db.settings, facts))
            click.echo(str(excel))
