"""``qingshu account``: who may sign in."""

from __future__ import annotations

from pathlib import Path

import click

from qingshu.cli.open_workspace import open_workspace
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.roles import Role

DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)
ROLES = click.Choice([role.value for role in Role])
TOKEN_HOURS = 24 * 365


@click.group()
def command() -> None:
    """Add people and programs that may sign in."""


@command.command()
@click.argument("directory", type=DIRECTORY)
@click.argument("username")
@click.option("--role", "roles", multiple=True, required=True, type=ROLES)
@click.option("--name", default="", help="Name shown on screen.")
@click.option("--truck", default="", help="Truck code, for a crew's phone.")
@click.option("--person", default="", help="Code of the person in the registry.")
@click.password_option()
def add(
    directory: Path,
    username: str,
    roles: tuple[str, ...],
    name: str,
    truck: str,
    person: str,
    password: str,
) -> None:
    """Add an account to the workspace in DIRECTORY."""
    with open_workspace(directory) as db, db.write("system:cli") as tx:
        accounts.create_account(
            tx, username, password, name=name or username,
            roles=[Role(r) for r in roles], truck_code=truck, person_code=person,
        )  # fmt: skip
    click.echo(f"{username} may sign in.")


@command.command()
@click.argument("directory", type=DIRECTORY)
@click.argument("username")
@click.option("--label", default="token", help="What the token is for.")
@click.option("--hours", default=float(TOKEN_HOURS), show_default=True, help="Life, hours.")
def token(directory: Path, username: str, label: str, hours: float) -> None:
    """Print a bearer token for a program; it is shown once and stored hashed."""
    with open_workspace(directory) as db, db.write("system:cli") as tx:
        account_id = accounts.account_id(tx.conn, username)
        click.echo(accounts.open_session(tx, account_id, label=label, hours=hours))
