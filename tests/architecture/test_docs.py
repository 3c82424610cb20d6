"""What the documentation lists is what there is."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import click
import pytest

import qingshu
from qingshu.cli.main import group
from qingshu.kernel.errors import QingshuError
from qingshu.runtime.settings import Settings

ROOT = Path(__file__).parents[2]


def test_settings_page_when_read_then_names_every_setting() -> None:
    """Each key of each section has a row with a description."""
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    for section, field in Settings.model_fields.items():
        options = getattr(field.annotation, "model_fields", {})
        for key, option in options.items():
            assert option.description, f"{section}.{key} has no description"
            assert f"| `{key}` |" in page


def test_commands_page_when_read_then_names_every_command() -> None:
    """Each command has help and a heading."""
    page = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    context = click.Context(group, info_name="qingshu")
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        assert command.help, f"{name} has no help"
        if not command.hidden:
            assert f"## `qingshu {name}`" in page


def test_error_codes_when_compared_then_each_cause_has_its_own() -> None:
    """Two error classes never share a code, except one inheriting it."""
    for module in pkgutil.walk_packages(qingshu.__path__, "qingshu."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    seen: dict[str, type] = {}
    queue = list(QingshuError.__subclasses__())
    while queue:
        kind = queue.pop()
        queue.extend(kind.__subclasses__())
        if "code" not in vars(kind):
            continue
        assert re.fullmatch(r"[a-z][a-z0-9_]*", kind.code)
        assert kind.code not in seen, f"{kind.code}: {kind} and {seen[kind.code]}"
        seen[kind.code] = kind


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_readme_when_read_then_shows_the_two_commands(readme: str) -> None:
    """`make run` and `make test` stand in both languages."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert "make run" in text
    assert "make test" in text
