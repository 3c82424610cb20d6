"""The order of trucks and the reason beside each, worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.dispatch import rules
from qingshu.dispatch.model import (
    Candidate,
    Commitment,
    Legs,
    PlantOption,
    Ranking,
    Task,
)
from qingshu.dispatch.params import DispatchParams
from qingshu.fleet.model import TruckState
from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.geodesy import Point

NOW = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)  # 14:32 in Jinan.
ZONE = "Asia/Shanghai"
HERE = Point(36.65, 117.0)
PARAMS = DispatchParams()
TASK = Task(HERE, volume_m3=5.0, access_width_m=2.3, hose_distance_m=20.0)
PLANT = PlantOption(7, "东厂", HERE, 720.0, ((NOW - timedelta(hours=6), NOW + timedelta(hours=6)),))


def truck(code: str = "槐2号车", **changes: Any) -> Candidate:
    """An idle, empty, slim truck heard of just now, on shift until 18:00."""
    base = Candidate(
        truck_id=sum(code.encode()), code=code, capacity_m3=6.0, load_m3=0.0, width_m=2.1,
        height_m=2.8, hose_m=30.0, gas_kit=True, state=TruckState.IDLE, point=HERE,
        positioned_at=NOW, shift_from=NOW - timedelta(hours=6),
        shift_to=NOW + timedelta(hours=3, minutes=28), crew_name="李建国班",
        qualifications=frozenset({"gas_kit"}),
    )  # fmt: skip
    return replace(base, **changes)


def legs(drive_s: float, plant_s: float = 600.0, back_s: float = 500.0) -> Legs:
    """The same from here and from the place where it becomes free."""
    return Legs((drive_s, plant_s), (drive_s, plant_s), (back_s,))


def rank(*pairs: tuple[Candidate, Legs], task: Task = TASK, estimate: bool = False) -> Ranking:
    """Rank with one plant."""
    trucks, all_legs = [p[0] for p in pairs], [p[1] for p in pairs]
    return rules.rank(task, trucks, [PLANT], all_legs, NOW, PARAMS, zone=ZONE, estimate=estimate)


def test_rank_when_empty_and_near_then_in_the_words_of_the_desk() -> None:
    """The nearest empty truck is named so; the next is only empty."""
    found = rank((truck("市3号车"), legs(1020)), (truck(), legs(540)))
    assert [(line.rank, line.code, line.eta_s) for line in found.ranked] == [
        (1, "槐2号车", 540), (2, "市3号车", 1020),
    ]  # fmt: skip
    assert found.ranked[0].reason_zh == "最近的空车，一车装完；进得了 2.3 m 巷口"
    assert found.ranked[0].reason_en == (
        "nearest empty truck, one load does it; fits the 2.3 m lane"
    )
    assert found.ranked[1].reason_zh == "空车，一车装完；进得了 2.3 m 巷口"


def test_rank_when_no_room_then_by_the_plant_first() -> None:
    """Room 2.1 of 6: 600 s to the plant, 720 s there, 500 s back, 28 min later than 100 s."""
    found = rank((truck(load_m3=3.9), legs(100)))
    line = found.ranked[0]
    assert line.eta_s == 600 + 720 + 500
    assert line.drive_s == 1100
    assert line.plant_id == 7
    assert line.reason_zh == "余 2.1 m³，装不完，要先跑一趟东厂；会晚 29 分；进得了 2.3 m 巷口"


def test_rank_when_bound_then_after_its_job() -> None:
    """Busy until 14:50, then 300 s of driving: 18 min + 5 min."""
    bound = Commitment(HERE, NOW + timedelta(minutes=18))
    found = rank((truck(state=TruckState.WORKING, bound=bound), legs(300)))
    assert found.ranked[0].eta_s == 18 * 60 + 300
    assert found.ranked[0].reason_zh.startswith("作业到 14:50，一车装完")


def test_rank_when_bound_job_fills_it_then_empties_before() -> None:
    """The load it will take on counts: 5 of 6 m3 gone by then."""
    bound = Commitment(HERE, NOW + timedelta(minutes=18), volume_m3=5.0)
    found = rank((truck(state=TruckState.WORKING, bound=bound), legs(300)))
    assert found.ranked[0].plant_id == 7


def test_rank_when_hauling_then_unloads_first() -> None:
    """A truck on its way to the plant is free when it has unloaded."""
    found = rank((truck(state=TruckState.HAULING, load_m3=5.0), legs(100)))
    assert found.ranked[0].eta_s == 1820
    assert found.ranked[0].reason_zh.startswith("正去处理厂卸料，先到东厂卸完；会晚 29 分")


def test_rank_when_tank_is_larger_than_truck_then_counts_loads() -> None:
    """14 m3 with a truck of 6 is three loads."""
    found = rank((truck(), legs(100)), task=replace(TASK, volume_m3=14.0))
    assert found.ranked[0].trips == 3
    assert "要 3 车次" in found.ranked[0].reason_zh


def test_rank_when_plant_opens_later_then_waits_for_it() -> None:
    """Open in 30 min: 1,800 s, 720 s there, 500 s back."""
    late = replace(PLANT, windows=((NOW + timedelta(minutes=30), NOW + timedelta(hours=2)),))
    found = rules.rank(TASK, [truck(load_m3=5.5)], [late], [legs(100)], NOW, PARAMS, zone=ZONE)
    assert found.ranked[0].eta_s == 1800 + 720 + 500


def test_rank_when_straight_lines_then_says_so() -> None:
    """Without roads every line tells that it is an estimate."""
    found = rank((truck(), legs(100)), estimate=True)
    assert found.ranked[0].reason_zh.endswith("按直线估算")
    assert found.ranked[0].reason_en.endswith("straight-line estimate")


@pytest.mark.parametrize(
    ("changes", "drive_s", "zh"),
    [
        ({"width_m": 2.5}, 360, "因为车宽 2.5 m，巷口限宽 2.3 m，进不去"),
        ({"hose_m": 15.0}, 360, "因为软管 15 m，离池 20 m，够不到"),
        ({"gas_kit": False}, 360, "车上没有气体检测仪"),
        ({"qualifications": frozenset({"confined_space"})}, 360, "班组没有气体检测资格"),
        ({"state": TruckState.OFF_DUTY}, 360, "下班了"),
        ({"point": None, "positioned_at": None}, math.inf, "没有定位，不知在哪"),
        ({"positioned_at": NOW - timedelta(minutes=41)}, 360, "失联 41 分，位置不可信"),
        ({"sent_here": True}, 360, "已派往本事件"),
        ({"shift_from": NOW + timedelta(hours=1)}, 360, "15:32 才上班"),
        ({"shift_to": NOW + timedelta(minutes=1)}, 3600, "14:33 下班，来不及干完"),
        ({}, math.inf, "按路网到不了"),
    ],
)
def test_rank_when_it_cannot_go_then_left_out_with_the_reason(
    changes: dict[str, Any], drive_s: float, zh: str
) -> None:
    """Each bar has its sentence; a truck that could drive there keeps its minutes."""
    found = rank((truck(**changes), legs(drive_s)))
    assert not found.ranked
    assert found.left_out[0].reason_zh == zh
    assert found.left_out[0].eta_s == (drive_s if math.isfinite(drive_s) else None)


def test_rank_when_no_plant_takes_it_then_left_out() -> None:
    """A full truck and no plant at all."""
    full = truck(load_m3=6.0)
    found = rules.rank(TASK, [full], [], [Legs((100,), (100,), ())], NOW, PARAMS, zone=ZONE)
    assert found.left_out[0].reason_zh == "装不下，也没有处理厂可卸"


def test_rank_when_little_overtime_then_goes_and_says_so() -> None:
    """Done ten minutes past the shift is allowed for an emergency."""
    # 5 m3 take 25 min on site; 100 s of driving before.
    end = NOW + timedelta(seconds=100 + 1500 - 600)
    found = rank((truck(shift_to=end), legs(100)))
    assert "会超班 10 分" in found.ranked[0].reason_zh


@given(
    st.lists(
        st.tuples(
            st.floats(0, 4000),
            st.floats(0, 6),
            st.sampled_from(list(TruckState)),
            st.floats(1.9, 2.6),
            st.booleans(),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_rank_when_any_fleet_then_each_truck_once_and_order_does_not_matter(
    drawn: list[tuple[float, float, TruckState, float, bool]], shuffle: Random
) -> None:
    """Every truck is in exactly one list; the input's order changes nothing."""
    pairs = [
        (truck(f"{i:02d}号车", load_m3=load, state=state, width_m=width, gas_kit=kit,
               truck_id=i), legs(drive))
        for i, (drive, load, state, width, kit) in enumerate(drawn)
    ]  # fmt: skip
    found = rank(*pairs)
    seen = [r.truck_id for r in found.ranked] + [o.truck_id for o in found.left_out]
    assert sorted(seen) == list(range(len(pairs)))
    etas = [round(line.eta_s) for line in found.ranked]
    assert etas == sorted(etas)
    mixed = list(pairs)
    shuffle.shuffle(mixed)
    assert rank(*mixed) == found


def test_shift_when_over_midnight_then_still_on() -> None:
    """22:00 to 06:00 at 01:00 is the shift that began yesterday."""
    night = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # 01:00 on the 25th.
    begin, end = rules.shift_of(night, "22:00", "06:00", ZONE)
    assert begin < night < end
    assert (end - begin) == timedelta(hours=8)


def test_plant_windows_when_open_all_day_then_never_closed() -> None:
    """00:00 to 24:00 covers now and tomorrow."""
    windows = rules.plant_windows(NOW, "00:00", "24:00", ZONE)
    assert windows[0][0] <= NOW < windows[0][1] == windows[1][0]


def test_shift_when_not_a_time_then_refused() -> None:
    """A wrong wall-clock text names what was expected."""
    with pytest.raises(InvalidInput, match="HH:MM"):
        rules.shift_of(NOW, "8点", "18:00", ZONE)
