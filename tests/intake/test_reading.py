"""The hand-written messages, learned aliases, former names, and ``qingshu intake read``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bench.quality.intake import figures_of, load_half, load_town, score_half
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from qingshu.cli.init import command as init
from qingshu.cli.intake import command as intake_command
from qingshu.intake import service
from qingshu.intake.model import Channel, Said
from qingshu.intake.params import IntakeParams
from qingshu.intake.rules.gazetteer import parts_of
from qingshu.intake.rules.places import find_places
from qingshu.registry import service as registry
from qingshu.registry.model import Kind
from qingshu.runtime.db import Database
from tests.worlds.town_small import Town, build_town_small

HOME = Path(__file__).parents[2]


# Floors a little under what was measured; docs/intake-reading.md has the figures.
@pytest.mark.parametrize(
    ("half", "top1", "area", "category", "danger"),
    [
        ("tuning", 0.98, 0.99, 0.97, 1.0),
        ("heldout", 0.98, 0.99, 0.95, 0.96),
        ("blind", 0.95, 0.98, 0.45, 0.4),
    ],
)
def test_reading_when_labelled_messages_then_not_worse_than_measured(
    half: str, top1: float, area: float, category: float, danger: float
) -> None:
    """No change of the rules may cost what was reached."""
    found = figures_of(score_half(load_town(HOME), load_half(HOME, half)))
    assert found["tank_top1"] >= top1
    assert found["office_community"] >= area
    assert found["category_macro_f1"] >= category
    assert found["danger_recall"] >= danger
    assert found["callback_wrong"] == 0


@given(st.text(max_size=200))
def test_find_places_when_any_text_then_scores_in_range_and_reasons(text: str) -> None:
    """No text breaks the search; every candidate says why."""
    town = load_town(HOME)
    for candidate in find_places(town.gazetteer, text, spot=None, params=IntakeParams()):
        assert 0 <= candidate.score <= 1
        assert candidate.because
        assert candidate.because_en


def test_parts_of_when_landmark_then_no_building() -> None:
    """A tank behind a market has no building number."""
    assert parts_of("柳泉菜市场后院").building == 0


def test_locate_when_person_corrects_then_words_lead_there_next_time(db: Database) -> None:
    """Unknown words before a building become another name of the community."""
    town: Town = build_town_small(db)
    with db.write("account:desk") as tx:
        first = service.receive(tx, Said(Channel.PHONE, "俺家住红砖小院3号楼，井往外冒水"))
        assert first.tank_id is None
        service.locate(tx, first.id, town.tanks[0])
    with db.write("account:desk") as tx:
        again = service.receive(tx, Said(Channel.PHONE, "红砖小院3号楼北又冒了"))
    assert again.tank_id == town.tanks[0]
    assert "红砖小院" in again.because


def test_receive_when_former_name_is_said_then_found(db: Database) -> None:
    """A renamed community still answers to its old name."""
    town: Town = build_town_small(db)
    with db.write("account:desk") as tx:
        registry.update(tx, Kind.COMMUNITIES, town.communities[1], {"name": "锦绣社区"})
    with db.write("account:desk") as tx:
        report = service.receive(tx, Said(Channel.PHONE, "营市社区到处冒水"))
    assert report.community_id == town.communities[1]


def test_intake_read_when_lines_then_one_object_a_line(tmp_path: Path) -> None:
    """The command answers every line, an empty registry included."""
    runner = CliRunner()
    made = runner.invoke(init, [str(tmp_path / "w"), "--password", "tank-2026-qingshu"])
    assert made.exit_code == 0, made.output
    said = "污水倒灌进我家厨房，回电13805310000\n\n" + "臭" * 50_000 + "\n"
    arguments = ["read", "-", "--to", str(tmp_path / "w"), "--json"]
    result = runner.invoke(intake_command, arguments, input=said)
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [line["urgency"] for line in lines] == ["danger", "routine", "routine"]
    assert lines[0]["callback"] == "13805310000"
    assert lines[0]["places"] == []
