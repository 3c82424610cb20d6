"""Why a truck cannot go, whatever the time."""

from __future__ import annotations

from datetime import datetime, timedelta

from qingshu.dispatch.model import Candidate, Task
from qingshu.dispatch.params import DispatchParams
from qingshu.dispatch.rules.words import Words
from qingshu.fleet.model import TruckState
from qingshu.kernel.instants import local


def why_not(
    task: Task, truck: Candidate, now: datetime, params: DispatchParams, zone: str
) -> Words | None:
    """The first reason why this truck is out, or None."""
    return (
        _presence(truck, now, params, zone)
        or _people(truck, params)
        or _access(task, truck, params)
    )


def _presence(truck: Candidate, now: datetime, params: DispatchParams, zone: str) -> Words | None:
    if truck.sent_here:
        return Words("已派往本事件", "already sent to this incident")
    if truck.state is TruckState.OFF_DUTY:
        return Words("下班了", "off duty")
    if truck.shift_from > now:
        clock = f"{local(truck.shift_from, zone):%H:%M}"
        return Words(f"{clock} 才上班", f"its shift starts at {clock}")
    if truck.point is None or truck.positioned_at is None:
        return Words("没有定位，不知在哪", "no position, nobody knows where it is")
    age = now - truck.positioned_at
    if age > timedelta(seconds=params.position_fresh_s) or truck.state is TruckState.OFFLINE:
        minutes = max(1, round(age.total_seconds() / 60))
        return Words(f"失联 {minutes} 分，位置不可信", f"not heard of for {minutes} min")
    return None


def _people(truck: Candidate, params: DispatchParams) -> Words | None:
    if not truck.gas_kit:
        return Words("车上没有气体检测仪", "no gas kit on board")
    held = truck.qualifications
    if held and params.kit_word and params.kit_word not in held:
        return Words("班组没有气体检测资格", "its crew may not use the gas kit")
    return None


def _access(task: Task, truck: Candidate, params: DispatchParams) -> Words | None:
    lane = task.access_width_m
    if lane is not None and truck.width_m + params.lane_clearance_m > lane:
        return Words(
            f"因为车宽 {truck.width_m:g} m，巷口限宽 {lane:g} m，进不去",
            f"{truck.width_m:g} m wide, the lane takes {lane:g} m",
        )
    reach = task.hose_distance_m
    if reach is not None and truck.hose_m < reach:
        return Words(
            f"因为软管 {truck.hose_m:g} m，离池 {reach:g} m，够不到",
            f"its hose is {truck.hose_m:g} m, the tank is {reach:g} m away",
        )
    return None
