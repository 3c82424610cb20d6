"""Pure decisions: is a position believable, what may follow what, has a truck arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from qingshu.fleet.model import (
    USABLE,
    Fix,
    Flag,
    Report,
    TruckCommand,
    TruckLatest,
    TruckState,
)
from qingshu.fleet.params import FleetParams
from qingshu.kernel.geodesy import Point, distance_m
from qingshu.kernel.lifecycle import Table, follow

_ON_DUTY = (TruckState.IDLE, TruckState.EN_ROUTE, TruckState.WORKING, TruckState.HAULING)

# An arrow from everywhere a crew can truthfully report it from: crews forget to press
# buttons, an offline truck's crew still has a phone, and an off-duty crew is called in.
STATES: Table[TruckState, TruckCommand] = {
    **{(s, TruckCommand.SEND): TruckState.EN_ROUTE for s in TruckState},
    **{(s, TruckCommand.ARRIVE): TruckState.WORKING for s in (*_ON_DUTY, TruckState.OFFLINE)},
    **{(s, TruckCommand.HAUL): TruckState.HAULING for s in (*_ON_DUTY, TruckState.OFFLINE)},
    **{(s, TruckCommand.FREE): TruckState.IDLE for s in TruckState},
    **{(s, TruckCommand.LOSE): TruckState.OFFLINE for s in _ON_DUTY},
    (TruckState.IDLE, TruckCommand.SIGN_OFF): TruckState.OFF_DUTY,
    (TruckState.HAULING, TruckCommand.SIGN_OFF): TruckState.OFF_DUTY,
    (TruckState.OFFLINE, TruckCommand.SIGN_OFF): TruckState.OFF_DUTY,
}

_COMMANDS = {
    TruckState.IDLE: TruckCommand.FREE,
    TruckState.EN_ROUTE: TruckCommand.SEND,
    TruckState.WORKING: TruckCommand.ARRIVE,
    TruckState.HAULING: TruckCommand.HAUL,
    TruckState.OFFLINE: TruckCommand.LOSE,
    TruckState.OFF_DUTY: TruckCommand.SIGN_OFF,
}


def moved(state: TruckState, to: TruckState) -> TruckState:
    """``to`` when the table lets a truck go there from ``state``; staying is always allowed.

    >>> moved(TruckState.IDLE, TruckState.EN_ROUTE)
    <TruckState.EN_ROUTE: 'en_route'>
    """
    return state if state is to else follow(STATES, state, _COMMANDS[to])


def resumed(before: TruckLatest, to: TruckState) -> TruckState | None:
    """What a truck will do once it is heard again; None unless it goes (or is) offline."""
    if to is not TruckState.OFFLINE:
        return None
    return before.resume_state if before.state is TruckState.OFFLINE else before.state


def judge(
    report: Report, before: Fix | None, station: Point, params: FleetParams
) -> tuple[datetime, Flag]:
    """The instant a position counts for, and every doubt about it.

    ``before`` is the truck's last good fix. A single wrong fix cannot lock a truck out:
    the distance that is believed grows with the time since ``before``.

    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)
    >>> judge(Report(1, now, now, 0.0, 0.0), None, Point(36.6, 117.0), FleetParams())[1]
    <Flag.AT_NULL: 2>
    """
    flags = Flag.GOOD if report.has_fix else Flag.NO_FIX
    at = report.at
    if at is None:
        at, flags = report.received_at, flags | Flag.NO_TIME
    elif _clock_is_off(at, report.received_at, params):
        flags |= Flag.CLOCK
    flags |= _place(report, station, params)
    # Positions of doubtful time or place say nothing about the way between two.
    if before is None or flags & ~USABLE:
        return at, flags
    elapsed = at - before.at
    if elapsed <= timedelta(0):
        return at, flags | Flag.LATE
    metres = distance_m(Point(report.lat, report.lon), Point(before.lat, before.lon))
    # One second of grace for clocks that count whole seconds.
    if metres / 1000 > params.jump_kmh * (elapsed.total_seconds() + 1) / 3600:
        flags |= Flag.JUMP
    return at, flags


def _clock_is_off(at: datetime, received_at: datetime, params: FleetParams) -> bool:
    ahead = (at - received_at).total_seconds()
    return ahead > params.future_s or -ahead > params.past_days * 86400


def _place(report: Report, station: Point, params: FleetParams) -> Flag:
    if report.lat == 0.0 and report.lon == 0.0:
        return Flag.AT_NULL
    if abs(report.lat) > 90 or abs(report.lon) > 180:
        return Flag.OUT_OF_AREA
    far = distance_m(Point(report.lat, report.lon), station) > params.area_km * 1000
    return Flag.OUT_OF_AREA if far else Flag.GOOD


def judge_past(report: Report, station: Point, params: FleetParams) -> Flag:
    """Doubts about a position from a book: always late, its place may be wrong too.

    >>> from datetime import UTC
    >>> then = datetime(2015, 3, 30, tzinfo=UTC)
    >>> judge_past(Report(1, then, then, 36.6, 117.0), Point(36.6, 117.0), FleetParams())
    <Flag.LATE: 32>
    """
    return Flag.LATE | _place(report, station, params)


def is_lost(
    state: TruckState, last_heard: datetime | None, state_at: datetime, now: datetime,
    params: FleetParams,
) -> bool:  # fmt: skip
    """Whether a truck on duty has been silent too long.

    A truck that never reported cannot be lost; a state set by its crew counts as a sign
    of life.
    """
    if state not in _ON_DUTY or last_heard is None:
        return False
    return (now - max(last_heard, state_at)).total_seconds() > params.lost_after_s


def arrived_at(fixes: Sequence[Fix], tank: Point, params: FleetParams) -> datetime | None:
    """The instant since when the truck stands at the tank, None while it does not.

    ``fixes`` are in time order, the newest last. The truck has arrived when it has been
    near and slow without a break up to the newest fix, for long enough.

    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)
    >>> stood = [Fix(start + timedelta(seconds=s), 36.65, 117.0, 1.0) for s in (0, 30, 60)]
    >>> arrived_at(stood, Point(36.6502, 117.0), FleetParams()).isoformat()
    '2026-11-24T06:32:00+00:00'
    >>> arrived_at(stood[:2], Point(36.6502, 117.0), FleetParams()) is None
    True
    """
    since: datetime | None = None
    for fix in reversed(fixes):
        near = distance_m(Point(fix.lat, fix.lon), tank) <= params.arrive_within_m
        if not near or fix.speed_kmh > params.arrive_speed_kmh:
            break
        since = fix.at
    if since is None or (fixes[-1].at - since).total_seconds() < params.arrive_for_s:
        return None
    return since


def terminal_key(number: str) -> str:
    """A terminal number as it is compared: blanks and leading zeros do not count.

    >>> terminal_key(" 013800138000 ")
    '13800138000'
    """
    return number.strip().lstrip("0")
