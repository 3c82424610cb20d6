"""``qingshu replay FILE… --to DIR``: recorded readings through the real doors."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from qingshu.cli.doors import Door, HttpDoor, MqttDoor
from qingshu.cli.open_workspace import open_workspace
from qingshu.cli.recorded import Layout, Recorded, read_file
from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import parse_instant, to_ms
from qingshu.runtime.db import Database

BATCH = 500


@dataclass(slots=True)
class Tally:
    """What the replay did."""

    read: int = 0
    skipped: int = 0
    sent: int = 0
    acknowledged: int = 0
    seconds: float = 0.0
    first_measured: str = ""
    last_measured: str = ""


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--to", "directory", required=True, help="The workspace that receives them.",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--device", default="", help="Device code of all readings.")
@click.option("--device-column", default="", help="Column with the device code.")
@click.option("--time", "time_column", default="measured_at", show_default=True,
              help="Column with ISO 8601 text or epoch seconds or milliseconds.")  # fmt: skip
@click.option("--value", "value_column", default="level_m", show_default=True,
              help="Column with the value.")  # fmt: skip
@click.option("--offsets", default="", help="Column with a list of seconds after --time; "
              "then --value is a list of as many values.")  # fmt: skip
@click.option("--field", default="level_m", show_default=True,
              help="Reading field that the value becomes, e.g. distance_m.")  # fmt: skip
@click.option("--where", default="", help="COLUMN=VALUE: take only these rows.")
@click.option("--zone", default="UTC", show_default=True,
              help="Zone of times that state none.")  # fmt: skip
@click.option("--scale", default=1.0, show_default=True, help="Multiply the value by this …")
@click.option("--plus", default=0.0, show_default=True, help="… and add this, metres.")
@click.option("--until", default="", help="Shift times so that the last is this instant, or now.")
@click.option("--speed", default=0.0, show_default=True,
              help="Recorded seconds per second; 0 is as fast as the door takes them.")  # fmt: skip
@click.option("--door", type=click.Choice(["mqtt", "http"]), default="mqtt", show_default=True)
@click.option("--token", default="", envvar="QINGSHU_TOKEN", help="Bearer token of --door http.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def command(files: tuple[Path, ...], directory: Path, **options: Any) -> None:
    """Send the readings recorded in FILES (csv, csv.gz, parquet, jsonl) through a real door.

    They are sent in order of time. The door acknowledges each before the command ends.
    """
    layout = Layout(
        device=options["device"], device_column=options["device_column"],
        time=options["time_column"], value=options["value_column"], offsets=options["offsets"],
        field=options["field"], where=options["where"], scale=options["scale"],
        plus=options["plus"], zone=options["zone"],
    )  # fmt: skip
    if not layout.device and not layout.device_column:
        msg = "Expected --device CODE or --device-column NAME, got neither."
        raise InvalidInput(msg)
    tally = Tally()
    with open_workspace(directory) as db:
        readings: list[Recorded] = []
        for file in files:
            found = read_file(file, layout)
            readings += found.readings
            tally.skipped += found.skipped
        tally.read = len(readings) + tally.skipped
        readings = _shifted(sorted(readings, key=lambda r: r.measured_ms), options["until"], db)
        door = _door(db, options["door"], options["token"])
        with closing(door):
            _send_all(door, readings, options["speed"], tally, quiet=options["as_json"])
    _report(tally, as_json=options["as_json"])


def _door(db: Database, name: str, token: str) -> Door:
    return MqttDoor(db.settings) if name == "mqtt" else HttpDoor(db.settings, token)


def _shifted(readings: list[Recorded], until: str, db: Database) -> list[Recorded]:
    if not until or not readings:
        return readings
    end = db.clock.now() if until == "now" else parse_instant(until)
    shift = to_ms(end) - readings[-1].measured_ms
    return [Recorded(r.device, r.measured_ms + shift, r.field, r.value) for r in readings]


def _send_all(
    door: Door, readings: list[Recorded], speed: float, tally: Tally, *, quiet: bool
) -> None:
    began = time.monotonic()
    with Progress(console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task("replay", total=len(readings))
        for part in _paced(readings, speed):
            tally.acknowledged += door.send(part)
            tally.sent += len(part)
            progress.update(task, completed=tally.sent)
    tally.acknowledged += door.finish()
    tally.seconds = round(time.monotonic() - began, 3)
    if readings:
        tally.first_measured = readings[0].measured_at
        tally.last_measured = readings[-1].measured_at


def _paced(readings: list[Recorded], speed: float) -> Iterator[list[Recorded]]:
    """Batches: at once, or each reading when its time has come."""
    if speed <= 0:
        for at in range(0, len(readings), BATCH):
            yield readings[at : at + BATCH]
        return
    began = time.monotonic()
    for reading in readings:
        due = began + (reading.measured_ms - readings[0].measured_ms) / 1000 / speed
        time.sleep(max(0.0, due - time.monotonic()))
        yield [reading]


def _report(tally: Tally, *, as_json: bool) -> None:
    found = {name: getattr(tally, name) for name in Tally.__slots__}
    if as_json:
        click.echo(json.dumps(found))
        return
    for name, value in found.items():
        click.echo(f"{name}: {value}")
