"""The grid atlas 精细化网格管理信息图册: a map and a tank table for every sheet of every grid."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from qingshu.dispatch import service as dispatch
from qingshu.intake.rules.gazetteer import parts_of
from qingshu.kernel.errors import NotFound, Unavailable
from qingshu.kernel.geodesy import Point, distance_m
from qingshu.kernel.instants import local, to_ms
from qingshu.learn import service as learn
from qingshu.open.printing import sheetmap
from qingshu.open.printing.part import joined
from qingshu.open.printing.typeset import typeset
from qingshu.registry import service as registry_service
from qingshu.registry import store as registry
from qingshu.registry.model import Grid, Kind, Plant, Tank
from qingshu.runtime.db import Database
from qingshu.runtime.settings import Settings
from qingshu.runtime.vault import Vault, vault_of

NARROW_M = 2.5
# A worker keeps what it compiled; a new one after so many grids keeps memory flat.
GRIDS_A_WORKER = 14
CHANGES_MAX = 6
_NO_ROADS: dict[str, Any] = {"lines": [], "classes": [], "labels": []}


@dataclass(frozen=True, slots=True)
class Book:
    """What every grid's part needs from the records."""

    foot: dict[str, str]
    today: date
    since: date
    sensors: frozenset[int]
    difficult: frozenset[int]
    changed: frozenset[int]
    communities: dict[int, str]
    plants: tuple[Plant, ...]
    roads: dict[str, Any]


def atlas_pdf(
    db: Database, *, grid: str = "", since: date | None = None, workers: int = 2
) -> bytes:
    """The atlas of one grid by code, or of the whole city, as one PDF.

    ``since`` marks what changed after that day, by default in the last half year.

    Raises
    ------
    NotFound
        No such grid, or no grid has a tank.
    """
    with db.read() as conn:
        book = _book(conn, db, since)
        parts = _parts(conn, db.settings, book, grid)
    if not parts:
        msg = f"Expected a grid with tanks, {grid or 'none of them'} has none."
        raise NotFound(msg, grid=grid)
    front = {
        "foot": book.foot, "station": db.settings.station.name, "sheets": [],
        "cover": {
            "title": parts[0]["index"]["name"] if grid else "全部网格",
            "counts": [
                [len(parts), "个网格"], [sum(p["index"]["tanks"] for p in parts), "座化粪池"],
                [sum(p["index"]["sheets"] for p in parts), "幅图"],
            ],
        },
        "index": [p["index"] for p in parts], "indextitle": "网格目录",
        "indexnote": f"{book.since} 以来有变的池号加框",
    }  # fmt: skip
    made = [typeset("atlas", front), *_set_all([p["data"] for p in parts], workers)]
    return joined(made)


def _set_all(parts: Sequence[dict[str, Any]], workers: int) -> list[bytes]:
    """PDFs in the order of ``parts``; a worker of its own for every few grids.

    A compiler keeps what it compiled, so a worker ends after a share; it is a process of
    its own program, because one that is forked after a compile hangs.
    """
    if len(parts) == 1 or workers <= 1:
        return [typeset("atlas", part) for part in parts]
    share = min(GRIDS_A_WORKER, -(-len(parts) // workers))
    shares = [parts[n : n + share] for n in range(0, len(parts), share)]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(_set_share, shares))


def _set_share(parts: Sequence[dict[str, Any]]) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "qingshu.open.printing.part"],
        input=json.dumps(parts, ensure_ascii=False).encode(), capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        msg = f"Expected a part of the atlas, its worker ended with {done.returncode}: {said}."
        raise Unavailable(msg, worker="failed")
    return done.stdout


def _book(conn: Connection, db: Database, since: date | None) -> Book:
    now = db.clock.now()
    today = local(now, db.settings.station.zone).date()
    day = since or today - timedelta(days=182)
    since_ms = to_ms(now - (today - day))
    try:
        _, body = dispatch.drawing(db.settings)
        roads: dict[str, Any] = json.loads(gzip.decompress(body))
    except NotFound:
        roads = _NO_ROADS
    return Book(
        foot={
            "edition": f"{today:%Y-%m} 版", "date": str(today),
            "crs": "坐标 WGS-84 · 各幅按中心等距展开",
            "sample": "示例数据" if db.settings.station.simulated else "",
        },
        today=today, since=day,
        sensors=frozenset(s.tank_id for s in registry.sensors(conn) if s.active and s.tank_id),
        difficult=frozenset(
            d["tank_id"] for d in learn.rows(conn) if d["tank_id"] and d["state"] != "held"
        ),
        changed=frozenset(registry.changed_since(conn, Kind.TANKS, since_ms)),
        communities=registry.names_of(conn, Kind.COMMUNITIES),
        plants=tuple(registry.plants(conn)), roads=roads,
    )  # fmt: skip


def _parts(conn: Connection, settings: Settings, book: Book, only: str) -> list[dict[str, Any]]:
    of_grid: dict[int, list[Tank]] = {}
    for tank in registry.tanks(conn):
        if tank.active and tank.grid_id is not None:
            of_grid.setdefault(tank.grid_id, []).append(tank)
    vault = vault_of(settings.directory)
    crews = registry.crews(conn)
    found = []
    for grid in sorted(registry.grids(conn), key=lambda g: g.code):
        tanks = of_grid.get(grid.id)
        if not tanks or (only and grid.code != only):
            continue
        lead = _person(conn, vault, grid.lead_id, "网格负责人")
        people = [_person(conn, vault, c.leader_id, c.name) for c in crews if c.grid_id == grid.id][
            :3
        ]
        found.append(_part(book, grid, tanks, lead, people))
    return found


def _person(conn: Connection, vault: Vault, key: int | None, role: str) -> dict[str, str]:
    person = registry.person(conn, key) if key is not None else None
    if person is None:
        return {"name": "–", "role": role, "tel": "–"}
    contact = registry_service.contact(vault, person)
    return {"name": contact.name, "role": role, "tel": contact.phone or "–"}


def _part(
    book: Book, grid: Grid, tanks: list[Tank], lead: dict[str, str], people: list[dict[str, str]]
) -> dict[str, Any]:
    cuts = list(sheetmap.cut(tanks))
    short = "".join(re.findall(r"\d+", grid.code)) or grid.code[:4]
    changed = [t for t in tanks if t.id in book.changed]
    changes = [{"k": "改", "t": f"{t.code} {t.name}"[:26]} for t in changed[: CHANGES_MAX - 1]]
    if len(changed) >= CHANGES_MAX:
        changes.append({"k": "改", "t": f"另有 {len(changed) - CHANGES_MAX + 1} 座"})
    shared = {
        "no": short.lstrip("0") or short, "name": grid.name, "office": f"网格 {grid.code}",
        "lead": lead, "crew": people, "sheets": len(cuts), "total": len(tanks),
        "changes": changes or [{"k": "–", "t": "无变化"}], "since": f"{book.since} 以来",
    }  # fmt: skip
    sheets = [_sheet(book, shared, n, chosen) for n, chosen in enumerate(cuts, 1)]
    index = {
        "name": grid.name, "lead": lead["name"], "tel": lead["tel"], "tanks": len(tanks),
        "sens": sum(t.id in book.sensors for t in tanks),
        "key": sum(t.id in book.difficult for t in tanks), "sheets": len(cuts),
    }  # fmt: skip
    return {"data": {"foot": book.foot, "sheets": sheets}, "index": index}


def _sheet(
    book: Book, shared: dict[str, Any], number: int, tanks: Sequence[Tank]
) -> dict[str, Any]:
    frame = sheetmap.frame_of(tanks)
    points = [frame.at(t.lat, t.lon) for t in tanks]
    labels = sheetmap.place_numbers(points)
    marks = [
        {
            "n": _number(t), "x": x, "y": y, "lx": dx, "ly": dy,
            "s": int(t.id in book.sensors), "k": t.id in book.difficult,
            "c": "改" if t.id in book.changed else "",
        }
        for t, (x, y), (dx, dy) in zip(tanks, points, labels, strict=True)
    ]  # fmt: skip
    due = [_due(t) for t in tanks]
    summary = {
        "tanks": len(tanks), "m3": round(sum(t.volume_m3 for t in tanks)),
        "hh": sum(t.households for t in tanks),
        "sens": sum(t.id in book.sensors for t in tanks),
        "due": sum(d is not None and d.year <= book.today.year for d in due),
        "key": sum(t.id in book.difficult for t in tanks),
    }  # fmt: skip
    roads = sheetmap.roads_in(frame, book.roads)
    names = [{**n, "cls": "name", "w": 0, "pts": []} for n in sheetmap.names_in(frame, book.roads)]
    return {
        "g": {
            **shared, "sheet": number, "sum": summary, "plant": _plant(book, frame),
            "corner": {
                "nw": frame.corner(0, 0), "se": frame.corner(sheetmap.MAP_W, sheetmap.MAP_H)
            },
        },
        "m": {
            "w": sheetmap.MAP_W, "h": sheetmap.MAP_H,
            "scale": f"1:{frame.scale:,}".replace(",", " "),
            "mm50": 50_000 / frame.scale, "roads": roads, "names": names, "lanes": [], "bl": [],
            "comp": [], "field": [], "edge": [], "outside": [], "tanks": marks,
        },
        "groups": _groups(book, tanks, points),
    }  # fmt: skip


def _number(tank: Tank) -> str:
    digits = re.findall(r"\d+", tank.code)
    return (digits[-1].lstrip("0") or "0")[-4:] if digits else tank.code[-4:]


def _due(tank: Tank) -> date | None:
    if tank.last_desludged_on is None:
        return None
    return tank.last_desludged_on + timedelta(days=tank.interval_days)


def _plant(book: Book, frame: sheetmap.Frame) -> str:
    """The nearest plant, as the crow flies; the way there is the dispatcher's."""
    here = Point(frame.lat, frame.lon)
    near = min(
        ((distance_m(here, Point(p.lat, p.lon)), p) for p in book.plants),
        key=lambda found: found[0], default=None,
    )  # fmt: skip
    return "" if near is None else f"{near[1].name} 直线 {near[0] / 1000:.1f} km"


def _groups(
    book: Book, tanks: Sequence[Tank], points: Sequence[tuple[float, float]]
) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    order = sorted(zip(tanks, points, strict=True), key=lambda tp: (tp[0].name, tp[0].id))
    for tank, (x, y) in order:
        compound = parts_of(tank.name).compound
        head = tank.name[: len(compound)] if compound else "其他"
        community = book.communities.get(tank.community_id or 0, "")
        due = _due(tank)
        rows = groups.setdefault((community, head), [])
        rows.append(
            {
                "n": _number(tank), "ref": sheetmap.square(x, y),
                "loc": _spot(tank.name, compound or community)[:9],
                "m3": f"{tank.volume_m3:.0f}", "hh": tank.households,
                "last": f"{tank.last_desludged_on:%y-%m-%d}" if tank.last_desludged_on else "–",
                "next": f"{due:%y-%m}" if due else "–",
                "due": due is not None and due.year <= book.today.year,
                "s": int(tank.id in book.sensors), "rem": _remark(tank, book)[:6],
                "chg": "改" if tank.id in book.changed else "", "dos": tank.id in book.difficult,
            }
        )  # fmt: skip
    return [
        {"name": head, "com": "" if head == community else community, "rows": rows}
        for (community, head), rows in groups.items()
    ]


def _spot(name: str, head: str) -> str:
    """The part of a tank's name that its heading does not say."""
    same = name[: len(head)].lower() == head.lower()
    return (name[len(head) :] if same else name) or name


def _remark(tank: Tank, book: Book) -> str:
    if tank.id in book.difficult:
        return "难点档案"
    if tank.gas_history:
        return "有害气史"
    if tank.access_width_m < NARROW_M:
        return f"窄 {tank.access_width_m:.1f} m"
    if tank.low_lying:
        return "低洼"
    return tank.lid_position
