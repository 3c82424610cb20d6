"""Dispatches in and out of SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from qingshu.dispatch.errors import DispatchNotFound
from qingshu.dispatch.model import Dispatch, DispatchState, Ranked
from qingshu.dispatch.tables import dispatch
from qingshu.kernel.instants import to_ms
from qingshu.runtime.db import Tx


def insert(tx: Tx, incident_id: int, chosen: Ranked, *, automatic: bool) -> Dispatch:
    """A new live dispatch."""
    result = tx.conn.execute(
        dispatch.insert().values(
            incident_id=incident_id, truck_id=chosen.truck_id, state=str(DispatchState.LIVE),
            confirmed_ms=to_ms(tx.now), actor=tx.actor, eta_s=chosen.eta_s,
            drive_s=chosen.drive_s, distance_m=chosen.distance_m, reason_zh=chosen.reason_zh,
            reason_en=chosen.reason_en, automatic=automatic,
        )
    )  # fmt: skip
    key = result.inserted_primary_key
    assert key is not None
    return load(tx.conn, int(key[0]))


def load(conn: Connection, dispatch_id: int) -> Dispatch:
    """One dispatch, or :class:`DispatchNotFound`."""
    row = conn.execute(select(dispatch).where(dispatch.c.id == dispatch_id)).first()
    if row is None:
        msg = f"Expected the id of a dispatch, {dispatch_id} is none."
        raise DispatchNotFound(msg, dispatch_id=dispatch_id)
    return _dispatch(row)


def live(conn: Connection) -> list[Dispatch]:
    """Every dispatch that still holds its truck, oldest first."""
    return _many(conn, select(dispatch).where(dispatch.c.state == str(DispatchState.LIVE)))


def of_incident(conn: Connection, incident_id: int) -> list[Dispatch]:
    """All dispatches of one incident, oldest first."""
    return _many(conn, select(dispatch).where(dispatch.c.incident_id == incident_id))


def end(tx: Tx, dispatch_id: int, state: DispatchState, reason: str) -> Dispatch:
    """Let the truck go."""
    tx.conn.execute(
        update(dispatch)
        .where(dispatch.c.id == dispatch_id)
        .values(state=str(state), ended_ms=to_ms(tx.now), end_reason=reason)
    )
    return load(tx.conn, dispatch_id)


def _many(conn: Connection, query: Select[Any]) -> list[Dispatch]:
    return [_dispatch(row) for row in conn.execute(query.order_by(dispatch.c.id))]


def _dispatch(row: Row[Any]) -> Dispatch:
    values: dict[str, Any] = dict(row._asdict())
    values["state"] = DispatchState(row.state)
    values["automatic"] = bool(row.automatic)
    return Dispatch(**values)
