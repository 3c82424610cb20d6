"""``qingshu backup DIR FILE``: one file that holds a whole workspace, made while it runs."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

import qingshu
from qingshu.cli.open_workspace import open_workspace
from qingshu.kernel.errors import Conflict, Unavailable
from qingshu.kernel.instants import iso
from qingshu.runtime.db import Database
from qingshu.runtime.settings import FILE_NAME
from qingshu.runtime.vault import KEY_FILE

MANIFEST = "manifest.json"
SQLITE_COPY = "qingshu.db"
POSTGRES_DUMP = "database.dump"
# The broker's store is left out: what it holds is not yet acknowledged and stays there.
FOLDERS = ("blobs", "readings", "roads", "world")
FILES = (FILE_NAME, KEY_FILE)


@click.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(directory: Path, file: Path, as_json: bool) -> None:
    """Save the workspace in DIRECTORY to FILE (.tar.gz), also while it is served."""
    if file.exists():
        msg = f"Expected a new file name, {file} exists."
        raise Conflict(msg, file=str(file))
    with open_workspace(directory) as db:
        manifest = write_backup(db, file)
    if as_json:
        click.echo(json.dumps(manifest))
    else:
        size_mb = file.stat().st_size / 1e6
        click.echo(f"{file}: {len(manifest['files'])} files, {size_mb:.1f} MB")


def write_backup(db: Database, file: Path) -> dict[str, dict[str, str] | str]:
    """Write the archive; it appears under its name only when it is whole."""
    root = db.settings.directory
    draft = file.with_suffix(file.suffix + ".part")
    hashes: dict[str, str] = {}
    with tempfile.TemporaryDirectory(dir=file.resolve().parent) as scratch:
        copy = _database_copy(db, Path(scratch))
        with tarfile.open(draft, "w:gz", compresslevel=3) as archive:
            for path, name in [(copy, copy.name), *_workspace_files(root)]:
                hashes[name] = _sha256(path)
                archive.add(path, name)
            manifest: dict[str, dict[str, str] | str] = {
                "version": qingshu.__version__,
                "made_at": iso(db.clock.now()),
                "files": hashes,
            }
            body = json.dumps(manifest, indent=1).encode()
            info = tarfile.TarInfo(MANIFEST)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    draft.rename(file)
    return manifest


def _database_copy(db: Database, scratch: Path) -> Path:
    url = db.engine.url
    if db.engine.dialect.name == "sqlite":
        target = scratch / SQLITE_COPY
        with (
            closing(sqlite3.connect(str(url.database))) as source,
            closing(sqlite3.connect(target)) as sink,
        ):
            source.backup(sink)
        return target
    target = scratch / POSTGRES_DUMP
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    run_tool(["pg_dump", "--format=custom", f"--file={target}", f"--dbname={dsn}"])
    return target


def run_tool(arguments: list[str]) -> None:
    """Run a PostgreSQL client tool; its failure is ours, in its words."""
    try:
        subprocess.run(arguments, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        msg = f"Expected {arguments[0]} on PATH, found none. Install the PostgreSQL client."
        raise Unavailable(msg) from error
    except subprocess.CalledProcessError as error:
        msg = f"Expected {arguments[0]} to succeed, got: {error.stderr.strip()}"
        raise Unavailable(msg) from error


def _workspace_files(root: Path) -> Iterator[tuple[Path, str]]:
    for name in FILES:
        if (root / name).is_file():
            yield root / name, name
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not path.name.endswith(".part"):
                yield path, str(path.relative_to(root))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
