"""Campaigns: a named set of tanks done before a date, such as 汛前清疏."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from qingshu.kernel.instants import local
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime.db import Tx
from qingshu.runtime.settings import Settings
from qingshu.schedule import events, store
from qingshu.schedule.errors import CampaignNotValid
from qingshu.schedule.model import Campaign, CampaignReason
from qingshu.schedule.params import SludgeParams
from qingshu.schedule.store import campaigns as saved


def propose_campaign(
    conn: Connection, settings: Settings, today: date, *, recurring: int = 2
) -> dict[int, CampaignReason]:
    """Low-lying tanks, those with a dossier, and those with several troubles in a year."""
    sludge = settings.room_params("sludge", SludgeParams)
    troubles = store.troubles(conn, today - timedelta(days=sludge.trouble_days))
    dossiers = store.dossier_tanks(conn)
    found: dict[int, CampaignReason] = {}
    for tank in registry.tanks(conn):
        if not tank.active:
            continue
        if tank.id in dossiers:
            found[tank.id] = CampaignReason.DOSSIER
        elif troubles.get(tank.id, 0) >= recurring:
            found[tank.id] = CampaignReason.RECURRING
        elif tank.low_lying:
            found[tank.id] = CampaignReason.LOW_LYING
    return found


def make_campaign(
    tx: Tx, name: str, until: date, *, from_on: date | None = None,
    tank_ids: Sequence[int] | None = None,
) -> Campaign:  # fmt: skip
    """Keep a campaign over the given tanks, or over those :func:`propose_campaign` finds.

    Raises
    ------
    CampaignNotValid
        No name, a day that has passed, an unknown tank, or no tanks at all.
    """
    today = local(tx.now, tx.settings.station.zone).date()
    if not name.strip() or until < today:
        msg = f"Expected a name and a day from {today} on, got {name!r} and {until}."
        raise CampaignNotValid(msg, name=name, until=until.isoformat())
    if tank_ids is None:
        tanks = propose_campaign(tx.conn, tx.settings, today)
    else:
        tanks = dict.fromkeys(tank_ids, CampaignReason.CHOSEN)
        known = {tank.id for tank in registry.tanks(tx.conn, tanks)}
        if set(tanks) - known:
            msg = f"Expected registered tanks, got unknown ids {sorted(set(tanks) - known)[:10]}."
            raise CampaignNotValid(msg, tank_ids="unknown")
    if not tanks:
        msg = "Expected at least one tank, found none that is low-lying, recurring or on file."
        raise CampaignNotValid(msg, tank_ids="empty")
    made = saved.add(tx, name.strip()[:64], from_on or today, until, tanks)
    tx.emit(
        events.CampaignMade(
            subject_id=made.id, name=made.name, until=until.isoformat(), tanks=len(tanks)
        )
    )
    return made


def campaigns(conn: Connection, campaign_id: int | None = None) -> list[dict[str, Any]]:
    """Campaigns with their progress by grid: a tank is done once emptied since the start."""
    last = store.last_days(conn)
    grids = registry.names_of(conn, Kind.GRIDS)
    found = []
    for one in saved.all_of(conn, campaign_id):
        progress: dict[int, list[int]] = {}
        for tank in registry.tanks(conn, one.tanks):
            days = (last.get(tank.id), tank.last_desludged_on)
            is_done = any(day is not None and day >= one.from_on for day in days)
            counts = progress.setdefault(tank.grid_id or 0, [0, 0])
            counts[0] += 1
            counts[1] += is_done
        found.append({
            "id": one.id, "name": one.name, "from_on": one.from_on.isoformat(),
            "until_on": one.until_on.isoformat(), "tanks": len(one.tanks),
            "done": sum(done for _, done in progress.values()),
            "grids": [
                {"grid_id": grid, "grid_name": grids.get(grid, ""), "tanks": all_, "done": done}
                for grid, (all_, done) in sorted(progress.items())
            ],
        })  # fmt: skip
    return found
