"""The gate names every failed item and opens only for a complete test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qingshu.fieldwork.model import GasReadings, GasTest
from qingshu.fieldwork.params import FieldworkParams
from qingshu.fieldwork.rules import gas

GOOD = GasTest(
    GasReadings(o2_pct=20.4, h2s_mgm3=3.0, ch4_lel=6.0, co_mgm3=4.0),
    "GX-0318", "刘海燕", "张伟", True, 0.0, "井口下 0.5 m",
)  # fmt: skip
PARAMS = FieldworkParams()


def _readings(**change: float | None) -> GasTest:
    return replace(GOOD, readings=replace(GOOD.readings, **change))


@pytest.mark.parametrize(
    ("test", "zh"),
    [
        (_readings(h2s_mgm3=18.0), "硫化氢 18，超过限值 10 mg/m³"),
        (_readings(o2_pct=19.4), "氧气 19.4%，不在 19.5–23.5% 内"),
        (_readings(o2_pct=23.6), "氧气 23.6%，不在 19.5–23.5% 内"),
        (_readings(ch4_lel=10.1), "可燃气 10.1，超过限值 10 %LEL"),
        (_readings(co_mgm3=None), "缺一氧化碳读数"),
        (_readings(co_mgm3=-1.0), "一氧化碳读数 -1 无效"),
        (_readings(h2s_mgm3=float("nan")), "硫化氢读数 nan 无效"),
        (replace(GOOD, attendant=" "), "没有井口值守人"),
        (replace(GOOD, instrument=""), "没写气体仪编号"),
        (replace(GOOD, tested_by=""), "没写测气人"),
        (replace(GOOD, rescue_kit=False), "救援装备不在现场"),
        (replace(GOOD, ventilation_min=None), "没记通风时间"),
    ],
)
def test_judge_when_one_item_is_wrong_then_that_item_is_named(test: GasTest, zh: str) -> None:
    """Each single fault refuses, in words, with what to do next."""
    verdict = gas.judge(test, failed_before=False, params=PARAMS)
    assert [w.zh for w in verdict.failures] == [zh]
    assert len(verdict.todo) == 3


def test_judge_when_at_the_limits_then_passes() -> None:
    """A limit itself is allowed."""
    test = _readings(o2_pct=19.5, h2s_mgm3=10.0, ch4_lel=10.0, co_mgm3=20.0)
    assert gas.judge(test, failed_before=False, params=PARAMS).cleared


def test_judge_when_the_last_test_failed_then_needs_15_minutes_of_ventilation() -> None:
    """14 minutes do not open the gate, 15 do."""
    short = replace(GOOD, ventilation_min=14.0)
    assert "要通风 15 分" in gas.judge(short, failed_before=True, params=PARAMS).failures[0].zh
    enough = replace(GOOD, ventilation_min=15.0)
    assert gas.judge(enough, failed_before=True, params=PARAMS).cleared
