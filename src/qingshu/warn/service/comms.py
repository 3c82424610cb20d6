"""Comms-loss alarms: each sensor against its own interval, one alarm for an outage."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sqlalchemy import Connection

from qingshu.kernel.instants import to_ms
from qingshu.registry import store as registry
from qingshu.runtime.db import Tx
from qingshu.warn import rules, store
from qingshu.warn.model import Alarm, Kind, Reason, Silence
from qingshu.warn.params import WarnParams
from qingshu.warn.reasons import outage_reason, silent_reason
from qingshu.warn.service import process


def sweep_comms(tx: Tx) -> int:
    """Raise and return comms alarms; called every half minute. Returns what changed.

    A sensor that was never heard has no alarm: it may not be fitted yet.
    """
    params = tx.settings.room_params("warn", WarnParams)
    now_ms = to_ms(tx.now)
    sensors = heard(tx.conn)
    standing = [a for a in store.standing(tx.conn) if a.kind is Kind.COMMS and a.is_active]
    changed = 0
    covered: set[int] = set()
    by_id = {s.sensor_id: s for s in sensors}
    for alarm in standing:
        if _is_over(alarm, by_id, now_ms, params):
            process.returned(tx, alarm, now_ms)
            changed += 1
        else:
            covered.update(alarm.members)
    verdict = rules.judge_silence(sensors, frozenset(covered), now_ms, params)
    zone = tx.settings.station.zone
    if verdict.together:
        _raise(tx, None, verdict.together, outage_reason(verdict.together, zone))
    for silence in verdict.single:
        _raise(tx, silence.tank_id, (silence,), silent_reason(silence, tx.now, zone))
    changed += len(verdict.single) + bool(verdict.together)
    return changed


def heard(conn: Connection) -> list[Silence]:
    """When each active sensor of the registry was last heard (0: never)."""
    seen = np.frombuffer(store.seen_body(conn), "<i8")
    return [
        Silence(s.id, s.code, s.tank_id, s.interval_s, int(seen[s.id]) if s.id < len(seen) else 0)
        for s in registry.sensors(conn)
        if s.active and s.tank_id is not None
    ]


def _is_over(alarm: Alarm, by_id: dict[int, Silence], now_ms: int, params: WarnParams) -> bool:
    known = [by_id[m] for m in alarm.members if m in by_id]
    back = sum(rules.is_heard(sensor, now_ms, params) for sensor in known)
    share = 1.0 if alarm.tank_id is not None else params.comms_group_back
    return back >= share * len(known)


def _raise(tx: Tx, tank_id: int | None, group: tuple[Silence, ...], reason: Reason) -> None:
    members = tuple(s.sensor_id for s in group)
    standing = _standing(tx, tank_id)
    if standing is not None:
        # A second sensor of the same tank, or the same one again before anybody looked.
        store.add_members(tx, standing.id, members)
        if not standing.is_active:
            again = replace(standing, reason_zh=reason.zh, reason_en=reason.en)
            process.raise_again(tx, again)
        return
    draft = process.blank(tx, Kind.COMMS, tank_id)
    draft = replace(draft, reason_zh=reason.zh, reason_en=reason.en, members=members)
    key = (store.STATION if tank_id is None else tank_id, Kind.COMMS)
    process.raise_new(tx, draft, to_ms(tx.now), store.hushes(tx.conn, [key[0]]).get(key))


def _standing(tx: Tx, tank_id: int | None) -> Alarm | None:
    if tank_id is None:
        return None
    told = store.newest(tx.conn, [tank_id]).get((tank_id, Kind.COMMS))
    return told.alarm if told is not None and told.alarm.is_standing else None
