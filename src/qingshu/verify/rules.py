"""What proves that an incident is over, item by item."""

from __future__ import annotations

from qingshu.verify.model import Facts, ProofItem
from qingshu.verify.params import VerifyParams

_DONE = {"coordinate": ("answered", "not_needed"), "regularise": ("archived", "not_needed")}


def proof(facts: Facts, params: VerifyParams) -> list[ProofItem]:
    """Every item with its sentence; all must be ok to close without a reason."""
    return [
        _handled(facts),
        _level(facts, params),
        _evidence(facts),
        _gas(facts),
        _receipt(facts),
        _callback(facts, params),
        _tracks(facts),
    ]


def callback_is_settled(facts: Facts, params: VerifyParams) -> bool:
    """Somebody answered, nobody is to be asked, or the tries are used up."""
    return facts.answered or facts.reports == 0 or facts.tries >= params.callback_tries


def _handled(f: Facts) -> ProofItem:
    if not f.cleared:
        return ProofItem("handle", False, "处理线还没清空", "The handle track is not cleared")
    if f.unfinished_jobs:
        return ProofItem(
            "handle", False, f"还有 {f.unfinished_jobs} 张作业单没完工",
            f"{f.unfinished_jobs} job(s) are not finished",
        )  # fmt: skip
    return ProofItem("handle", True, "已清空，作业单已完工", "Cleared, jobs finished")


def _level(f: Facts, params: VerifyParams) -> ProofItem:
    if f.unmeasurable:
        return ProofItem(
            "level", True, f"液位无法测量：{f.unmeasurable}",
            f"The level cannot be measured: {f.unmeasurable}",
        )  # fmt: skip
    if f.level_before_m is None:
        return ProofItem(
            "level", False, "没有到场前的液位读数，请写明为什么测不了",
            "No level before arrival; state why it cannot be measured",
        )  # fmt: skip
    if f.level_after_m is None:
        return ProofItem("level", False, "抽后还没有液位读数", "No level reading after pumping yet")
    fall = f.level_before_m - f.level_after_m
    cm, need = round(fall * 100), round(params.fall_m * 100)
    if fall < params.fall_m:
        return ProofItem(
            "level", False, f"液位只降 {cm} cm，要降 {need} cm",
            f"The level fell {cm} cm only, {need} cm are needed",
        )  # fmt: skip
    return ProofItem("level", True, f"液位降了 {cm} cm", f"The level fell {cm} cm")


def _evidence(f: Facts) -> ProofItem:
    if f.jobs == 0:
        return ProofItem("evidence", False, "没有作业单", "There is no job")
    if f.missing_zh:
        return ProofItem("evidence", False, "；".join(f.missing_zh), "; ".join(f.missing_en))
    return ProofItem("evidence", True, "步骤和照片齐全", "All steps and photos are there")


def _gas(f: Facts) -> ProofItem:
    if f.gas_recorded:
        return ProofItem("gas", True, "测气合格有记录", "A passed gas test is on record")
    return ProofItem("gas", False, "没有合格的测气记录", "No passed gas test is on record")


def _receipt(f: Facts) -> ProofItem:
    if f.jobs and not f.jobs_without_receipt:
        return ProofItem("receipt", True, "过磅单已收", "The plant's receipt is here")
    return ProofItem("receipt", False, "还没有处理厂过磅单", "No receipt from a plant yet")


def _callback(f: Facts, params: VerifyParams) -> ProofItem:
    if f.answered:
        return ProofItem("callback", True, "已回访", "The residents were asked")
    if f.reports == 0:
        return ProofItem("callback", True, "没有来件人，不用回访", "Nobody reported, nobody to ask")
    if f.tries >= params.callback_tries:
        return ProofItem(
            "callback", True, f"回访 {f.tries} 次没接通", f"{f.tries} tries, nobody answered"
        )
    return ProofItem(
        "callback", False, f"还没回访，试了 {f.tries} 次，共 {params.callback_tries} 次",
        f"Not asked yet: {f.tries} of {params.callback_tries} tries",
    )  # fmt: skip


def _tracks(f: Facts) -> ProofItem:
    names = {"coordinate": ("协调线", "coordinate"), "regularise": ("规范线", "regularise")}
    left = [
        names[track]
        for track, state in (("coordinate", f.coordinate), ("regularise", f.regularise))
        if state != "not_started" and state not in _DONE[track]
    ]
    if left:
        zh, en = "、".join(n[0] for n in left), ", ".join(n[1] for n in left)
        return ProofItem("tracks", False, f"{zh}还没办完", f"Not done yet: {en}")
    return ProofItem(
        "tracks", True, "协调、规范已办完或不需要",
        "Coordinate and regularise are done or not needed",
    )  # fmt: skip
