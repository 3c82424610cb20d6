"""What the crew's phone and the desk read about jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from qingshu.fieldwork import checklist, store
from qingshu.fieldwork.model import Checklist, Job, Receipt, StoredTest, Words
from qingshu.fieldwork.params import FieldworkParams
from qingshu.fieldwork.rules import cycle, evidence, gas
from qingshu.fieldwork.service.consequences import level_now
from qingshu.incident import service as incidents
from qingshu.incident import store as incident_store
from qingshu.incident.model import ClockName
from qingshu.kernel.instants import from_ms, iso, to_ms
from qingshu.registry import store as registry
from qingshu.registry.model import Kind, Tank
from qingshu.runtime import eventlog
from qingshu.runtime.eventlog import Entry
from qingshu.runtime.vault import mask_name, mask_phone, vault_of


def of_incident(conn: Connection, incident_id: int) -> list[Job]:
    """All jobs of one incident, oldest first."""
    return store.of_incident(conn, incident_id)


def rows(
    conn: Connection,
    *,
    only_open: bool,
    truck_id: int | None = None,
    incident_id: int | None = None,
    limit: int = 500,
) -> list[dict[str, Any]]:
    """JobRow of the HTTP contract for many."""
    jobs = store.listed(
        conn, only_open=only_open, truck_id=truck_id, incident_id=incident_id, limit=limit
    )
    trucks = {t.id: t for t in registry.trucks(conn, active_only=False)}
    crews = registry.names_of(conn, Kind.CREWS)
    tanks = {t.id: t for t in registry.tanks(conn, [j.tank_id for j in jobs if j.tank_id])}
    wanted = sorted({j.incident_id for j in jobs if j.incident_id is not None})
    of_id = incident_store.by_ids(conn, wanted)
    due = {
        c.incident_id: c.due_ms
        for c in incident_store.clocks(conn, wanted)
        if c.name is ClockName.ARRIVE
    }
    found = []
    for job in jobs:
        truck = trucks[job.truck_id]
        tank = tanks.get(job.tank_id) if job.tank_id is not None else None
        incident = of_id.get(job.incident_id) if job.incident_id is not None else None
        found.append(
            {
                "id": job.id, "number": job.number, "state": str(job.state),
                "truck_id": truck.id, "truck_code": truck.code,
                "crew_name": crews.get(truck.crew_id) if truck.crew_id else None,
                "incident_id": job.incident_id,
                "incident_number": incident.number if incident else None,
                "grade": incident.grade if incident else 0,
                "tank_id": job.tank_id, "tank_name": tank.name if tank else None,
                "tank_code": tank.code if tank else None, "lat": job.lat, "lon": job.lon,
                "eta_s": job.eta_s, "arrive_due_at": _iso(due.get(job.incident_id or 0)),
                "offered_at": _iso(job.offered_ms),
                "accepted_at": _iso(job.accepted_ms), "arrived_at": _iso(job.arrived_ms),
                "arrival_by": job.arrival_by, "pumped_at": _iso(job.pumped_ms),
                "finished_at": _iso(job.finished_ms), "volume_m3": job.volume_m3,
                "reason": job.reason,
            }
        )  # fmt: skip
    return found


def detail(
    conn: Connection,
    job_id: int,
    now: datetime,
    *,
    params: FieldworkParams,
    directory: Path,
    opens_phone: bool,
) -> dict[str, Any]:
    """Job of the HTTP contract; the contact's phone is opened only for ``opens_phone``."""
    job = store.load(conn, job_id)
    truck = registry.truck(conn, job.truck_id)
    crews = registry.names_of(conn, Kind.CREWS)
    incident = incidents.detail(conn, job.incident_id, now) if job.incident_id is not None else None
    tank = registry.tank(conn, job.tank_id) if job.tank_id is not None else None
    told = eventlog.of_subject(conn, "job", job_id)
    return {
        "id": job.id, "number": job.number, "state": str(job.state), "truck_id": job.truck_id,
        "truck_code": truck.code if truck else None,
        "crew_name": crews.get(truck.crew_id) if truck and truck.crew_id else None,
        "incident_id": job.incident_id,
        "incident_number": incident["number"] if incident else None,
        "grade": incident["grade"] if incident else 0,
        "office_name": incident["office_name"] if incident else None,
        "community_name": incident["community_name"] if incident else None,
        "tank": None if tank is None else _tank(conn, tank),
        "lat": job.lat, "lon": job.lon,
        "contact": _contact(conn, tank, directory, opens_phone=opens_phone),
        "eta_s": job.eta_s, "arrive_due_at": _arrive_due(incident),
        "offered_at": _iso(job.offered_ms), "accepted_at": _iso(job.accepted_ms),
        "arrived_at": _iso(job.arrived_ms), "arrival_by": job.arrival_by,
        "pumped_at": _iso(job.pumped_ms), "finished_at": _iso(job.finished_ms),
        "sop": _sop(conn, job, checklist.current()), "gas": _gas(conn, job, now, params, told),
        "photos": [
            {
                "kind": p.kind, "sha256": p.sha256, "taken_at": _iso(p.taken_ms),
                "distance_m": p.distance_m, "far": p.far,
            }
            for p in store.photos(conn, job_id)
        ],
        "volume_m3": job.volume_m3, "reason": job.reason, "note": job.note,
        "receipts": receipt_rows(conn, store.receipts(conn, job_id=job_id)),
        "allowed": cycle.offered_commands(job.state),
        "history": [
            {"seq": e.seq, "at": iso(e.at), "kind": e.kind, "actor": e.actor, "payload": e.payload}
            for e in told
        ],
    }  # fmt: skip


def receipt_rows(conn: Connection, receipts: Sequence[Receipt]) -> list[dict[str, Any]]:
    """Receipts as the HTTP contract says them."""
    plants = {p.id: p for p in registry.plants(conn)}
    trucks = {t.id: t for t in registry.trucks(conn, active_only=False)}
    return [
        {
            "id": r.id, "number": r.number, "at": _iso(r.at_ms),
            "plant_code": plants[r.plant_id].code, "plant_name": plants[r.plant_id].name,
            "truck_code": trucks[r.truck_id].code, "job_id": r.job_id,
            "volume_m3": r.volume_m3,
            "volume_assumed": r.volume_assumed, "accepted": r.accepted, "reason": r.reason,
        }
        for r in receipts
    ]  # fmt: skip


def _tank(conn: Connection, tank: Tank) -> dict[str, Any]:
    level = level_now(conn, tank.id)
    return {
        "id": tank.id, "code": tank.code, "name": tank.name, "address": tank.address,
        "lat": tank.lat, "lon": tank.lon, "volume_m3": tank.volume_m3,
        "chambers": tank.chambers, "access_width_m": tank.access_width_m,
        "hose_distance_m": tank.hose_distance_m, "lid_position": tank.lid_position,
        "gas_history": tank.gas_history, "level_m": level,
        "freeboard_m": None if level is None else tank.freeboard_m(level),
    }  # fmt: skip


def _contact(
    conn: Connection, tank: Tank | None, directory: Path, *, opens_phone: bool
) -> dict[str, Any] | None:
    keeper = registry.person(conn, tank.keeper_id) if tank and tank.keeper_id else None
    if keeper is None:
        return None
    vault = vault_of(directory)
    phone = vault.open(keeper.phone_sealed)
    return {
        "name_masked": mask_name(vault.open(keeper.name_sealed)),
        "phone": phone if opens_phone else mask_phone(phone),
        "duty": keeper.duty,
    }


def _arrive_due(incident: dict[str, Any] | None) -> str | None:
    if incident is None:
        return None
    clocks = incident["tracks"]["handle"]["clocks"]
    return next((c["due_at"] for c in clocks if c["name"] == "arrive"), None)


def _sop(conn: Connection, job: Job, steps: Checklist) -> dict[str, Any]:
    done = store.steps(conn, job.id)
    photos = store.photo_counts(conn, job.id)
    listed = []
    for step in steps.steps:
        ticked = done.get(step.id)
        needs = evidence.needs(step, photos) or Words("", "")
        listed.append(
            {
                "id": step.id, "title_zh": step.title.zh, "title_en": step.title.en,
                "rule_zh": step.rule.zh, "rule_en": step.rule.en, "phase": step.phase,
                "photo_kind": step.photo_kind or None, "photo_count": step.photo_count,
                "photo_name_zh": step.photo_name.zh, "photo_name_en": step.photo_name.en,
                "done_at": _iso(ticked.done_ms) if ticked else None,
                "needs_zh": needs.zh, "needs_en": needs.en,
                "can_do": cycle.is_in_phase(job.state, step.phase) and not needs.zh,
            }
        )  # fmt: skip
    return {"version": job.sop_version, "steps": listed}


def _gas(
    conn: Connection, job: Job, now: datetime, params: FieldworkParams, told: Sequence[Entry]
) -> dict[str, Any]:
    tests = store.tests(conn, job.id)
    # Every test is one entry of the job's log, in the same order.
    said = [(e.payload or {}).get("stated_at") for e in told if e.kind == "job.gas_tested"]
    last = tests[-1] if tests else None
    fresh = last is not None and last.cleared and to_ms(now) < last.valid_until_ms
    lock = _lock(last, params, fresh=fresh)
    todo = gas.todo_after(last.test if last else None, last.failures if last else (), params)
    return {
        "limits": {
            "o2_pct": [params.o2_min_pct, params.o2_max_pct], "h2s_mgm3": params.h2s_max_mgm3,
            "ch4_lel": params.ch4_max_lel, "co_mgm3": params.co_max_mgm3,
        },
        "tests": [_test(t) | {"stated_at": at} for t, at in zip(tests, said, strict=False)],
        "cleared": fresh,
        "valid_until": _iso(last.valid_until_ms) if last and last.cleared else None,
        "valid_min": params.gas_valid_min,
        "lock_zh": lock.zh, "lock_en": lock.en,
        "todo": [{"zh": t.words.zh, "en": t.words.en, "done": t.done} for t in todo],
    }  # fmt: skip


def _lock(last: StoredTest | None, params: FieldworkParams, *, fresh: bool) -> Words:
    if fresh:
        return Words("", "")
    if last is None:
        return Words("还没测气", "No gas test yet")
    if not last.cleared:
        return gas.sentence(last.failures)
    minutes = f"{params.gas_valid_min:g}"
    return Words(
        f"测气已过 {minutes} 分，请复测", f"The test is older than {minutes} min; test again"
    )


def _test(stored: StoredTest) -> dict[str, Any]:
    r, refused = stored.test.readings, gas.sentence(stored.failures)
    return {
        "at": _iso(stored.at_ms), "cleared": stored.cleared,
        "readings": {
            "o2_pct": r.o2_pct, "h2s_mgm3": r.h2s_mgm3, "ch4_lel": r.ch4_lel,
            "co_mgm3": r.co_mgm3,
        },
        "instrument": stored.test.instrument, "tested_by": stored.test.tested_by,
        "attendant": stored.test.attendant, "rescue_kit": stored.test.rescue_kit,
        "ventilation_min": stored.test.ventilation_min, "where": stored.test.where,
        "refused_zh": refused.zh, "refused_en": refused.en,
    }  # fmt: skip


def _iso(ms: int | None) -> str | None:
    return None if ms is None else iso(from_ms(ms))
