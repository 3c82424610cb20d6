"""The round's life cycle and the order of risk in which tanks deserve a look."""

from __future__ import annotations

from collections.abc import Iterable

from qingshu.kernel.lifecycle import Table
from qingshu.patrol.model import Exposure, Proposal, RoundCommand, RoundState, Severity
from qingshu.patrol.params import PatrolParams

ROUND: Table[RoundState, RoundCommand] = {
    (RoundState.PLANNED, RoundCommand.START): RoundState.STARTED,
    (RoundState.STARTED, RoundCommand.FINISH): RoundState.FINISHED,
}
_MAX_INTERVALS = 2.0


def propose(exposures: Iterable[Exposure], count: int, params: PatrolParams) -> list[Proposal]:
    """The ``count`` tanks most worth a look, most first; equal scores by tank id.

    >>> calm = Exposure(1, -100.0, 180, True, False, (), None)
    >>> late = Exposure(2, 90.0, 180, False, False, (), None)
    >>> [p.tank_id for p in propose([calm, late], 5, PatrolParams())]
    [2]
    """
    rated = [
        rate(exposure, params)
        for exposure in exposures
        if exposure.looked_at_days_ago is None or exposure.looked_at_days_ago >= params.rest_days
    ]
    worth = sorted((p for p in rated if p.score > 0), key=lambda p: (-p.score, p.tank_id))
    return worth[: min(count, params.max_tanks)]


def rate(exposure: Exposure, params: PatrolParams) -> Proposal:
    """Risk score of one tank with its reasons."""
    parts = [_overdue(exposure, params), _findings(exposure, params)]
    if not exposure.is_monitored:
        parts.append((params.unmonitored_weight, "无传感器", "no sensor"))
    if exposure.is_low_lying:
        parts.append((params.low_lying_weight, "地势低洼", "low-lying"))
    told = [part for part in parts if part[0] > 0]
    return Proposal(
        tank_id=exposure.tank_id,
        score=round(sum(points for points, _, _ in told), 3),
        reason_zh="；".join(zh for _, zh, _ in told),
        reason_en="; ".join(en for _, _, en in told),
    )


def _overdue(exposure: Exposure, params: PatrolParams) -> tuple[float, str, str]:
    if exposure.overdue_days is None:
        points = params.overdue_weight * params.unknown_intervals
        return points, "无清疏记录", "no desludging on record"
    if exposure.overdue_days <= 0:
        return 0.0, "", ""
    intervals = min(exposure.overdue_days / max(exposure.interval_days, 1), _MAX_INTERVALS)
    days = round(exposure.overdue_days)
    return (
        params.overdue_weight * intervals,
        f"清疏逾期 {days} 天",
        f"desludging {days} days overdue",
    )


def _findings(exposure: Exposure, params: PatrolParams) -> tuple[float, str, str]:
    weights = {
        Severity.SEVERE: params.severe_weight,
        Severity.MODERATE: params.moderate_weight,
        Severity.MINOR: params.minor_weight,
    }
    points = sum(
        weights[severity] * 0.5 ** (age / params.finding_half_life_days)
        for severity, age in exposure.findings
    )
    count = len(exposure.findings)
    return points, f"曾有 {count} 次发现", f"{count} past finding(s)"
