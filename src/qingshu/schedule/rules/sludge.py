"""How long a tank takes to fill: a log-normal belief, sharpened at every emptying.

The belief starts where the station's interval or the tank's size puts it, so that a tank
nobody has measured is due exactly when the registry says. Each emptying with a volume
tells how long a full load would have taken, and moves the belief.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import NormalDist

from qingshu.schedule.params import SludgeParams


@dataclass(frozen=True, slots=True)
class Filling:
    """Belief on the days to fill: ``exp(Normal(log_days, spread))``."""

    log_days: float
    spread: float
    measured: int = 0

    def quantile_days(self, share: float) -> float:
        """Days by which the tank is full with probability ``share``, in (0, 1).

        >>> round(Filling(math.log(200.0), 0.5).quantile_days(0.5))
        200
        """
        return math.exp(self.log_days + self.spread * NormalDist().inv_cdf(share))


def prior(interval_days: float, params: SludgeParams) -> Filling:
    """The belief whose due quantile is the interval itself.

    >>> params = SludgeParams()
    >>> round(prior(180.0, params).quantile_days(params.due_quantile))
    180
    """
    z = NormalDist().inv_cdf(params.due_quantile)
    return Filling(math.log(max(interval_days, 1.0)) - z * params.prior_spread, params.prior_spread)


def interval_of(
    building_type: str, households: int, volume_m3: float, params: SludgeParams
) -> float:
    """Days a tank takes to fill to its due quantile, from its size and who lives there.

    A tank without households is taken at its building type's interval.

    >>> params = SludgeParams()
    >>> round(interval_of("residential", 48, 20.0, params))
    357
    >>> round(interval_of("restaurant", 0, 6.0, params))
    90
    """
    if households <= 0:
        return params.interval_by_type(building_type)
    people = households * params.people_per_household
    litres_day = people * params.litres_person_day * params.strength_of(building_type)
    median = volume_m3 * 1000.0 * params.usable_share / litres_day
    z = NormalDist().inv_cdf(params.due_quantile)
    return median * math.exp(z * params.prior_spread)


def after(
    belief: Filling, days: float, pumped_m3: float, volume_m3: float, params: SludgeParams
) -> Filling:
    """The belief after an emptying of ``pumped_m3``, ``days`` after the one before.

    Pumping less than the usable volume means the tank would have lasted longer.

    >>> params = SludgeParams()
    >>> start = prior(180.0, params)
    >>> sooner = after(start, 90.0, 8.0, 10.0, params)
    >>> sooner.quantile_days(0.2) < start.quantile_days(0.2), sooner.spread < start.spread
    (True, True)
    """
    if days < 1 or pumped_m3 <= 0 or volume_m3 <= 0:
        return belief
    fill = min(max(pumped_m3 / (volume_m3 * params.usable_share), 0.25), 4.0)
    seen = math.log(days / fill)
    known, fresh = belief.spread**-2, params.measured_spread**-2
    return Filling(
        (belief.log_days * known + seen * fresh) / (known + fresh),
        (known + fresh) ** -0.5,
        belief.measured + 1,
    )


def learnt(
    interval_days: float,
    emptied: Sequence[tuple[date, float | None]],
    volume_m3: float,
    params: SludgeParams,
) -> Filling:
    """The belief after all emptyings on record, given by day with the volume pumped.

    >>> days = [(date(2026, 1, 1), 8.0), (date(2026, 4, 1), 8.0), (date(2026, 6, 30), 8.0)]
    >>> learnt(180.0, days, 10.0, SludgeParams()).measured
    2
    """
    belief = prior(interval_days, params)
    ordered = sorted(emptied, key=lambda entry: entry[0])
    for (before, _), (on, pumped) in pairwise(ordered):
        if pumped is not None:
            belief = after(belief, (on - before).days, pumped, volume_m3, params)
    return belief


def hastened(days: float, troubles: int, params: SludgeParams) -> float:
    """Fewer days for a tank with recent reports or incidents.

    >>> hastened(100.0, 2, SludgeParams())
    81.0
    """
    return days * (1.0 - params.trouble_cut) ** min(troubles, params.most_troubles)
