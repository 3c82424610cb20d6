"""SQL in and out of the warn room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from qingshu.kernel.instants import from_ms, to_ms
from qingshu.runtime.db import Tx
from qingshu.warn import tables
from qingshu.warn.model import Alarm, Hush, Kind, Process, Suppression

_INSTANTS = {
    "shelved_until": "shelved_until_ms",
    "raised_at": "raised_ms",
    "regraded_at": "regraded_ms",
    "returned_at": "returned_ms",
    "acknowledged_at": "acknowledged_ms",
    "overflow_at": "overflow_ms",
    "overflow_from": "overflow_from_ms",
    "overflow_to": "overflow_to_ms",
    "changed_at": "changed_ms",
}
_PLAIN = (
    "number", "tank_id", "grade", "acknowledged_by", "reason_zh", "reason_en",
    "level_m", "freeboard_m",
)  # fmt: skip
STATION = 0
SEEN_SHARD = -1
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Told:
    """The newest alarm of one kind at a tank and how far the kernel has told of it."""

    alarm: Alarm
    told_ms: int


def alarm(conn: Connection, alarm_id: int) -> Alarm | None:
    """One alarm."""
    row = conn.execute(select(tables.alarm).where(tables.alarm.c.id == alarm_id)).first()
    return None if row is None else _alarms(conn, [row])[0]


def standing(conn: Connection) -> list[Alarm]:
    """All alarms that are not normal, most urgent first."""
    table = tables.alarm
    rows = conn.execute(select(table).where(table.c.process != Process.NORMAL.value)).all()
    return sorted(_alarms(conn, rows), key=lambda a: (a.grade or 9, -to_ms(a.raised_at)))


def recent(conn: Connection, limit: int = 500) -> list[Alarm]:
    """The newest alarms, standing or not."""
    table = tables.alarm
    rows = conn.execute(select(table).order_by(table.c.id.desc()).limit(limit)).all()
    return _alarms(conn, rows)


def of_tank(conn: Connection, tank_id: int) -> list[Alarm]:
    """All alarms of a tank, newest first."""
    table = tables.alarm
    chosen = select(table).where(table.c.tank_id == tank_id).order_by(table.c.id.desc())
    return _alarms(conn, conn.execute(chosen).all())


def newest(conn: Connection, tank_ids: Iterable[int]) -> dict[tuple[int, Kind], Told]:
    """The newest alarm of each kind at some tanks, standing or closed."""
    table, found = tables.alarm, {}
    wanted = sorted(set(tank_ids))
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        last = select(func.max(table.c.id)).where(table.c.tank_id.in_(part))
        rows = conn.execute(
            select(table).where(table.c.id.in_(last.group_by(table.c.tank_id, table.c.kind)))
        ).all()
        for row, value in zip(rows, _alarms(conn, rows), strict=True):
            found[row.tank_id, value.kind] = Told(value, row.told_ms)
    return found


def insert(tx: Tx, new: Alarm, told_ms: int) -> int:
    """Add an alarm and return its id."""
    result = tx.conn.execute(tables.alarm.insert().values(**_columns(new), told_ms=told_ms))
    key = result.inserted_primary_key
    assert key is not None
    alarm_id = int(key[0])
    add_members(tx, alarm_id, new.members)
    return alarm_id


def add_members(tx: Tx, alarm_id: int, sensor_ids: Iterable[int]) -> None:
    """Let a comms alarm speak for these sensors too."""
    rows = [{"alarm_id": alarm_id, "sensor_id": sensor} for sensor in sensor_ids]
    tx.upsert(tables.alarm_member, rows, keys=["alarm_id", "sensor_id"])


def save(tx: Tx, changed: Alarm, told_ms: int | None = None) -> None:
    """Write an alarm back."""
    values = _columns(changed)
    if told_ms is not None:
        values["told_ms"] = told_ms
    tx.conn.execute(update(tables.alarm).where(tables.alarm.c.id == changed.id).values(**values))


def set_escalations(tx: Tx, alarm_id: int, count: int) -> None:
    """Remember how far up an alarm was told."""
    tx.conn.execute(
        update(tables.alarm).where(tables.alarm.c.id == alarm_id).values(escalations=count)
    )


def escalations(conn: Connection, alarm_id: int) -> int:
    """How far up an alarm was told since it last asked for attention."""
    chosen = select(tables.alarm.c.escalations).where(tables.alarm.c.id == alarm_id)
    return int(conn.execute(chosen).scalar() or 0)


def hushes(conn: Connection, tank_ids: Iterable[int]) -> dict[tuple[int, Kind], Hush]:
    """Standing suppressions of some tanks."""
    wanted, found = sorted(set(tank_ids)), {}
    for start in range(0, len(wanted), _CHUNK):
        chosen = tables.hush.c.tank_id.in_(wanted[start : start + _CHUNK])
        for row in conn.execute(select(tables.hush).where(chosen)):
            until = None if row.until_ms is None else from_ms(row.until_ms)
            found[row.tank_id, Kind(row.kind)] = Hush(
                row.tank_id, Kind(row.kind), Suppression(row.mode), row.reason, until
            )
    return found


def put_hush(tx: Tx, hush: Hush) -> None:
    """Set or remove the suppression of one kind at one tank."""
    table = tables.hush
    if hush.mode is Suppression.NONE:
        mine = (table.c.tank_id == hush.tank_id) & (table.c.kind == hush.kind.value)
        tx.conn.execute(delete(table).where(mine))
        return
    row = {
        "tank_id": hush.tank_id, "kind": hush.kind.value, "mode": hush.mode.value,
        "reason": hush.reason, "until_ms": None if hush.until is None else to_ms(hush.until),
        "since_ms": to_ms(tx.now), "actor": tx.actor,
    }  # fmt: skip
    tx.upsert(table, [row], keys=["tank_id", "kind"])


def save_shard(tx: Tx, shard: int, body: bytes, *, log_id: int, engine: str, shards: int) -> None:
    """Keep one shard's memory and the log id it covers."""
    row = {
        "shard": shard, "log_id": log_id, "engine": engine, "shards": shards,
        "saved_ms": to_ms(tx.now), "body": body,
    }  # fmt: skip
    tx.upsert(tables.shard_state, [row], keys=["shard"])


def cover_shards(tx: Tx, log_id: int) -> None:
    """Say that every saved shard, changed or not, covers the log up to ``log_id``."""
    tx.conn.execute(update(tables.shard_state).values(log_id=log_id))


def shards(conn: Connection) -> list[Row[Any]]:
    """All saved shards."""
    return list(conn.execute(select(tables.shard_state)))


def seen_body(conn: Connection) -> bytes:
    """Saved instants at which each sensor was last heard; empty when none was saved."""
    chosen = select(tables.shard_state.c.body).where(tables.shard_state.c.shard == SEEN_SHARD)
    return bytes(conn.execute(chosen).scalar() or b"")


def _alarms(conn: Connection, rows: Iterable[Row[Any]]) -> list[Alarm]:
    rows = list(rows)
    comms = [row.id for row in rows if row.kind == Kind.COMMS.value]
    members: dict[int, list[int]] = {}
    if comms:
        table = tables.alarm_member
        for start in range(0, len(comms), _CHUNK):
            part = table.c.alarm_id.in_(comms[start : start + _CHUNK])
            for row in conn.execute(select(table).where(part)):
                members.setdefault(row.alarm_id, []).append(row.sensor_id)
    return [_alarm(row._asdict(), tuple(sorted(members.get(row.id, [])))) for row in rows]


def _alarm(row: Mapping[str, Any], members: tuple[int, ...]) -> Alarm:
    instants = {name: _instant(row[column]) for name, column in _INSTANTS.items()}
    return Alarm(
        id=row["id"],
        kind=Kind(row["kind"]),
        process=Process(row["process"]),
        suppression=Suppression(row["suppression"]),
        members=members,
        **{name: row[name] for name in _PLAIN},
        **instants,  # type: ignore[arg-type]
    )


def _instant(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def _columns(value: Alarm) -> dict[str, Any]:
    columns: dict[str, Any] = {name: getattr(value, name) for name in _PLAIN}
    for name, column in _INSTANTS.items():
        instant = getattr(value, name)
        columns[column] = None if instant is None else to_ms(instant)
    columns |= {
        "kind": value.kind.value, "process": value.process.value,
        "suppression": value.suppression.value,
    }  # fmt: skip
    return columns
