"""Campaigns in the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from qingshu.kernel.instants import to_ms
from qingshu.runtime.db import Tx
from qingshu.schedule.model import Campaign, CampaignReason
from qingshu.schedule.tables import campaign, campaign_tank


def add(
    tx: Tx, name: str, from_on: date, until_on: date, tanks: Mapping[int, CampaignReason]
) -> Campaign:
    """Keep a campaign and its tanks."""
    row = {
        "name": name, "from_date": from_on, "until_date": until_on, "made_ms": to_ms(tx.now),
        "actor": tx.actor,
    }  # fmt: skip
    made = tx.conn.execute(insert(campaign).values(**row)).inserted_primary_key
    assert made is not None
    rows = [
        {"campaign_id": made[0], "tank_id": tank_id, "reason": reason.value}
        for tank_id, reason in tanks.items()
    ]
    tx.conn.execute(insert(campaign_tank), rows)
    return Campaign(int(made[0]), name, from_on, until_on, dict(tanks))


def all_of(conn: Connection, campaign_id: int | None = None) -> list[Campaign]:
    """All campaigns, newest first, or the one asked for."""
    chosen = select(campaign).order_by(campaign.c.id.desc())
    if campaign_id is not None:
        chosen = chosen.where(campaign.c.id == campaign_id)
    return [_campaign(conn, row) for row in conn.execute(chosen).all()]


def _campaign(conn: Connection, row: Any) -> Campaign:
    tanks = conn.execute(select(campaign_tank).where(campaign_tank.c.campaign_id == row.id))
    reasons = {int(r.tank_id): CampaignReason(r.reason) for r in tanks}
    return Campaign(row.id, row.name, row.from_date, row.until_date, reasons)
