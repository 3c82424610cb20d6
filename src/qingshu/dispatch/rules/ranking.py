"""Puts trucks in order of when they can start."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from qingshu.dispatch.model import Candidate, LeftOut, Legs, PlantOption, Ranked, Ranking, Task
from qingshu.dispatch.params import DispatchParams
from qingshu.dispatch.rules.fit import why_not
from qingshu.dispatch.rules.timing import outlook
from qingshu.dispatch.rules.words import Outlook, Words, is_empty, why
from qingshu.fleet.model import TruckState


def rank(
    task: Task, trucks: Sequence[Candidate], plants: Sequence[PlantOption],
    legs: Sequence[Legs], now: datetime, params: DispatchParams,
    *, zone: str, estimate: bool = False,
) -> Ranking:  # fmt: skip
    """Every truck in one of two lists; ties go to the shorter drive, then the code.

    Parameters
    ----------
    legs:
        Driving times of each truck, in the order of ``trucks``; a truck that is out
        for other reasons may have legs of infinity.
    estimate:
        True when the times are straight-line estimates; every reason then says so.
    """
    able: list[tuple[Candidate, Outlook]] = []
    out: list[LeftOut] = []
    for truck, leg in zip(trucks, legs, strict=True):
        found = why_not(task, truck, now, params, zone) or outlook(
            task, truck, plants, leg, now, params, zone
        )
        if isinstance(found, Words):
            out.append(_left_out(truck, leg, found))
        else:
            able.append((truck, found))
    able.sort(key=lambda pair: (round(pair[1].eta_s), round(pair[1].drive_s), pair[0].code))
    out.sort(key=lambda left: (left.eta_s is None, left.eta_s or 0.0, left.code))
    nearest = next((t.truck_id for t, _ in able if _is_free_and_empty(t)), None)
    ranked = []
    for place, (truck, ahead) in enumerate(able, start=1):
        words = why(
            task, truck, ahead, params, nearest_empty=truck.truck_id == nearest,
            estimate=estimate, zone=zone,
        )  # fmt: skip
        ranked.append(
            Ranked(
                truck.truck_id,
                truck.code,
                place,
                ahead.eta_s,
                ahead.drive_s,
                words.zh,
                words.en,
                ahead.trips,
                ahead.plant_id,
            )
        )
    return Ranking(tuple(ranked), tuple(out))


def _is_free_and_empty(truck: Candidate) -> bool:
    return truck.state is TruckState.IDLE and truck.bound is None and is_empty(truck)


def _left_out(truck: Candidate, leg: Legs, words: Words) -> LeftOut:
    reachable = truck.point is not None and math.isfinite(leg.from_s[0])
    return LeftOut(
        truck.truck_id, truck.code, words.zh, words.en, leg.from_s[0] if reachable else None
    )
