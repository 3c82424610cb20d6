"""Dossiers and commitments in and out of SQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from qingshu.kernel.instants import to_ms
from qingshu.learn.errors import CommitmentNotFound, DossierNotFound
from qingshu.learn.model import Commitment, CommitmentState, Dossier, DossierState
from qingshu.learn.tables import commitment, dossier, dossier_incident
from qingshu.runtime.db import Tx


def insert(tx: Tx, number: str, *, tank_id: int | None, community_id: int | None) -> Dossier:
    """A new dossier."""
    now = to_ms(tx.now)
    key = tx.conn.execute(
        dossier.insert().values(
            number=number, state=DossierState.OPENED, tank_id=tank_id,
            community_id=community_id, opened_ms=now, state_ms=now,
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    return load(tx.conn, int(key[0]))


def load(conn: Connection, dossier_id: int) -> Dossier:
    """One dossier, or :class:`DossierNotFound`."""
    row = conn.execute(select(dossier).where(dossier.c.id == dossier_id)).first()
    if row is None:
        msg = f"Expected the id of a dossier, {dossier_id} is none."
        raise DossierNotFound(msg, dossier_id=dossier_id)
    return _dossier(row)


def change(tx: Tx, dossier_id: int, **values: Any) -> Dossier:
    """Overwrite columns of one dossier."""
    tx.conn.execute(update(dossier).where(dossier.c.id == dossier_id).values(**values))
    return load(tx.conn, dossier_id)


def at_tank(conn: Connection, tank_id: int) -> Dossier | None:
    """The newest dossier of a tank."""
    return _first(conn, dossier.c.tank_id == tank_id)


def at_community(conn: Connection, community_id: int) -> Dossier | None:
    """The newest dossier of a community as a whole."""
    return _first(conn, dossier.c.community_id == community_id)


def listed(conn: Connection) -> list[Dossier]:
    """All dossiers, newest first."""
    return [_dossier(r) for r in conn.execute(select(dossier).order_by(dossier.c.id.desc()))]


def link(tx: Tx, dossier_id: int, incident_ids: Iterable[int]) -> None:
    """Put incidents into a dossier; those already in it stay once."""
    rows = [{"dossier_id": dossier_id, "incident_id": i} for i in incident_ids]
    tx.upsert(dossier_incident, rows, keys=["dossier_id", "incident_id"])


def unlink(tx: Tx, incident_id: int) -> None:
    """An incident that was merged into another leaves every dossier."""
    tx.conn.execute(delete(dossier_incident).where(dossier_incident.c.incident_id == incident_id))


def incident_ids(conn: Connection, dossier_id: int) -> list[int]:
    """The incidents of a dossier."""
    rows = conn.execute(
        select(dossier_incident.c.incident_id)
        .where(dossier_incident.c.dossier_id == dossier_id)
        .order_by(dossier_incident.c.incident_id)
    )
    return [int(i) for (i,) in rows]


def dossiers_of(conn: Connection, incident_id: int) -> list[int]:
    """The dossiers that an incident is in."""
    rows = conn.execute(
        select(dossier_incident.c.dossier_id).where(dossier_incident.c.incident_id == incident_id)
    )
    return [int(i) for (i,) in rows]


def insert_commitment(tx: Tx, **values: Any) -> Commitment:
    """A new commitment."""
    now = to_ms(tx.now)
    row = {**values, "state": CommitmentState.OPEN, "made_ms": now, "state_ms": now}
    key = tx.conn.execute(commitment.insert().values(**row)).inserted_primary_key
    assert key is not None
    return load_commitment(tx.conn, int(key[0]))


def load_commitment(conn: Connection, commitment_id: int) -> Commitment:
    """One commitment, or :class:`CommitmentNotFound`."""
    row = conn.execute(select(commitment).where(commitment.c.id == commitment_id)).first()
    if row is None:
        msg = f"Expected the id of a commitment, {commitment_id} is none."
        raise CommitmentNotFound(msg, commitment_id=commitment_id)
    return _commitment(row)


def change_commitment(tx: Tx, commitment_id: int, **values: Any) -> Commitment:
    """Overwrite columns of one commitment."""
    tx.conn.execute(update(commitment).where(commitment.c.id == commitment_id).values(**values))
    return load_commitment(tx.conn, commitment_id)


def commitments(conn: Connection) -> list[Commitment]:
    """All commitments, the earliest due first."""
    rows = conn.execute(select(commitment).order_by(commitment.c.due_on, commitment.c.id))
    return [_commitment(row) for row in rows]


def _commitment(row: Row[Any]) -> Commitment:
    fields = row._asdict()
    fields["state"] = CommitmentState(row.state)
    return Commitment(**fields)


def _first(conn: Connection, where: Any) -> Dossier | None:
    row = conn.execute(select(dossier).where(where).order_by(dossier.c.id.desc()).limit(1)).first()
    return None if row is None else _dossier(row)


def _dossier(row: Row[Any]) -> Dossier:
    fields = row._asdict()
    fields["state"] = DossierState(row.state)
    return Dossier(**fields)
