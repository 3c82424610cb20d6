"""A workspace is made, examined, saved and brought back from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from qingshu.cli import account, backup, doctor, init, log, restore
from qingshu.kernel.errors import Conflict, InvalidInput, NotFound
from qingshu.runtime.db import Database
from qingshu.runtime.settings import load_settings


def run(command: object, *arguments: object, **options: object) -> Result:
    """Run a command; our own errors come out as they are."""
    result = CliRunner().invoke(command, [str(a) for a in arguments], **options)  # type: ignore[arg-type]
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A fresh workspace with an administrator."""
    folder = tmp_path / "city"
    run(init.command, folder, "--password", "admin-2026")
    return folder


def test_init_when_repeated_then_refused(workspace: Path) -> None:
    """A workspace is never overwritten."""
    with pytest.raises(Conflict):
        run(init.command, workspace, "--password", "admin-2026")


def test_command_when_folder_is_no_workspace_then_says_what_to_run(tmp_path: Path) -> None:
    """The error names the next step."""
    with pytest.raises(NotFound, match="qingshu init"):
        run(log.command, "verify", tmp_path)


def test_backup_when_restored_then_same_accounts_and_whole_chain(
    workspace: Path, tmp_path: Path
) -> None:
    """What was saved comes back, in a new folder, checked."""
    run(
        account.command, "add", workspace, "zhou",
        "--role", "dispatcher", "--password", "zhou-2026",
    )  # fmt: skip
    saved, again = tmp_path / "city.tar.gz", tmp_path / "again"
    manifest = json.loads(run(backup.command, workspace, saved, "--json").output)
    assert set(manifest["files"]) >= {"qingshu.toml", "secret.key", "qingshu.db"}
    assert "chain whole" in run(restore.command, saved, again).output
    db = Database(load_settings(again))
    with db.read() as conn:
        names = conn.execute(text("SELECT username FROM account ORDER BY id")).scalars().all()
    db.close()
    assert names == ["admin", "zhou"]


def test_restore_when_archive_is_damaged_then_refused(workspace: Path, tmp_path: Path) -> None:
    """A cut or altered archive is not believed."""
    saved = tmp_path / "city.tar.gz"
    run(backup.command, workspace, saved)
    saved.write_bytes(saved.read_bytes()[:-200])
    with pytest.raises(InvalidInput):
        run(restore.command, saved, tmp_path / "again")


def test_log_verify_when_tampered_then_exit_1_and_the_entry(workspace: Path) -> None:
    """The command says where the chain breaks."""
    assert json.loads(run(log.command, "verify", workspace, "--json").output)["whole"]
    db = Database(load_settings(workspace))
    with db.engine.begin() as conn:
        conn.execute(
            text("INSERT INTO event_log VALUES (1, 0, 'a.b', 'a', 1, 'x', NULL, '{}', 'no', 'no')")
        )
    db.close()
    result = run(log.command, "verify", workspace, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["broken"]["seq"] == 1


def test_doctor_when_nothing_runs_then_says_what_is_silent_and_how_to_mend(workspace: Path) -> None:
    """Each bad finding carries a next step in both languages."""
    result = run(doctor.command, workspace, "--json")
    checks = {c["name"]: c for c in json.loads(result.output)}
    assert result.exit_code == 1
    assert checks["database"]["ok"]
    assert checks["chain"]["ok"]
    for name in ("broker", "processes"):
        assert not checks[name]["ok"]
        assert checks[name]["mend_zh"]
        assert checks[name]["mend_en"]


def test_doctor_when_database_is_read_only_then_says_so(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database nobody can write to is a finding, not a crash."""
    url = f"sqlite:///file:{workspace / 'qingshu.db'}?mode=ro&uri=true"
    monkeypatch.setenv("QINGSHU_DATABASE__URL", url)
    checks = {c["name"]: c for c in json.loads(run(doctor.command, workspace, "--json").output)}
    assert checks["database"]["ok"]
    assert not checks["writable"]["ok"]
    assert "readonly" in checks["writable"]["en"]
    assert checks["writable"]["mend_en"]
