"""Each missing piece of proof is named; together they close."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from qingshu.verify import rules
from qingshu.verify.model import Facts
from qingshu.verify.params import VerifyParams

PROVED = Facts(
    cleared=True, level_before_m=1.86, level_after_m=0.6, unmeasurable="", jobs=1,
    unfinished_jobs=0, missing_zh=(), missing_en=(), gas_recorded=True,
    jobs_without_receipt=0, reports=1, tries=1, answered=True, coordinate="not_started",
    regularise="archived",
)  # fmt: skip


def _failed(facts: Facts) -> dict[str, str]:
    return {i.name: i.zh for i in rules.proof(facts, VerifyParams()) if not i.ok}


def test_proof_when_all_is_there_then_every_item_is_ok() -> None:
    """1.86 − 0.60 = 1.26 m of fall, evidence, receipt, call back."""
    assert _failed(PROVED) == {}


@pytest.mark.parametrize(
    ("change", "name", "zh"),
    [
        ({"level_after_m": 1.7}, "level", "液位只降 16 cm，要降 20 cm"),
        ({"level_after_m": None}, "level", "抽后还没有液位读数"),
        ({"level_before_m": None}, "level", "没有到场前的液位读数，请写明为什么测不了"),
        ({"cleared": False}, "handle", "处理线还没清空"),
        ({"unfinished_jobs": 2}, "handle", "还有 2 张作业单没完工"),
        ({"missing_zh": ("没做：盖严",), "missing_en": ("x",)}, "evidence", "没做：盖严"),
        ({"gas_recorded": False}, "gas", "没有合格的测气记录"),
        ({"jobs_without_receipt": 1}, "receipt", "还没有处理厂过磅单"),
        ({"answered": False, "tries": 2}, "callback", "还没回访，试了 2 次，共 3 次"),
        ({"coordinate": "fee"}, "tracks", "协调线还没办完"),
    ],
)
def test_proof_when_one_piece_is_missing_then_it_is_named(
    change: dict[str, Any], name: str, zh: str
) -> None:
    """One missing piece fails exactly its own item."""
    assert _failed(replace(PROVED, **change)) == {name: zh}


def test_proof_when_tries_are_used_up_or_level_is_stated_then_ok() -> None:
    """Three unanswered calls, or a named person's statement, settle their items."""
    assert _failed(replace(PROVED, answered=False, tries=3)) == {}
    stated = replace(PROVED, level_before_m=None, unmeasurable="无液位计，现场看见底")
    assert _failed(stated) == {}
