"""``qingshu init DIR``: an empty workspace with its first administrator."""

from __future__ import annotations

from pathlib import Path

import click

from qingshu.kernel.errors import Conflict
from qingshu.runtime import schema
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.db import Database
from qingshu.runtime.settings import FILE_NAME, load_settings
from qingshu.runtime.vault import vault_of

TEMPLATE = """# Settings of this workspace. All keys: docs/reference/settings.md
[station]
name = "{name}"
zone = "Asia/Shanghai"
"""


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", default="清疏", show_default=True, help="Station name.")
@click.option("--admin", default="admin", show_default=True, help="First user's name.")
@click.password_option(help="First user's password (asked for when not given).")
def command(directory: Path, name: str, admin: str, password: str) -> None:
    """Make a new workspace in DIRECTORY."""
    create_workspace(directory, TEMPLATE.format(name=name.replace('"', "'")))
    db = Database(load_settings(directory))
    with db.write("system:init") as tx:
        accounts.create_account(tx, admin, password, name=admin, roles=[Role.ADMIN])
    db.close()
    click.echo(f"{directory} is ready. Next: qingshu serve {directory}")


def create_workspace(directory: Path, settings_text: str) -> None:
    """Write the settings file, the key and an empty database.

    Raises
    ------
    Conflict
        ``directory`` already holds a workspace.
    """
    if (directory / FILE_NAME).exists():
        msg = f"Expected a folder without {FILE_NAME}, {directory} is a workspace already."
        raise Conflict(msg, directory=str(directory))
    directory.mkdir(parents=True, exist_ok=True)
    (directory / FILE_NAME).write_text(settings_text, encoding="utf-8")
    settings = load_settings(directory)
    vault_of(settings.directory)
    db = Database(settings)
    schema.upgrade(db)
    db.close()
