"""Settings: defaults, file, environment, refusals that name the key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from qingshu.kernel.errors import InvalidInput
from qingshu.runtime.settings import load_settings


def test_settings_when_file_and_environment_then_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """File over default, environment over file."""
    (tmp_path / "qingshu.toml").write_text("[web]\nport = 9001\nsession_hours = 2\n")
    monkeypatch.setenv("QINGSHU_WEB__PORT", "9002")
    settings = load_settings(tmp_path)
    assert settings.web.port == 9002
    assert settings.web.session_hours == 2
    assert settings.database_url == f"sqlite:///{tmp_path}/qingshu.db"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[web]\nport = 70000\n", "web.port"),
        ("[web]\nprot = 1\n", "web.prot"),
        ("[nonsense]\na = 1\n", "nonsense"),
    ],
)
def test_settings_when_wrong_then_names_the_key(tmp_path: Path, text: str, key: str) -> None:
    """A typo is refused, never ignored."""
    (tmp_path / "qingshu.toml").write_text(text)
    with pytest.raises(InvalidInput) as refused:
        load_settings(tmp_path)
    assert key in refused.value.fields


def test_settings_when_not_toml_then_says_where(tmp_path: Path) -> None:
    """The parser's own words with line and column are kept."""
    (tmp_path / "qingshu.toml").write_text("[web\n")
    with pytest.raises(InvalidInput, match="line 1"):
        load_settings(tmp_path)


def test_room_params_when_overridden_then_known_keys_only(tmp_path: Path) -> None:
    """[params.<room>] replaces a default; an unknown key is refused."""

    @dataclass(frozen=True)
    class Params:
        watch_days: int = 30

    (tmp_path / "qingshu.toml").write_text("[params.learn]\nwatch_days = 60\n")
    assert load_settings(tmp_path).room_params("learn", Params).watch_days == 60
    (tmp_path / "qingshu.toml").write_text("[params.learn]\nwatch = 60\n")
    with pytest.raises(InvalidInput, match="watch"):
        load_settings(tmp_path).room_params("learn", Params)
