"""The reasons beside a truck, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qingshu.dispatch.model import Candidate, Task
from qingshu.dispatch.params import DispatchParams
from qingshu.fleet.model import TruckState
from qingshu.kernel.instants import local

# Below this share of its tank a truck counts as empty.
_EMPTY_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Words:
    """One reason in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """When a truck can start, and what has to happen before."""

    eta_s: float
    drive_s: float
    trips: int
    free_at: datetime | None = None
    plant_id: int | None = None
    plant_name: str = ""
    later_s: float = 0.0
    overtime_s: float = 0.0


def is_empty(truck: Candidate) -> bool:
    """Whether it has next to nothing aboard."""
    return truck.load_m3 <= _EMPTY_SHARE * truck.capacity_m3


def why(
    task: Task, truck: Candidate, outlook: Outlook, params: DispatchParams,
    *, nearest_empty: bool, estimate: bool, zone: str,
) -> Words:  # fmt: skip
    """Why this truck stands where it stands in the list."""
    first = [_standing(truck, outlook, nearest_empty, zone), _volume(truck, outlook)]
    parts = [Words("，".join(w.zh for w in first), ", ".join(w.en for w in first))]
    width = task.access_width_m
    if width is not None and width < params.narrow_lane_m:
        parts.append(Words(f"进得了 {width:g} m 巷口", f"fits the {width:g} m lane"))
    if outlook.overtime_s > 0:
        minutes = _minutes(outlook.overtime_s)
        parts.append(Words(f"会超班 {minutes} 分", f"{minutes} min past its shift"))
    if estimate:
        parts.append(Words("按直线估算", "straight-line estimate"))
    return Words("；".join(w.zh for w in parts), "; ".join(w.en for w in parts))


def _standing(truck: Candidate, outlook: Outlook, nearest_empty: bool, zone: str) -> Words:
    if outlook.free_at is not None:
        clock = f"{local(outlook.free_at, zone):%H:%M}"
        return Words(f"作业到 {clock}", f"busy until {clock}")
    if truck.state is TruckState.HAULING:
        return Words("正去处理厂卸料", "on its way to unload")
    if truck.state is TruckState.EN_ROUTE:
        return Words("正赴计划单，可先改道", "bound for a planned job, can be diverted")
    if is_empty(truck):
        if nearest_empty:
            return Words("最近的空车", "nearest empty truck")
        return Words("空车", "empty")
    room = truck.capacity_m3 - truck.load_m3
    return Words(f"余 {room:.1f} m³", f"{room:.1f} m³ left")


def _volume(truck: Candidate, outlook: Outlook) -> Words:
    more = Words("", "")
    if outlook.trips > 1:
        more = Words(f"，要 {outlook.trips} 车次", f", {outlook.trips} loads needed")
    if outlook.plant_id is None:
        return Words("一车装完", "one load does it") if not more.zh else Words(
            more.zh[1:], more.en[2:]
        )  # fmt: skip
    minutes = _minutes(outlook.later_s)
    if truck.state is TruckState.HAULING:
        return Words(
            f"先到{outlook.plant_name}卸完；会晚 {minutes} 分{more.zh}",
            f"unloads at {outlook.plant_name} first; {minutes} min later{more.en}",
        )
    return Words(
        f"装不完，要先跑一趟{outlook.plant_name}；会晚 {minutes} 分{more.zh}",
        f"not enough room, must empty at {outlook.plant_name} first; {minutes} min later{more.en}",
    )


def _minutes(seconds: float) -> int:
    return max(1, round(seconds / 60))
