"""Pure decisions: three transition tables, due times, where a voice belongs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qingshu.incident.errors import UnknownCommand
from qingshu.incident.model import (
    ClockName,
    CoordinateCommand,
    CoordinateState,
    HandleCommand,
    HandleState,
    Incident,
    Place,
    RegulariseCommand,
    RegulariseState,
    Track,
    Voice,
)
from qingshu.incident.params import IncidentParams
from qingshu.kernel.geodesy import Point, distance_m
from qingshu.kernel.instants import local, require_aware
from qingshu.kernel.lifecycle import Table, commands_from, follow

_H, _HC = HandleState, HandleCommand
HANDLE: Table[HandleState, HandleCommand] = {
    (_H.OPEN, _HC.ASSIGN): _H.ASSIGNED,
    (_H.OPEN, _HC.STAND_DOWN): _H.CLEARED,
    (_H.ASSIGNED, _HC.UNASSIGN): _H.OPEN,
    (_H.ASSIGNED, _HC.ARRIVE): _H.ON_SITE,
    (_H.ON_SITE, _HC.UNASSIGN): _H.OPEN,
    (_H.ON_SITE, _HC.CONTAIN): _H.CONTAINED,
    (_H.CONTAINED, _HC.CLEAR): _H.CLEARED,
    (_H.CONTAINED, _HC.REOPEN): _H.OPEN,
    (_H.CLEARED, _HC.REOPEN): _H.OPEN,
}

_C, _CC = CoordinateState, CoordinateCommand
COORDINATE: Table[CoordinateState, CoordinateCommand] = {
    (_C.NOT_STARTED, _CC.START): _C.DUTY,
    (_C.NOT_STARTED, _CC.ANSWER): _C.ANSWERED,
    (_C.NOT_STARTED, _CC.NOT_NEEDED): _C.NOT_NEEDED,
    (_C.DUTY, _CC.AGREE_DUTY): _C.FEE,
    (_C.DUTY, _CC.ANSWER): _C.ANSWERED,
    (_C.FEE, _CC.ANSWER): _C.ANSWERED,
    (_C.ANSWERED, _CC.REOPEN): _C.DUTY,
    (_C.NOT_NEEDED, _CC.START): _C.DUTY,
}

_R, _RC = RegulariseState, RegulariseCommand
REGULARISE: Table[RegulariseState, RegulariseCommand] = {
    (_R.NOT_STARTED, _RC.START): _R.RECORDS,
    (_R.NOT_STARTED, _RC.NOT_NEEDED): _R.NOT_NEEDED,
    (_R.RECORDS, _RC.ORDER_REPAIR): _R.REPAIR,
    (_R.RECORDS, _RC.ARCHIVE): _R.ARCHIVED,
    (_R.REPAIR, _RC.ARCHIVE): _R.ARCHIVED,
    (_R.ARCHIVED, _RC.REOPEN): _R.RECORDS,
    (_R.NOT_NEEDED, _RC.START): _R.RECORDS,
}

# Metres are only compared where both sides have coordinates; category words that tell
# of no problem open nothing.
QUIET_CATEGORIES = frozenset({"noise", "praise", "question"})
GRADE_OF_URGENCY = {"danger": 1, "urgent": 2, "routine": 3}


def move(track: Track, state: str, command: str) -> str:
    """The state of ``track`` after ``command``.

    >>> move(Track.HANDLE, "open", "assign")
    'assigned'

    Raises
    ------
    UnknownCommand
        The track has no such command at all.
    TransitionNotAllowed
        The command exists but has no arrow from ``state``.
    """
    try:
        match track:
            case Track.HANDLE:
                return str(follow(HANDLE, HandleState(state), HandleCommand(command)))
            case Track.COORDINATE:
                return str(follow(COORDINATE, CoordinateState(state), CoordinateCommand(command)))
            case Track.REGULARISE:
                return str(follow(REGULARISE, RegulariseState(state), RegulariseCommand(command)))
    except ValueError as error:
        msg = f"Expected one of {allowed(track, state)} for {track}, got {command!r}."
        raise UnknownCommand(msg, command=command) from error


def allowed(track: Track, state: str) -> list[str]:
    """The commands that have an arrow from ``state``.

    >>> allowed(Track.HANDLE, "assigned")
    ['unassign', 'arrive']
    """
    match track:
        case Track.HANDLE:
            return commands_from(HANDLE, HandleState(state))
        case Track.COORDINATE:
            return commands_from(COORDINATE, CoordinateState(state))
        case Track.REGULARISE:
            return commands_from(REGULARISE, RegulariseState(state))


def unfinished(incident: Incident) -> list[Track]:
    """The tracks that still stand between an incident and its closing."""
    left = []
    if incident.handle is not HandleState.CLEARED:
        left.append(Track.HANDLE)
    if incident.coordinate not in (CoordinateState.ANSWERED, CoordinateState.NOT_NEEDED):
        left.append(Track.COORDINATE)
    if incident.regularise not in (RegulariseState.ARCHIVED, RegulariseState.NOT_NEEDED):
        left.append(Track.REGULARISE)
    return left


def worst_grade(grades: Sequence[int], otherwise: int) -> int:
    """The worst of the members' grades; 1 is worst, 0 (normal) does not count.

    >>> worst_grade([3, 1, 0], 4)
    1
    """
    return min((g for g in grades if g > 0), default=otherwise)


def add_working_days(start: datetime, days: int, zone: str) -> datetime:
    """The same wall-clock time ``days`` Mondays-to-Fridays later.

    >>> from datetime import UTC
    >>> friday = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
    >>> add_working_days(friday, 1, "Asia/Shanghai").isoformat()
    '2026-11-30T06:00:00+00:00'
    """
    moment = local(start, zone)
    while days > 0:
        moment += timedelta(days=1)
        days -= moment.weekday() < 5
    return require_aware(moment)


def due(
    name: ClockName, start: datetime, *, grade: int, channel: str, params: IncidentParams, zone: str
) -> datetime:
    """When a clock that starts now runs out."""
    by_grade = {
        ClockName.ARRIVE: params.arrive_h,
        ClockName.CONTAIN: params.contain_h,
        ClockName.CLEAR: params.clear_h,
        ClockName.CALLBACK: params.callback_h,
    }
    if name in by_grade:
        return start + timedelta(hours=by_grade[name][grade - 1])
    if name is ClockName.ARCHIVE:
        return add_working_days(start, params.archive_days, zone)
    days = dict(params.answer_days_by_channel).get(channel, params.answer_days)
    return add_working_days(start, days, zone)


# A track's new state meets these clocks: entering a later state meets the earlier ones.
MEETS: dict[str, tuple[ClockName, ...]] = {
    "handle:on_site": (ClockName.ARRIVE,),
    "handle:contained": (ClockName.ARRIVE, ClockName.CONTAIN),
    "handle:cleared": (ClockName.ARRIVE, ClockName.CONTAIN, ClockName.CLEAR),
    "coordinate:answered": (ClockName.ANSWER,),
    "regularise:archived": (ClockName.ARCHIVE,),
}


@dataclass(frozen=True, slots=True)
class Home:
    """The incident a voice joins; ``brings_tank`` when it tells the incident its tank."""

    incident_id: int
    brings_tank: bool


def find_home(
    voice: Voice, candidates: Sequence[Incident], *, now_ms: int, params: IncidentParams
) -> Home | None:
    """The open incident that ``voice`` is about, or None for a new one.

    The same tank always is; a voice or an incident without a tank matches by community
    or distance within ``join_h`` hours.
    """
    place = voice.place
    for incident in candidates:
        if place.tank_id is not None and incident.tank_id == place.tank_id:
            return Home(incident.id, brings_tank=False)
    recent = [c for c in candidates if now_ms - c.opened_ms <= params.join_h * 3_600_000]
    if place.tank_id is not None:
        recent = [c for c in recent if c.tank_id is None]
    near = [c for c in recent if _is_near(place, c, params.join_m)]
    if not near:
        return None
    newest = max(near, key=lambda c: (c.opened_ms, c.id))
    return Home(newest.id, brings_tank=place.tank_id is not None)


def _is_near(place: Place, incident: Incident, join_m: float) -> bool:
    here, there = _point(place.lat, place.lon), _point(incident.lat, incident.lon)
    exact = place.tank_id is None and incident.tank_id is not None and here is not None
    shares_community = place.community_id is not None and incident.community_id is not None
    if shares_community and not exact:
        # One side knows no more than the community: its point is the community's.
        return place.community_id == incident.community_id
    return here is not None and there is not None and distance_m(here, there) <= join_m


def _point(lat: float | None, lon: float | None) -> Point | None:
    return None if lat is None or lon is None else Point(lat, lon)


def opens(voice: Voice, params: IncidentParams) -> bool:
    """Whether a voice that found no home becomes an incident of its own."""
    if voice.place.tank_id is None and voice.place.community_id is None and voice.place.lat is None:
        return False
    if voice.source_kind == "alarm":
        return 0 < voice.grade <= params.opening_grade
    return voice.category not in QUIET_CATEGORIES
