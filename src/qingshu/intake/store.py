"""SQL in and out of the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from qingshu.intake.model import Category, Channel, Report, Status, Urgency
from qingshu.intake.rules.gazetteer import COMMUNITY, Alias
from qingshu.intake.tables import place_alias, report
from qingshu.runtime.db import Tx

_TANK_ALIAS, _SURE = 0.32, 0.95


def add(tx: Tx, values: dict[str, Any]) -> int:
    """Insert one report; return its id."""
    result = tx.conn.execute(insert(report).values(**values))
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def change(tx: Tx, report_id: int, **values: Any) -> None:
    """Overwrite columns of one report."""
    tx.conn.execute(update(report).where(report.c.id == report_id).values(**values))


def get(conn: Connection, report_id: int) -> Report | None:
    """One report by id."""
    row = conn.execute(select(report).where(report.c.id == report_id)).first()
    return None if row is None else _report(row)


def by_number(conn: Connection, number: str) -> Report | None:
    """One report by the number a resident holds."""
    row = conn.execute(select(report).where(report.c.number == number)).first()
    return None if row is None else _report(row)


def by_channel(conn: Connection, channel: Channel, channel_number: str) -> Report | None:
    """The report that a channel knows under this number."""
    if not channel_number:
        return None
    row = conn.execute(
        select(report).where(
            report.c.channel == channel.value, report.c.channel_number == channel_number
        )
    ).first()
    return None if row is None else _report(row)


def listed(
    conn: Connection, *, statuses: Sequence[Status] | None = None, limit: int = 500
) -> list[Report]:
    """The newest reports first, of some statuses."""
    statement = select(report).order_by(report.c.received_ms.desc(), report.c.id.desc())
    if statuses is not None:
        statement = statement.where(report.c.status.in_([s.value for s in statuses]))
    return [_report(row) for row in conn.execute(statement.limit(limit))]


def of_incident(conn: Connection, incident_id: int) -> list[Report]:
    """The reports of one incident, oldest first."""
    chosen = select(report).where(report.c.incident_id == incident_id)
    rows = conn.execute(chosen.order_by(report.c.received_ms, report.c.id))
    return [_report(row) for row in rows]


def of_tank(conn: Connection, tank_id: int, since_ms: int) -> list[Report]:
    """Reports at one tank since an instant, newest first."""
    chosen = select(report).where(report.c.tank_id == tank_id, report.c.received_ms >= since_ms)
    return [_report(row) for row in conn.execute(chosen.order_by(report.c.received_ms.desc()))]


def count_of_phone(conn: Connection, phone_print: str, since_ms: int) -> int:
    """How often this phone told us something since an instant."""
    if not phone_print:
        return 0
    counted = select(func.count()).where(
        report.c.phone_print == phone_print, report.c.received_ms >= since_ms
    )
    return int(conn.execute(counted).scalar_one())


def between(conn: Connection, from_ms: int, to_ms: int) -> list[Report]:
    """Reports received in a span, oldest first; for statistics."""
    chosen = select(report).where(report.c.received_ms >= from_ms, report.c.received_ms < to_ms)
    return [_report(row) for row in conn.execute(chosen.order_by(report.c.received_ms))]


def aliases(conn: Connection, *, first: float, step: float) -> list[Alias]:
    """Words learned from corrections; each further correction makes them surer."""
    rows = conn.execute(select(place_alias).order_by(place_alias.c.id))
    found = []
    for row in rows:
        # Words for one tank say all; words for a community still need the building.
        base = first + (_TANK_ALIAS if row.kind == "tank" else 0.0)
        top = _SURE if row.kind == "tank" else COMMUNITY
        score = min(top, base + step * (row.times - 1))
        found.append(Alias(row.words, row.kind, row.place_id, score))
    return found


def aliases_version(conn: Connection) -> tuple[int, int]:
    """Changes whenever an alias is learned."""
    counted = select(func.count(), func.coalesce(func.sum(place_alias.c.times), 0))
    row = conn.execute(counted.select_from(place_alias)).one()
    return int(row[0]), int(row[1])


def learn_alias(tx: Tx, words: str, kind: str, place_id: int, at_ms: int) -> None:
    """Remember that these words meant this place, once more."""
    same = (
        (place_alias.c.words == words)
        & (place_alias.c.kind == kind)
        & (place_alias.c.place_id == place_id)
    )
    known = tx.conn.execute(select(place_alias.c.times).where(same)).scalar()
    tx.upsert(
        place_alias,
        [
            {
                "words": words, "kind": kind, "place_id": place_id, "learned_ms": at_ms,
                "times": 1 + int(known or 0),
            }
        ],
        keys=("words", "kind", "place_id"),
    )  # fmt: skip


def _report(row: Row[Any]) -> Report:
    values = row._asdict()
    values["channel"] = Channel(row.channel)
    values["category"] = Category(row.category)
    values["urgency"] = Urgency(row.urgency)
    values["status"] = Status(row.status)
    return Report(**values)
