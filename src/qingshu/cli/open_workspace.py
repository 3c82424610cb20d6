"""Opens a workspace for a command, with clear words when it is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qingshu.kernel.errors import NotFound
from qingshu.runtime.db import Database
from qingshu.runtime.settings import FILE_NAME, load_settings


@contextmanager
def open_workspace(directory: Path) -> Iterator[Database]:
    """The database of the workspace in ``directory``; closed on leaving."""
    if not (directory / FILE_NAME).is_file():
        msg = f"Expected a workspace, {directory} has no {FILE_NAME}. Run `qingshu init` first."
        raise NotFound(msg, directory=str(directory))
    db = Database(load_settings(directory))
    try:
        yield db
    finally:
        db.close()
