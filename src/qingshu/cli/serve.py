"""``qingshu serve DIR``: every process of a workspace, kept running."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from qingshu.cli.open_workspace import open_workspace
from qingshu.runtime import schema
from qingshu.runtime.broker import broker_address, broker_command
from qingshu.runtime.broker_first import join_first
from qingshu.runtime.broker_probe import is_broker_well
from qingshu.runtime.logs import configure_logs
from qingshu.runtime.settings import Settings
from qingshu.runtime.supervise import Supervisor, check_port
from qingshu.sense.topics import TOPICS

PROCESSES = ("web", "ingest", "planner", "clerk")
# NATS writes blocks of up to 8 MB; started on a fuller disk it would only fail again.
BROKER_NEEDS_BYTES = 20_000_000
# Five Python processes on one machine: few malloc arenas and no idle BLAS threads keep
# them within the memory budget. A value set by the operator wins.
LEAN = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@click.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
def command(directory: Path) -> None:
    """Serve the workspace in DIRECTORY until interrupted."""
    run(directory, on_started=lambda url: click.echo(f"Qingshu 清疏  {url}"))


def run(
    directory: Path,
    extra: Sequence[tuple[str, Sequence[str]]] = (),
    on_started: Callable[[str], None] | None = None,
) -> None:
    """Bring the schema up to date, then supervise broker, processes and ``extra``."""
    configure_logs("serve", directory)
    for name, value in LEAN.items():
        os.environ.setdefault(name, value)
    with open_workspace(directory) as db:
        settings = db.settings
        check_ports(settings)
        schema.upgrade(db)
    commands: list[tuple[str, Sequence[str]]] = []
    if settings.broker.embedded:
        join_first(settings, TOPICS)
        commands.append(("broker", broker_command(settings)))
    base = [sys.executable, "-m", "qingshu.cli.main", "process"]
    commands += [(name, [*base, name, str(settings.directory)]) for name in PROCESSES]
    supervisor = Supervisor(
        settings.directory,
        [*commands, *extra],
        {"broker": lambda: _broker_works(settings)},
    )
    url = f"http://{settings.web.host}:{settings.web.port}"
    supervisor.run(None if on_started is None else lambda: on_started(url))


def _broker_works(settings: Settings) -> bool:
    """False when the broker should be started again; a full disk must be freed first."""
    full = shutil.disk_usage(settings.directory).free < BROKER_NEEDS_BYTES
    return full or is_broker_well(settings)


def check_ports(settings: Settings) -> None:
    """Refuse to start on taken ports, naming the setting of each."""
    check_port(settings.web.host, settings.web.port, "web.port")
    check_port(settings.doors.host, settings.doors.jt808_port, "doors.jt808_port")
    if settings.broker.embedded:
        host, port = broker_address(settings)
        check_port(host, port, "broker.url")
        check_port(host, settings.broker.nats_port, "broker.nats_port")
