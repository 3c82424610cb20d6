"""Service notice cards 服务告知卡: who looks after a tank, what happens when, one way in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from sqlalchemy import Connection

from qingshu.incident.params import IncidentParams
from qingshu.kernel.errors import InvalidInput, NotFound
from qingshu.kernel.instants import local
from qingshu.open.printing.typeset import typeset
from qingshu.registry import service as registry_service
from qingshu.registry import store as registry
from qingshu.registry.model import Kind, Tank
from qingshu.runtime.db import Database
from qingshu.runtime.settings import Settings
from qingshu.runtime.vault import Vault, vault_of

# Residents call about what spills or is blocked: the clocks of grade 2.
GRADE = 2
_QR_BORDER = 0


def tanks_for(
    conn: Connection, *, community: str = "", tank: str = "", grid: str = ""
) -> list[Tank]:
    """The active tanks of one community, tank or grid by code; all without a code.

    Raises
    ------
    NotFound
        No such code, or nothing stands there.
    """
    if tank:
        return [registry_service.tank_of_code(conn, tank)]
    chosen = [t for t in registry.tanks(conn) if t.active]
    for kind, code, field in (
        (Kind.COMMUNITIES, community, "community_id"), (Kind.GRIDS, grid, "grid_id")
    ):  # fmt: skip
        if not code:
            continue
        key = registry.codes_of(conn, kind).get(code)
        if key is None:
            msg = f"Expected the code of one of the {kind}, {code!r} is none."
            raise NotFound(msg, code=code)
        chosen = [t for t in chosen if getattr(t, field) == key]
    if not chosen:
        msg = "Expected at least one active tank there, found none."
        raise NotFound(msg, community=community, grid=grid)
    return sorted(chosen, key=lambda t: t.code)


def cards_pdf(db: Database, tanks: Sequence[Tank], *, base_url: str = "") -> bytes:
    """Two A6 pages a tank, ready to print.

    ``base_url`` overrides ``[station] public_url``, which the QR codes lead to.

    Raises
    ------
    InvalidInput
        Neither gives an http or https address.
    """
    base = (base_url or db.settings.station.public_url).rstrip("/")
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        msg = "Expected the public address of the pages, got none. Set [station] public_url."
        raise InvalidInput(msg, public_url=base)
    with db.read() as conn:
        found = _cards(conn, db.settings, tanks, base, local(db.clock.now(), _zone(db)).date())
    return typeset("card", found)


def _zone(db: Database) -> str:
    return db.settings.station.zone


def _cards(
    conn: Connection, settings: Settings, tanks: Sequence[Tank], base: str, today: date
) -> list[dict[str, Any]]:
    station = settings.station
    params = settings.room_params("incident", IncidentParams)
    vault = vault_of(settings.directory)
    communities = registry.names_of(conn, Kind.COMMUNITIES)
    grids = {g.id: (g.name, _lead(conn, vault, g.lead_id)) for g in registry.grids(conn)}
    nobody: tuple[str, dict[str, str]] = ("–", _lead(conn, vault, None))
    cards = []
    for tank in tanks:
        grid, lead = grids.get(tank.grid_id or 0, nobody)
        cards.append(
            {
                "foot": {
                    "edition": f"{today:%Y-%m} 印",
                    "sample": "示例数据" if station.simulated else "",
                },
                "station": station.name, "grid": grid,
                "com": communities.get(tank.community_id or 0, "–"),
                "place": tank.name, "tank": tank.code,
                "lead": {**lead, "tel": lead["tel"] or station.phone or "12345"},
                "clock": {
                    "arrive": _hours(params.arrive_h[GRADE - 1]),
                    "clear": _hours(params.clear_h[GRADE - 1]),
                },
                "night": station.phone or "12345", "next": next_visit(tank, today),
                "qr": qr_svg(f"{base}/r?tank={quote(tank.code)}"),
                "qrurl": f"{urlsplit(base).netloc}/r",
            }
        )  # fmt: skip
    return cards


def _lead(conn: Connection, vault: Vault, person_id: int | None) -> dict[str, str]:
    person = registry.person(conn, person_id) if person_id is not None else None
    if person is None:
        return {"name": "–", "id": "–", "tel": ""}
    contact = registry_service.contact(vault, person)
    return {"name": contact.name, "id": contact.code, "tel": contact.phone}


def _hours(hours: float) -> str:
    return f"{hours:g}"


def next_visit(tank: Tank, today: date) -> str:
    """When the tank is due, as a resident reads it; nothing is promised for the past."""
    if tank.last_desludged_on is None:
        return "日期另行通知"
    due = tank.last_desludged_on + timedelta(days=tank.interval_days)
    if due <= today:
        return "近期安排"
    return f"{due.year} 年 {due.month} 月" if due.year != today.year else f"{due.month} 月"


def qr_svg(address: str) -> str:
    """A QR code as SVG, error correction M, without its quiet zone (the card leaves it)."""
    import segno

    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=4, border=_QR_BORDER)
    return out.getvalue().decode()
