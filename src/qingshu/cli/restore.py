"""``qingshu restore FILE DIR``: a workspace again, checked before it is believed."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path

import click

from qingshu.cli.backup import MANIFEST, POSTGRES_DUMP, run_tool
from qingshu.cli.open_workspace import open_workspace
from qingshu.kernel.errors import Conflict, InvalidInput
from qingshu.runtime import eventlog, schema


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def command(file: Path, directory: Path) -> None:
    """Rebuild the workspace saved in FILE in the new folder DIRECTORY."""
    if directory.exists() and any(directory.iterdir()):
        msg = f"Expected an empty folder, {directory} holds files."
        raise Conflict(msg, directory=str(directory))
    directory.mkdir(parents=True, exist_ok=True)
    manifest = unpack(file, directory)
    with open_workspace(directory) as db:
        dump = directory / POSTGRES_DUMP
        if dump.exists():
            dsn = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
            run_tool(["pg_restore", "--no-owner", f"--dbname={dsn}", str(dump)])
        schema.upgrade(db)
        with db.read() as conn:
            broken = eventlog.verify(conn)
            entries = eventlog.head(conn)
    if broken is not None:
        msg = f"Expected a whole event chain, it breaks at #{broken.seq}: {broken.because}."
        raise InvalidInput(msg, seq=broken.seq)
    click.echo(f"{directory}: {len(manifest)} files, {entries} events, chain whole.")


def unpack(file: Path, directory: Path) -> dict[str, str]:
    """Unpack the archive and compare every file with the manifest's hash."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(directory, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        msg = f"Expected a backup made by `qingshu backup`, {file} cannot be unpacked: {error}."
        raise InvalidInput(msg, file=str(file)) from error
    manifest_path = directory / MANIFEST
    if not manifest_path.is_file():
        msg = f"Expected {MANIFEST} in {file}, found none."
        raise InvalidInput(msg, file=str(file))
    hashes: dict[str, str] = json.loads(manifest_path.read_text())["files"]
    for name, expected in hashes.items():
        path = directory / name
        got = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "nothing"
        if got != expected:
            msg = f"Expected {name} with hash {expected[:12]}…, got {got[:12]}…."
            raise InvalidInput(msg, name=name)
    return hashes
