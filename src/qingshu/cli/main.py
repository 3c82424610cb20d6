"""The ``qingshu`` command: finds the commands beside it and prints errors one way."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import click

import qingshu
from qingshu import cli
from qingshu.kernel.errors import QingshuError


class Commands(click.Group):
    """Loads a command's module only when it is called, so ``--help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every module of the folder that holds a command."""
        names = (m.name for m in pkgutil.iter_modules(cli.__path__) if m.name != "main")
        # The module of `import` has to be called import_.
        spoken = (name.rstrip("_").replace("_", "-") for name in names)
        return sorted(name for name in spoken if self.get_command(ctx, name) is not None)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of one module, None when there is no such module."""
        name = f"qingshu.cli.{cmd_name.replace('-', '_')}"
        if cmd_name == "import":
            name = "qingshu.cli.import_"
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name == name:
                return None
            raise
        found = getattr(module, "command", None)
        return found if isinstance(found, click.Command) else None


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(qingshu.__version__, prog_name="qingshu")
def group() -> None:
    """Qingshu 清疏: see the overflow coming, send the right truck, prove the job."""


def main() -> None:
    """Run the command line; a known error ends with ``error[code]: sentence``."""
    try:
        group()
    except QingshuError as error:
        click.echo(f"error[{error.code}]: {error.message}", err=True)
        for name, what in error.fields.items():
            click.echo(f"  {name}: {what}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
