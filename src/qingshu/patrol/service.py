"""Use cases of the patrol room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from qingshu.kernel.instants import from_ms, local, to_ms
from qingshu.kernel.lifecycle import follow
from qingshu.patrol import events, rules, store
from qingshu.patrol.errors import (
    FindingNotFound,
    RoundNotFound,
    RoundNotUnderWay,
    TankNotRegistered,
)
from qingshu.patrol.model import (
    Exposure,
    Finding,
    Proposal,
    Round,
    RoundCommand,
    RoundState,
    Severity,
    What,
)
from qingshu.patrol.params import PatrolParams
from qingshu.registry import store as registry
from qingshu.registry.model import Tank
from qingshu.runtime.db import Tx
from qingshu.runtime.numbers import next_number
from qingshu.runtime.settings import Settings

NUMBER_PREFIX = "X"
# Findings older than five half-lives weigh 3 % and are left out.
_HALF_LIVES = 5


def plan_round(tx: Tx, tank_ids: Sequence[int], patroller: str) -> Round:
    """Lay out a round over tanks in walking order; each tank once."""
    wanted = list(dict.fromkeys(tank_ids))
    if not wanted:
        msg = "Expected at least one tank for a round, got none."
        raise TankNotRegistered(msg, tank_ids="empty")
    known = {tank.id for tank in registry.tanks(tx.conn, wanted)}
    missing = [tank_id for tank_id in wanted if tank_id not in known]
    if missing:
        msg = f"Expected registered tanks, got unknown ids {missing}."
        raise TankNotRegistered(msg, tank_ids=missing)
    number = next_number(tx, NUMBER_PREFIX)
    round_id = store.insert_round(tx, number, patroller, wanted)
    tx.emit(events.RoundPlanned(subject_id=round_id, number=number, tank_ids=wanted))
    return round_of(tx.conn, round_id)


def start_round(tx: Tx, round_id: int) -> Round:
    """A patroller sets out."""
    value = round_of(tx.conn, round_id)
    after = follow(rules.ROUND, value.state, RoundCommand.START)
    value = replace(value, state=after, started_at=tx.now)
    store.save_round(tx, value)
    tx.emit(events.RoundStarted(subject_id=round_id))
    return value


def finish_round(tx: Tx, round_id: int) -> Round:
    """A patroller comes back."""
    value = round_of(tx.conn, round_id)
    after = follow(rules.ROUND, value.state, RoundCommand.FINISH)
    value = replace(value, state=after, finished_at=tx.now)
    store.save_round(tx, value)
    count = len(store.findings(tx.conn, round_id=round_id))
    tx.emit(events.RoundFinished(subject_id=round_id, findings=count))
    return value


def record_finding(
    tx: Tx, *, tank_id: int, what: What, severity: Severity, note: str = "",
    round_id: int | None = None,
) -> Finding:  # fmt: skip
    """Keep what somebody saw, on a round under way or by the way."""
    if registry.tank(tx.conn, tank_id) is None:
        msg = f"Expected a registered tank, got id {tank_id}."
        raise TankNotRegistered(msg, tank_id=tank_id)
    if round_id is not None:
        state = round_of(tx.conn, round_id).state
        if state is not RoundState.STARTED:
            msg = f"Expected a started round, got one that is {state}. Start it first."
            raise RoundNotUnderWay(msg, round_id=round_id)
    value = Finding(0, round_id, tank_id, what, severity, note, "", tx.now, tx.actor)
    value = replace(value, id=store.insert_finding(tx, value))
    tx.emit(
        events.FindingRecorded(
            subject_id=value.id, round_id=round_id, tank_id=tank_id, what=what.value,
            severity=severity.value, note=note,
        )
    )  # fmt: skip
    return value


def attach_photo(tx: Tx, finding_id: int, sha256: str) -> Finding:
    """Put a stored photo to a finding."""
    finding_of(tx.conn, finding_id)
    store.set_photo(tx, finding_id, sha256)
    return finding_of(tx.conn, finding_id)


def is_finding_photo(conn: Connection, sha256: str) -> bool:
    """Whether a stored photo was put to a finding."""
    return store.has_photo(conn, sha256)


def round_of(conn: Connection, round_id: int) -> Round:
    """One round, or :class:`RoundNotFound`."""
    found = store.rounds(conn, ids=[round_id])
    if not found:
        msg = f"Expected a round with id {round_id}, found none."
        raise RoundNotFound(msg, round_id=round_id)
    return found[0]


def rounds(conn: Connection) -> list[Round]:
    """The newest rounds."""
    return store.rounds(conn)


def finding_of(conn: Connection, finding_id: int) -> Finding:
    """One finding, or :class:`FindingNotFound`."""
    found = store.finding(conn, finding_id)
    if found is None:
        msg = f"Expected a finding with id {finding_id}, found none."
        raise FindingNotFound(msg, finding_id=finding_id)
    return found


def findings(
    conn: Connection, tank_id: int | None = None, round_id: int | None = None
) -> list[Finding]:
    """The newest findings, of one tank or round where given."""
    return store.findings(conn, tank_id=tank_id, round_id=round_id)


def propose_round(
    conn: Connection, settings: Settings, now: datetime, *, count: int, grid_id: int | None = None
) -> list[Proposal]:
    """Tanks most worth a look within ``count``: overdue, unmonitored, found wanting before."""
    params = settings.room_params("patrol", PatrolParams)
    tanks = registry.tanks(conn) if grid_id is None else registry.tanks_of_grid(conn, grid_id)
    monitored = {s.tank_id for s in registry.sensors(conn) if s.active}
    since = now - timedelta(days=params.finding_half_life_days * _HALF_LIVES)
    past: dict[int, list[tuple[Severity, float]]] = {}
    for finding in store.findings_since(conn, to_ms(since)):
        age_days = (now - finding.found_at) / timedelta(days=1)
        past.setdefault(finding.tank_id, []).append((finding.severity, age_days))
    looks = store.last_looks(conn)
    today = local(now, settings.station.zone).date()
    exposures = [
        Exposure(
            tank_id=tank.id,
            overdue_days=_overdue_days(tank, today),
            interval_days=tank.interval_days,
            is_monitored=tank.id in monitored,
            is_low_lying=tank.low_lying,
            findings=tuple(past.get(tank.id, ())),
            looked_at_days_ago=_days_ago(looks.get(tank.id), now),
        )
        for tank in tanks
        if tank.active
    ]
    return rules.propose(exposures, count, params)


def _overdue_days(tank: Tank, today: date) -> float | None:
    if tank.last_desludged_on is None:
        return None
    return (today - tank.last_desludged_on).days - tank.interval_days


def _days_ago(ms: int | None, now: datetime) -> float | None:
    return None if ms is None else (now - from_ms(ms)) / timedelta(days=1)
