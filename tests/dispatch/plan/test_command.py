"""``qingshu dispatch``: the two doors, their exit codes and their words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qingshu.cli.dispatch import command
from qingshu.dispatch.plan.errors import ScenarioBroken
from tests.dispatch.plan.days import Raw, line_day


def run(*words: str, raises: bool = False) -> Result:
    """Call the command; let its errors through when asked."""
    return CliRunner().invoke(command, list(words), standalone_mode=not raises)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """A scenario and where its plan goes."""
    scenario = tmp_path / "S.json"
    scenario.write_text(json.dumps(line_day()), encoding="utf-8")
    return {"scenario": str(scenario), "plan": str(tmp_path / "P.json")}


def _plan(files: dict[str, str], *more: str) -> Result:
    return run("plan", "--scenario", files["scenario"], "--seconds", "0.3", "--seed", "2",
               "--out", files["plan"], *more)  # fmt: skip


def test_plan_when_made_then_check_passes(files: dict[str, str]) -> None:
    """The plan has the format of the door and passes the checker."""
    assert _plan(files).exit_code == 0
    plan: dict[str, Any] = json.loads(Path(files["plan"]).read_text(encoding="utf-8"))
    assert set(plan) >= {"routes", "unserved", "cost", "bound_or_gap"}
    assert plan["bound_or_gap"] <= plan["cost"]
    checked = run("check", "--scenario", files["scenario"], "--plan", files["plan"])
    assert checked.exit_code == 0
    assert checked.output.startswith("holds")


def test_check_when_a_rule_breaks_then_exit_one_and_its_name(files: dict[str, str]) -> None:
    """The broken rule is named in both forms."""
    _plan(files)
    path = Path(files["plan"])
    plan: Raw = json.loads(path.read_text(encoding="utf-8"))
    plan["cost"] += 500
    path.write_text(json.dumps(plan), encoding="utf-8")
    words = ("check", "--scenario", files["scenario"], "--plan", files["plan"])
    told, as_json = run(*words), run(*words, "--json")
    assert (told.exit_code, as_json.exit_code) == (1, 1)
    assert "broken[cost]" in told.output
    assert json.loads(as_json.output)["broken"][0]["rule"] == "cost"


def test_replan_when_previous_is_given_then_kept(files: dict[str, str], tmp_path: Path) -> None:
    """``--previous`` takes the plan before; nothing changed, so nothing moves."""
    _plan(files)
    before = tmp_path / "before.json"
    before.write_bytes(Path(files["plan"]).read_bytes())
    assert _plan(files, "--previous", str(before), "--json").exit_code == 0
    assert json.loads(Path(files["plan"]).read_text(encoding="utf-8"))["moved"] == []


def test_plan_when_the_scenario_is_broken_then_a_typed_error(files: dict[str, str]) -> None:
    """No plan is written."""
    Path(files["scenario"]).write_text("{", encoding="utf-8")
    found = _plan(files)
    assert isinstance(found.exception, ScenarioBroken)
    assert not Path(files["plan"]).exists()
