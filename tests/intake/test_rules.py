"""Words, places, clocks and the life cycle, as pure decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.intake.model import LIFE, Category, Channel, Command, Status, Urgency
from qingshu.intake.params import IntakeParams
from qingshu.intake.rules.clocks import after_workdays, answer_due
from qingshu.intake.rules.words import read_text
from qingshu.kernel.errors import InvalidInput, TransitionNotAllowed
from qingshu.kernel.lifecycle import follow

ZONE = "Asia/Shanghai"
FRIDAY = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "category", "urgency"),
    [
        ("裕园社区3号楼北化粪池满了，污水往外冒", "overflow", "urgent"),
        ("一楼马桶堵了，下不去水", "blockage", "routine"),
        ("楼道里一股臭味，开不了窗", "odour", "routine"),
        ("化粪池旁边有煤气味，像是沼气", "gas", "danger"),
        ("小区路上井盖丢了，孩子差点掉进去", "lid", "danger"),
        ("污水倒灌进我家厨房了", "overflow", "danger"),
        ("化粪池盖板旁边地面塌陷", "structural", "urgent"),
        ("请安排清掏化粪池", "desludging_request", "routine"),
        ("吸污车凌晨作业噪音太大扰民", "noise", "routine"),
        ("表扬清疏班的师傅，活干得干净", "praise", "routine"),
        ("请问化粪池清理怎么收费", "question", "routine"),
        ("今天天气不错", "other", "routine"),
        ("Sewage is overflowing in the yard of building 3", "overflow", "urgent"),
        ("The manhole cover is missing near the school", "lid", "danger"),
        ("Sewage comes into our kitchen", "overflow", "danger"),
    ],
)
def test_read_text_when_clear_words_then_category_and_urgency(
    text: str, category: str, urgency: str
) -> None:
    """One clear message of each kind, in both languages."""
    read = read_text(text)
    assert (read.category, read.urgency) == (Category(category), Urgency(urgency))


def test_read_text_then_callback_and_repeat_are_found() -> None:
    """The number to call back and that it is not the first time."""
    read = read_text("之前报过了，至今没人来，我电话 13805310000")
    assert read.callback == "13805310000"
    assert read.repeat


@given(st.text(max_size=300))
def test_read_text_when_anything_is_said_then_something_is_understood(text: str) -> None:
    """No text breaks the reading."""
    read = read_text(text)
    assert read.category in Category
    assert read.urgency in Urgency


def test_after_workdays_when_weekend_between_then_skipped() -> None:
    """Five working days from Friday afternoon end on the next Friday."""
    due = after_workdays(FRIDAY, 5, ZONE, IntakeParams())
    assert due == datetime(2026, 12, 4, 6, 0, tzinfo=UTC)


def test_after_workdays_when_holiday_and_exchanged_sunday_then_counted_so() -> None:
    """A listed day off does not count, a worked Sunday does."""
    params = IntakeParams(holidays=("2026-11-30",), extra_workdays=("2026-11-29",))
    due = after_workdays(FRIDAY, 2, ZONE, params)
    assert due == datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


def test_answer_due_when_danger_then_hours_not_days() -> None:
    """The danger's clock runs faster than the channel's."""
    params = IntakeParams()
    danger = answer_due(FRIDAY, Channel.HOTLINE, Urgency.DANGER, zone=ZONE, params=params)
    letter = answer_due(FRIDAY, Channel.LETTER, Urgency.ROUTINE, zone=ZONE, params=params)
    assert danger - FRIDAY == timedelta(hours=2)
    assert letter == datetime(2026, 12, 18, 6, 0, tzinfo=UTC)


@given(st.lists(st.sampled_from(list(Command)), max_size=30))
def test_life_when_any_commands_then_only_arrows_of_the_table(commands: list[Command]) -> None:
    """No sequence of commands leaves the table; a closed report only reopens."""
    state = Status.RECEIVED
    for command in commands:
        if (state, command) in LIFE:
            state = follow(LIFE, state, command)
            assert state in Status
        else:
            with pytest.raises(TransitionNotAllowed):
                follow(LIFE, state, command)
            if state in (Status.CLOSED, Status.RETURNED):
                assert command is not Command.REOPEN


def test_params_when_out_of_range_then_refused() -> None:
    """A bar above 1 would never let a place through."""
    with pytest.raises(InvalidInput):
        IntakeParams(tank_bar=1.5)
