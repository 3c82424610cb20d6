"""The facts behind a meeting's papers: reports, incidents, dossiers, commitments of a period."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from qingshu.incident import service as incidents
from qingshu.incident import store as incident_store
from qingshu.incident.model import Incident, SourceKind, Status
from qingshu.intake import store as intake_store
from qingshu.intake.model import Category, Report
from qingshu.intake.model import Status as ReportStatus
from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import from_ms, local, to_ms
from qingshu.learn import commitments
from qingshu.learn import service as learn
from qingshu.learn.params import LearnParams
from qingshu.registry import store as registry
from qingshu.registry.model import Tank
from qingshu.runtime.settings import Settings
from qingshu.verify import store as verify_store

MONTHS = 12
REPEAT_DAYS = 90


@dataclass(slots=True)
class Count:
    """What is counted of a group of reports; every rate is n of its own N."""

    received: int = 0
    before: int = 0
    answered: int = 0
    answer_due: int = 0
    solved: int = 0
    solve_due: int = 0
    satisfied: int = 0
    rated: int = 0
    repeated: int = 0
    late: int = 0
    overflow: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """A tank with more than one incident in the year."""

    tank: Tank
    months: tuple[int, ...]
    cleared: tuple[int, ...]
    in_period: int
    callers: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a meeting's papers show."""

    start: datetime
    end: datetime
    now: datetime
    zone: str
    months: tuple[tuple[int, int], ...]
    volume: tuple[int, ...]
    volume_last_year: tuple[int, ...]
    by_month: tuple[Count, ...]
    total: Count
    by_office: dict[int | None, Count]
    channels: Counter[str]
    places: Counter[int]
    spots: tuple[Spot, ...]
    reports: tuple[Report, ...]
    months_of_tank: dict[int, tuple[int, ...]] = field(default_factory=dict)
    dossiers: tuple[dict[str, Any], ...] = ()
    commitments: tuple[dict[str, Any], ...] = ()
    overdue: tuple[dict[str, Any], ...] = ()


def last_month(now: datetime, zone: str) -> tuple[datetime, datetime]:
    """The calendar month before this one, in UTC instants.

    >>> a, b = last_month(datetime(2026, 11, 24, tzinfo=UTC), "Asia/Shanghai")
    >>> a.isoformat(), b.isoformat()
    ('2026-09-30T16:00:00+00:00', '2026-10-31T16:00:00+00:00')
    """
    here = local(now, zone)
    this = datetime(here.year, here.month, 1, tzinfo=ZoneInfo(zone))
    before = (this - timedelta(days=1)).replace(day=1)
    return before.astimezone(UTC), this.astimezone(UTC)


def wilson(n: int, of: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share, percent.

    >>> wilson(516, 519)
    (98.3, 99.8)
    """
    if of == 0:
        return (0.0, 0.0)
    z, p = 1.96, n / of
    middle = p + z * z / (2 * of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return round(100 * (middle - half) / scale, 1), round(100 * (middle + half) / scale, 1)


def gather(
    conn: Connection, settings: Settings, start: datetime, end: datetime, now: datetime
) -> Facts:
    """Read and count.

    Raises
    ------
    InvalidInput
        The period ends before it starts.
    """
    if end <= start:
        msg = f"Expected a period that ends after it starts, got {start} to {end}."
        raise InvalidInput(msg, to_date="not after from")
    zone = settings.station.zone
    months = _months(end, zone)
    first = datetime(*months[0], 1, tzinfo=ZoneInfo(zone))
    year_before = first.replace(year=first.year - 1)
    length = end - start
    since = min(year_before.astimezone(UTC), start - length)
    said = [
        r
        for r in intake_store.between(conn, to_ms(since), to_ms(end))
        if r.status is not ReportStatus.RETURNED
    ]
    year = incident_store.between(conn, to_ms(first), to_ms(end))
    known = {i.id: i for i in year}
    linked = {r.incident_id for r in said if r.incident_id is not None}
    known |= incident_store.by_ids(conn, [i for i in linked if i not in known])
    ratings = _ratings(conn, settings, list(known))
    counter = _Counter(known, ratings, to_ms(now), said)
    index = {month: n for n, month in enumerate(months)}
    in_months: list[list[Report]] = [[] for _ in months]
    last_year = [0] * MONTHS
    for report in said:
        here = local(from_ms(report.received_ms), zone)
        if (here.year, here.month) in index:
            in_months[index[(here.year, here.month)]].append(report)
        elif (here.year + 1, here.month) in index:
            last_year[index[(here.year + 1, here.month)]] += 1
    period = [r for r in said if to_ms(start) <= r.received_ms < to_ms(end)]
    before = [r for r in said if to_ms(start - length) <= r.received_ms < to_ms(start)]
    months_of_tank, spots = _spots(conn, year, index, zone, to_ms(start))
    return Facts(
        start=start, end=end, now=now, zone=zone, months=months,
        volume=tuple(len(m) for m in in_months), volume_last_year=tuple(last_year),
        by_month=tuple(counter.count(m, []) for m in in_months),
        total=counter.count(period, before), by_office=_by_office(counter, period, before),
        channels=Counter(str(r.channel) for r in period),
        places=Counter(r.community_id for r in period if r.community_id is not None),
        spots=spots, reports=tuple(period), months_of_tank=months_of_tank,
        dossiers=tuple(learn.rows(conn)),
        commitments=tuple(commitments.rows(conn, settings, now)),
        overdue=tuple(r for r in incidents.rows(conn, now) if r["overdue"]),
    )  # fmt: skip


def _months(end: datetime, zone: str) -> tuple[tuple[int, int], ...]:
    here = local(end - timedelta(milliseconds=1), zone)
    at = here.year * 12 + here.month - 1
    return tuple((n // 12, n % 12 + 1) for n in range(at - MONTHS + 1, at + 1))


def _ratings(conn: Connection, settings: Settings, ids: Sequence[int]) -> dict[int, bool]:
    """Whether the last resident who rated an incident was satisfied."""
    params = settings.room_params("learn", LearnParams)
    return {
        call.incident_id: call.satisfaction >= params.satisfied_from
        for call in verify_store.callbacks(conn, ids)
        if call.satisfaction is not None
    }


class _Counter:
    """Counts groups of reports against the incidents they led to."""

    def __init__(
        self,
        known: dict[int, Incident],
        ratings: dict[int, bool],
        now_ms: int,
        said: Iterable[Report],
    ) -> None:
        self._known, self._ratings, self._now = known, ratings, now_ms
        self._repeated: set[int] = set()
        newest: dict[int, Report] = {}
        for report in said:
            if report.tank_id is None:
                continue
            earlier = newest.get(report.tank_id)
            near = REPEAT_DAYS * 86_400_000
            if earlier is not None and report.received_ms - earlier.received_ms <= near:
                self._repeated.add(report.id)
            newest[report.tank_id] = report

    def count(self, reports: Sequence[Report], before: Sequence[Report]) -> Count:
        """Count one group; ``before`` is the same group in the period before."""
        found = Count(received=len(reports), before=len(before))
        rated = set()
        for report in reports:
            self._answer(found, report)
            found.overflow += report.category is Category.OVERFLOW
            found.repeated += report.id in self._repeated
            incident = self._known.get(report.incident_id or 0)
            if incident is None:
                continue
            if incident.status is Status.CLOSED or (report.due_ms or 0) < self._now:
                found.solve_due += 1
                found.solved += incident.status is Status.CLOSED and incident.proved
            if incident.id in self._ratings:
                rated.add(incident.id)
        found.rated = len(rated)
        found.satisfied = sum(self._ratings[i] for i in rated)
        return found

    def _answer(self, found: Count, report: Report) -> None:
        due = report.due_ms
        if due is None:
            return
        in_time = report.answered_ms is not None and report.answered_ms <= due
        late = not in_time and due < self._now
        found.answer_due += in_time or late
        found.answered += in_time
        found.late += late


def _by_office(
    counter: _Counter, period: Sequence[Report], before: Sequence[Report]
) -> dict[int | None, Count]:
    groups: defaultdict[int | None, tuple[list[Report], list[Report]]]
    groups = defaultdict(lambda: ([], []))
    for which, reports in enumerate((period, before)):
        for report in reports:
            groups[report.office_id][which].append(report)
    return {office: counter.count(*both) for office, both in groups.items()}


def _spots(
    conn: Connection,
    year: Sequence[Incident],
    index: dict[tuple[int, int], int],
    zone: str,
    start_ms: int,
) -> tuple[dict[int, tuple[int, ...]], tuple[Spot, ...]]:
    """Incidents by month for every tank, and the ten tanks that came back most."""
    months: dict[int, list[int]] = {}
    cleared: defaultdict[int, set[int]] = defaultdict(set)
    recent: defaultdict[int, list[Incident]] = defaultdict(list)
    for incident in year:
        if incident.tank_id is None:
            continue
        at = index.get(_month(incident.opened_ms, zone))
        if at is not None:
            months.setdefault(incident.tank_id, [0] * MONTHS)[at] += 1
        if incident.cleared_ms is not None and _month(incident.cleared_ms, zone) in index:
            cleared[incident.tank_id].add(index[_month(incident.cleared_ms, zone)])
        if incident.opened_ms >= start_ms:
            recent[incident.tank_id].append(incident)
    ranked = sorted(recent, key=lambda t: (-len(recent[t]), -sum(months[t]), t))
    chosen = [t for t in ranked if sum(months[t]) > 1][:10]
    tanks = {t.id: t for t in registry.tanks(conn, chosen)}
    members = incident_store.members(conn, [i.id for t in chosen for i in recent[t]])
    callers: defaultdict[int, set[str]] = defaultdict(set)
    for member in members:
        if member.source_kind is SourceKind.REPORT:
            callers[member.incident_id].add(member.caller or f"#{member.source_id}")
    spots = tuple(
        Spot(
            tanks[t], tuple(months[t]), tuple(sorted(cleared[t])), len(recent[t]),
            len(set().union(*(callers[i.id] for i in recent[t]))),
        )
        for t in chosen
    )  # fmt: skip
    return {t: tuple(m) for t, m in months.items()}, spots


def _month(at_ms: int, zone: str) -> tuple[int, int]:
    here = local(from_ms(at_ms), zone)
    return here.year, here.month
