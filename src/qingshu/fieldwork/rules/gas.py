"""The gas gate: no pumping without a complete test within limits."""

from __future__ import annotations

from qingshu.fieldwork.model import GasReadings, GasTest, JobState, Todo, Verdict, Words
from qingshu.fieldwork.params import FieldworkParams


def judge(test: GasTest, *, failed_before: bool, params: FieldworkParams) -> Verdict:
    """Judge one test; every failed item is named, none is skipped.

    >>> good = GasReadings(o2_pct=20.4, h2s_mgm3=3.0, ch4_lel=2.0, co_mgm3=4.0)
    >>> test = GasTest(good, "GX-0318", "刘海燕", "张伟", True, 0.0, "井口下 0.5 m")
    >>> judge(test, failed_before=False, params=FieldworkParams()).cleared
    True
    """
    readings = _reading_failures(test.readings, params)
    papers = _paper_failures(test)
    air = _ventilation_failures(test, params, failed_before=failed_before)
    failures = (*readings, *air, *papers)
    return Verdict(failures, todo_after(test, failures, params))


def _reading_failures(r: GasReadings, p: FieldworkParams) -> list[Words]:
    found = []
    if r.o2_pct is None:
        found.append(Words("缺氧气读数", "The oxygen reading is missing"))
    elif not p.o2_min_pct <= r.o2_pct <= p.o2_max_pct:
        limits = f"{p.o2_min_pct:g}–{p.o2_max_pct:g}"
        found.append(
            Words(
                f"氧气 {r.o2_pct:g}%，不在 {limits}% 内",
                f"Oxygen {r.o2_pct:g} %, outside {limits} %",
            )
        )
    for value, limit, zh, en, unit in (
        (r.h2s_mgm3, p.h2s_max_mgm3, "硫化氢", "Hydrogen sulphide", "mg/m³"),
        (r.ch4_lel, p.ch4_max_lel, "可燃气", "Combustible gas", "%LEL"),
        (r.co_mgm3, p.co_max_mgm3, "一氧化碳", "Carbon monoxide", "mg/m³"),
    ):
        if value is None:
            found.append(Words(f"缺{zh}读数", f"The {en.lower()} reading is missing"))
        elif not value >= 0:
            found.append(Words(f"{zh}读数 {value:g} 无效", f"{en} reading {value:g} is not valid"))
        elif value > limit:
            found.append(
                Words(
                    f"{zh} {value:g}，超过限值 {limit:g} {unit}",
                    f"{en} {value:g}, over the limit of {limit:g} {unit}",
                )
            )
    return found


def _paper_failures(test: GasTest) -> list[Words]:
    checks = (
        (test.instrument.strip(), "没写气体仪编号", "The instrument is not named"),
        (test.tested_by.strip(), "没写测气人", "The tester is not named"),
        (test.attendant.strip(), "没有井口值守人", "No attendant stands at the manhole"),
        (test.rescue_kit, "救援装备不在现场", "The rescue kit is not on site"),
    )
    return [Words(zh, en) for ok, zh, en in checks if not ok]


def _ventilation_failures(
    test: GasTest, params: FieldworkParams, *, failed_before: bool
) -> list[Words]:
    minutes = test.ventilation_min
    if minutes is None or not minutes >= 0:
        return [Words("没记通风时间", "The ventilation time is not recorded")]
    if failed_before and minutes < params.ventilation_min:
        need = f"{params.ventilation_min:g}"
        return [
            Words(
                f"上次不合格，要通风 {need} 分，只记了 {minutes:g} 分",
                f"After a failed test {need} min of ventilation are needed, "
                f"{minutes:g} min are recorded",
            )
        ]
    return []


def todo_after(
    test: GasTest | None, failures: tuple[Words, ...], params: FieldworkParams
) -> tuple[Todo, ...]:
    """What to do now, in order; empty once the gate is open."""
    if test is not None and not failures:
        return ()
    if test is None:
        first = Words("井口下 0.5 m、池中、池底测气", "Test at 0.5 m, mid-depth and the bottom")
        return (Todo(first, done=False),)
    minutes = f"{params.ventilation_min:g}"
    return (
        Todo(
            Words("人退到上风处，井口 3 m 拉警戒", "Move upwind, cordon 3 m around the manhole"),
            done=False,
        ),
        Todo(
            Words(f"开盖，风机通风 {minutes} 分", f"Open the lid, ventilate for {minutes} min"),
            done=False,
        ),
        Todo(
            Words("井口下 0.5 m、池中、池底再测", "Test again at 0.5 m, mid-depth and the bottom"),
            done=False,
        ),
    )


def is_open(state: JobState, *, cleared: bool, valid_until_ms: int, now_ms: int) -> bool:
    """Whether the pump may start: right state, last test passed and still fresh.

    >>> is_open(JobState.GAS_CLEARED, cleared=True, valid_until_ms=10, now_ms=11)
    False
    """
    return state is JobState.GAS_CLEARED and cleared and now_ms < valid_until_ms


def sentence(failures: tuple[Words, ...]) -> Words:
    """All failed items in one sentence of each language."""
    return Words("；".join(f.zh for f in failures), "; ".join(f.en for f in failures))
