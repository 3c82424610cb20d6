"""When a truck can start: its present job, its load, the plants, its shift."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from qingshu.dispatch.model import Candidate, Legs, PlantOption, Task
from qingshu.dispatch.params import DispatchParams
from qingshu.dispatch.rules.words import Outlook, Words
from qingshu.fleet.model import TruckState
from qingshu.kernel.instants import local


def outlook(
    task: Task, truck: Candidate, plants: Sequence[PlantOption], legs: Legs,
    now: datetime, params: DispatchParams, zone: str,
) -> Outlook | Words:  # fmt: skip
    """When it can start, or why it cannot."""
    found = _start(task, truck, plants, legs, now, params)
    if isinstance(found, Words):
        return found
    room = truck.capacity_m3 if found.plant_id is not None else _room(truck)
    first_m3 = min(task.volume_m3, room)
    done = now + timedelta(seconds=found.eta_s + service_s(first_m3, params))
    over_s = (done - truck.shift_to).total_seconds()
    if over_s > params.overtime_s:
        clock = f"{local(truck.shift_to, zone):%H:%M}"
        return Words(f"{clock} 下班，来不及干完", f"its shift ends at {clock}, too late")
    rest = max(0.0, task.volume_m3 - room)
    # A rounding rest of a few litres is no trip of its own.
    trips = 1 + math.ceil((rest - 0.05) / truck.capacity_m3) if rest > 0.05 else 1
    return Outlook(
        found.eta_s, found.drive_s, trips, found.free_at, found.plant_id, found.plant_name,
        found.later_s, max(0.0, over_s),
    )  # fmt: skip


def service_s(volume_m3: float, params: DispatchParams) -> float:
    """Seconds on site for a volume.

    >>> service_s(5.0, DispatchParams())
    1500.0
    """
    return params.service_base_s + params.service_s_per_m3 * volume_m3


def _room(truck: Candidate) -> float:
    bound_m3 = truck.bound.volume_m3 if truck.bound else 0.0
    return max(0.0, truck.capacity_m3 - truck.load_m3 - bound_m3)


def _start(
    task: Task, truck: Candidate, plants: Sequence[PlantOption], legs: Legs,
    now: datetime, params: DispatchParams,
) -> Outlook | Words:  # fmt: skip
    free_at = None if truck.bound is None else max(now, truck.bound.free_at)
    wait_s = 0.0 if free_at is None else (free_at - now).total_seconds()
    drives = legs.from_s if truck.bound is None else legs.then_s
    if not math.isfinite(drives[0]):
        return Words("按路网到不了", "no road leads there")
    direct_s = wait_s + drives[0]
    wanted = min(task.volume_m3, truck.capacity_m3) * params.direct_share
    if truck.state is not TruckState.HAULING and _room(truck) >= wanted:
        return Outlook(direct_s, drives[0], 1, free_at)
    best: Outlook | None = None
    for k, plant in enumerate(plants):
        there_s, back_s = drives[1 + k], legs.plant_s[k]
        unloaded_s = _unloaded_s(plant, wait_s + there_s, now)
        if unloaded_s is None or not math.isfinite(back_s):
            continue
        eta_s = unloaded_s + back_s
        if best is None or eta_s < best.eta_s:
            best = Outlook(
                eta_s, there_s + back_s, 1, free_at, plant.plant_id, plant.name, eta_s - direct_s
            )
    if best is None:
        return Words("装不下，也没有处理厂可卸", "no room left and no plant to empty at")
    return best


def _unloaded_s(plant: PlantOption, arrival_s: float, now: datetime) -> float | None:
    if not math.isfinite(arrival_s):
        return None
    for begin, end in plant.windows:
        start_s = max(arrival_s, (begin - now).total_seconds())
        if start_s + plant.unload_s <= (end - now).total_seconds():
            return start_s + plant.unload_s
    return None
