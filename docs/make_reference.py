"""Writes (or with --check compares) the reference pages that are made from the code."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from pydantic import BaseModel

from qingshu.cli.main import group
from qingshu.runtime.settings import Settings

REFERENCE = Path(__file__).parent / "reference"


def settings_page() -> str:
    """Every setting: section, key, default, description."""
    lines = [
        "# Settings",
        "",
        "`DIR/qingshu.toml`, one table a section. An environment variable",
        "`QINGSHU_<SECTION>__<KEY>` overrides the file. This page is made by",
        "`python docs/make_reference.py`.",
    ]
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            continue
        lines += ["", f"## [{name}]", "", f"{kind.__doc__}", "", "| key | default | meaning |"]
        lines += ["| --- | --- | --- |"]
        for key, option in kind.model_fields.items():
            default = repr(option.default).replace("|", "\\|")
            lines.append(f"| `{key}` | `{default}` | {option.description} |")
    lines += ["", "## [params.<room>]", "", str(Settings.model_fields["params"].description)]
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Every command with its help text."""
    context = click.Context(group, info_name="qingshu")
    lines = ["# Commands", "", "This page is made by `python docs/make_reference.py`."]
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if command.hidden:
            continue
        lines += _command(command, click.Context(command, info_name=name, parent=context))
    return "\n".join(lines) + "\n"


def _command(command: click.Command, context: click.Context) -> list[str]:
    lines = ["", f"## `{context.command_path}`", "", "```text", command.get_help(context), "```"]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            lines += _command(child, click.Context(child, info_name=name, parent=context))
    return lines


PAGES = {"settings.md": settings_page, "commands.md": commands_page}


def main() -> int:
    """Write the pages; with ``--check`` fail when one is out of date."""
    stale = []
    for name, make in PAGES.items():
        path, text = REFERENCE / name, make()
        if "--check" in sys.argv:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.stderr.write(
            f"error[docs_stale]: docs/reference/{', '.join(stale)} differ from the code; "
            "run python docs/make_reference.py\n"
        )
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
