"""How well reports on one problem come together: pairwise precision and recall.

Reports go through the product itself, from receiving to joining, in an invented town: a
hand-written set, and a generated one whose callers word the same problem in several ways.
A problem is one tank in one spell; two calls are a pair when they share an incident.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from bench.quality.intake import LABELLED
from qingshu.incident import handlers, service
from qingshu.incident.model import Track
from qingshu.intake import service as intake
from qingshu.intake import store as intake_store
from qingshu.intake.model import Channel, Said
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime import schema
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.relay import Relay
from qingshu.runtime.settings import Settings

START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
PRECISION, RECALL = 0.97, 0.85
WHAT = (
    "往外冒粪水", "污水外溢", "下水堵了", "臭味很大", "井盖冒水了", "返水，快来人", "流了一地",
    "化粪池满了往外淌", "is overflowing", "drain is blocked",
)  # fmt: skip
HOW = (
    "{p}{w}",
    "{p}，{w}",
    "你好，{p}那边{w}，麻烦来看看",
    "我是{p}的住户，{w}",
    "{w}，{p}",
    "{p}又{w}",
)


@dataclass(frozen=True, slots=True)
class Call:
    """One report, and the problem it is about."""

    hours: float
    text: str
    caller: str
    problem: int


def hand_written(home: Path) -> list[Call]:
    """The calls written by hand."""
    lines = (home / LABELLED / "merge.jsonl").read_text(encoding="utf-8").splitlines()
    return [Call(float(h), t, f"1380531{c!s:0>4}", p) for h, t, c, p in map(json.loads, lines)]


def generated(home: Path, problems: int, seed: int) -> list[Call]:
    """Problems at random tanks, some at the same time, each told by one to six callers."""
    town = json.loads((home / LABELLED / "town.json").read_text(encoding="utf-8"))
    communities = {code: name for code, name, _ in town["communities"]}
    rng = random.Random(seed)
    calls = []
    used: list[str] = []
    for problem in range(problems):
        # Several problems are open at once, never two at one tank.
        free = [t for t in town["tanks"] if t[1] not in used[-6:]]
        _, code, name, community = rng.choice(free)
        used.append(code)
        begun = problem * 8.0 + rng.uniform(0, 6)
        for n in range(rng.choice((1, 2, 2, 3, 4, 6))):
            ways = [name, name, f"{name}侧", name[:-1], f"池号{code}", name.replace("小区", "")]
            place = rng.choice(ways)
            if rng.random() < 0.1:
                place = communities[community]
            if rng.random() < 0.04:
                place = "我们这儿"
            text = rng.choice(HOW).format(p=place, w=rng.choice(WHAT))
            calls.append(
                Call(begun + n * rng.uniform(0.1, 2), text, f"139{problem:04}{n:04}", problem)
            )
    return sorted(calls, key=lambda c: c.hours)


def play(home: Path, calls: Sequence[Call], lasting_h: float) -> dict[str, Any]:
    """Send the calls through the product; score pairs, and what would be suggested."""
    with tempfile.TemporaryDirectory() as folder:
        clock = FakeClock(START)
        db = Database(Settings(directory=Path(folder)), clock)
        schema.upgrade(db)
        _build(db, home)
        relay = Relay(db, "incident", handlers.HANDLERS)
        begun = time.perf_counter()
        ids = [_tell(db, clock, relay, call, lasting_h) for call in calls]
        took = time.perf_counter() - begun
        with db.read() as conn:
            found = [intake.get(conn, i).incident_id for i in ids]
        rescued = _suggested(db, calls, ids, found)
        db.close()
    return {
        **_pairs(calls, found),
        "suggested": rescued,
        "ms_a_report": round(1000 * took / len(calls), 1),
    }


def _build(db: Database, home: Path) -> None:
    town = json.loads((home / LABELLED / "town.json").read_text(encoding="utf-8"))
    with db.write("system:bench") as tx:
        for code, name in town["offices"]:
            registry.add(
                tx, Kind.OFFICES, [{**registry.blank(Kind.OFFICES), "code": code, "name": name}]
            )
        offices = registry.codes_of(tx.conn, Kind.OFFICES)
        for n, (code, name, office) in enumerate(town["communities"]):
            row = {
                "code": code,
                "name": name,
                "office_id": offices[office],
                "lat": 36.6 + n / 50,
                "lon": 117.0,
            }
            registry.add(tx, Kind.COMMUNITIES, [{**registry.blank(Kind.COMMUNITIES), **row}])
        ids = registry.codes_of(tx.conn, Kind.COMMUNITIES)
        office_of = {code: offices[office] for code, _, office in town["communities"]}
        for n, (_, code, name, community) in enumerate(town["tanks"]):
            row = {
                "code": code, "name": name, "community_id": ids[community],
                "office_id": office_of[community], "lat": 36.6 + n / 250, "lon": 117.0,
                "area_m2": 4.0, "depth_m": 2.0, "outlet_m": 1.4, "cover_m": 2.0, "volume_m3": 6.0,
            }  # fmt: skip
            registry.add(tx, Kind.TANKS, [{**registry.blank(Kind.TANKS), **row}])
        places = registry.codes_of(tx.conn, Kind.TANKS)
        short = {s: places[code] for s, code, _, _ in town["tanks"]}
        for words, place in town["aliases"]:
            kind, key = ("tank", short[place]) if place in short else ("community", ids[place])
            for _ in range(3):
                intake_store.learn_alias(tx, words, kind, key, 0)


def _tell(db: Database, clock: FakeClock, relay: Relay, call: Call, lasting_h: float) -> int:
    """One call; incidents older than a problem lasts are finished before it."""
    clock.advance(START + timedelta(hours=call.hours) - clock.now())
    with db.read() as conn:
        old = [
            row["id"]
            for row in service.rows(conn, clock.now())
            if clock.now() - datetime.fromisoformat(row["opened_at"]) > timedelta(hours=lasting_h)
        ]
    if old:
        with db.write("account:bench") as tx:
            for incident_id in old:
                for command in ("assign", "arrive", "contain", "clear"):
                    service.advance(tx, incident_id, "handle", command)
                service.try_advance(tx, incident_id, Track.COORDINATE, "not_needed")
                service.advance(tx, incident_id, "regularise", "not_needed")
                service.close(tx, incident_id, proved=True)
    with db.write("account:bench") as tx:
        said = Said(Channel.PHONE, call.text, reporter_phone=call.caller)
        report = intake.receive(tx, said)
    relay.pump()
    return report.id


def _pairs(calls: Sequence[Call], found: Sequence[int | None]) -> dict[str, Any]:
    true = said = hit = 0
    for (a, in_a), (b, in_b) in combinations(zip(calls, found, strict=True), 2):
        same = a.problem == b.problem
        joined = in_a is not None and in_a == in_b
        true += same
        said += joined
        hit += same and joined
    return {
        "reports": len(calls),
        "problems": len({c.problem for c in calls}),
        "pairs": true,
        "precision": round(hit / said, 3) if said else 0.0,
        "recall": round(hit / true, 3) if true else 0.0,
        "without_incident": sum(f is None for f in found),
    }


def _suggested(
    db: Database, calls: Sequence[Call], ids: Sequence[int], found: Sequence[int | None]
) -> dict[str, int]:
    """Reports that joined nothing: how often the right open incident is suggested first."""
    problems = {f: c.problem for f, c in zip(found, calls, strict=True) if f is not None}
    asked = right = 0
    with db.read() as conn:
        for call, report_id, incident_id in zip(calls, ids, found, strict=True):
            if incident_id is not None:
                continue
            offered = service.suggest(conn, db.settings, report_id)
            asked += bool(offered)
            right += bool(offered) and problems.get(offered[0]["incident_id"]) == call.problem
    return {"offered": asked, "first_right": right}


def run(quick: bool) -> dict[str, Any]:
    """Play both sets; the goals hold for both together and each."""
    home = Path(__file__).parents[2]
    by_hand = play(home, hand_written(home), lasting_h=72.0)
    made = play(home, generated(home, 40 if quick else 200, seed=7), lasting_h=20.0)
    goals = {}
    for name, figures in (("hand_written", by_hand), ("generated", made)):
        for what, goal in (("precision", PRECISION), ("recall", RECALL)):
            got = figures[what]
            goals[f"{name}.{what}"] = {"goal": f">= {goal}", "got": got, "met": got >= goal}
    return {
        "scenario": "invented town of 24 tanks; the product receives, locates and joins",
        "figures": {"hand_written": by_hand, "generated": made},
        "goals": goals,
    }
