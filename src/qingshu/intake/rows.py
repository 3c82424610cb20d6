"""Reports as the HTTP contract shows them, names and numbers masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from qingshu.intake.model import Report
from qingshu.kernel.instants import from_ms, iso
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime.vault import Vault, mask_name, mask_phone


def as_rows(conn: Connection, vault: Vault, reports: Sequence[Report]) -> list[dict[str, Any]]:
    """Reports as the HTTP contract shows them, names and numbers masked."""
    offices = registry.names_of(conn, Kind.OFFICES)
    communities = registry.names_of(conn, Kind.COMMUNITIES)
    tanks = {t.id: t for t in registry.tanks(conn, [r.tank_id for r in reports if r.tank_id])}
    return [_row(vault, r, tanks, offices, communities) for r in reports]


def _row(
    vault: Vault,
    report: Report,
    tanks: dict[int, Any],
    offices: dict[int, str],
    communities: dict[int, str],
) -> dict[str, Any]:
    tank = tanks.get(report.tank_id or 0)
    return {
        "id": report.id, "number": report.number, "channel": report.channel.value,
        "channel_number": report.channel_number or None, "text": report.text,
        "place": report.place, "category": report.category.value,
        "urgency": report.urgency.value, "status": report.status.value,
        "tank_id": report.tank_id, "tank_name": tank.name if tank else None,
        "tank_code": tank.code if tank else None, "office_id": report.office_id,
        "office_name": offices.get(report.office_id or 0),
        "community_id": report.community_id,
        "community_name": communities.get(report.community_id or 0),
        "lat": report.lat, "lon": report.lon, "score": report.score,
        "because": report.because, "because_en": report.because_en,
        "incident_id": report.incident_id, "incident_number": report.incident_number or None,
        "reporter_masked": mask_name(vault.open(report.name_sealed)) or None,
        "phone_masked": mask_phone(vault.open(report.phone_sealed)) or None,
        "repeat": report.repeat, "answer": report.answer, "reason": report.reason,
        "received_at": iso(from_ms(report.received_ms)),
        "due_at": _iso(report.due_ms), "answered_at": _iso(report.answered_ms),
    }  # fmt: skip


def _iso(ms: int | None) -> str | None:
    return None if ms is None else iso(from_ms(ms))
