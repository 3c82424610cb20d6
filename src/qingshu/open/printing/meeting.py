"""The pack of a hotline analysis meeting 热线分析会: a designed PDF and the tables behind it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from qingshu.intake.params import IntakeParams
from qingshu.kernel.geodesy import Point, distance_m
from qingshu.kernel.instants import local, parse_instant
from qingshu.learn.params import LearnParams
from qingshu.open.printing.facts import Count, Facts, Spot, wilson
from qingshu.open.printing.typeset import typeset
from qingshu.registry import store as registry
from qingshu.runtime.settings import Settings

# A setting of the station would be better than these; they are the design's.
GOALS = (98.0, 92.0, 90.0)
CHANNELS = {
    "hotline": "12345 热线", "phone": "直拨电话", "web": "扫码网页", "wechat": "微信",
    "letter": "来信", "visit": "来访", "patrol": "巡查发现", "sensor": "传感器",
}  # fmt: skip
STEPS = {
    "opened": (1, "已立档，待诊断"), "diagnosed": (2, "已诊断，待议措施"),
    "measure_agreed": (3, "措施已定"), "measure_done": (4, "措施完成"),
    "watching": (5, "观察中"), "held": (6, "巩固"), "relapsed": (1, "复发，待再诊断"),
}  # fmt: skip
COMMITMENT = {"open": "todo", "running": "run", "reported": "run", "done": "done"}
MAP_W, MAP_H, MAP_TANKS = 182.0, 238.0, 6000
DOSSIERS_MAX, OVERDUE_MAX, COMMITMENTS_MAX = 5, 6, 14


def meeting_pdf(
    conn: Connection, settings: Settings, facts: Facts, *, place: str = "", chair: str = ""
) -> bytes:
    """The pack as PDF; ``place`` says when and where the meeting is."""
    return typeset("meeting", layout(conn, settings, facts, place=place, chair=chair))


def layout(
    conn: Connection, settings: Settings, facts: Facts, *, place: str, chair: str
) -> dict[str, Any]:
    """What the design shows, from the facts."""
    today = local(facts.now, facts.zone).date()
    first = local(facts.start, facts.zone).date()
    last = local(facts.end - timedelta(milliseconds=1), facts.zone).date()
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1 and first.month == last.month
    period = f"{first.year} 年 {first.month} 月" if whole else f"{first} 至 {last}"
    rates = _rates(facts)
    series = [v for rate in rates for v in rate["ser"] if v is not None]
    top = max(1, *facts.volume, *facts.volume_last_year)
    spots = [_spot(conn, facts, n, s) for n, s in enumerate(facts.spots, 1)]
    dossiers = [_dossier(facts, d) for d in _open_dossiers(facts)]
    commits = [_commit(c) for c in facts.commitments if c["state"] != "withdrawn"]
    return {
        "foot": {
            "edition": period, "date": str(today),
            "sample": "示例数据" if settings.station.simulated else "",
        },
        "station": settings.station.name, "month": period, "meet": place or "会议时间地点：",
        "chair": chair, "agenda": _agenda(facts, spots), "verdict": _verdict(rates),
        "T": {**_short(facts.total), "tk": sum(1 for t in registry.tanks(conn) if t.active)},
        "months": [f"{month}月" for _, month in facts.months], "vol": list(facts.volume),
        "last": list(facts.volume_last_year), "volhi": 4 * math.ceil(top / 4 * 1.15),
        "rates": rates, "lo": _floor([*series, *GOALS]), "rows": _offices(conn, facts),
        "spots": spots, "channels": _channels(facts.channels), "msgs": _messages(facts, rates),
        "dossiers": dossiers, **_stock(facts), "commits": commits[-COMMITMENTS_MAX:],
        "overdue": [_late(r, facts) for r in facts.overdue[:OVERDUE_MAX]],
        "map": _map(conn, facts), "method": _method(settings, facts, str(first), str(last)),
    }  # fmt: skip


def _short(count: Count) -> dict[str, int]:
    return {
        "c": count.received, "p": count.before, "ans": count.answered, "ansn": count.answer_due,
        "sol": count.solved, "soln": count.solve_due, "sat": count.satisfied,
        "vis": count.rated, "rep": count.repeated, "late": count.late, "ov": count.overflow,
    }  # fmt: skip


def _rates(facts: Facts) -> list[dict[str, Any]]:
    kinds = (
        ("响应率", "按时答复 ÷ 已到期", "answered", "answer_due"),
        ("解决率", "有凭证结案 ÷ 已到期", "solved", "solve_due"),
        ("满意率", "满意 ÷ 有评价的事件", "satisfied", "rated"),
    )
    found = []
    for (name, meaning, n, of), goal in zip(kinds, GOALS, strict=True):
        hit, base = getattr(facts.total, n), getattr(facts.total, of)
        series = [
            round(100 * getattr(m, n) / getattr(m, of), 1) if getattr(m, of) else None
            for m in facts.by_month
        ]
        found.append(
            {
                "k": name, "en": meaning, "v": 100 * hit / base if base else 0.0, "x": hit,
                "n": base, "ser": series, "goal": int(goal), "ci": list(wilson(hit, base)),
            }
        )  # fmt: skip
    return found


def _floor(values: Sequence[float]) -> int:
    """Where the rates' axis starts: a fifth of the scale that leaves four even steps."""
    lowest = min(values)
    return next(lo for lo in (84, 80, 60, 40, 20, 0) if lo <= lowest or lo == 0)


def _verdict(rates: Sequence[dict[str, Any]]) -> str:
    below = [r["k"] for r in rates if r["n"] and r["v"] < r["goal"]]
    if not any(r["n"] for r in rates):
        return "三率尚无到期数据"
    return f"{'、'.join(below)}低于目标" if below else "三率都过目标"


def _offices(conn: Connection, facts: Facts) -> list[dict[str, Any]]:
    tanks = Counter(t.office_id for t in registry.tanks(conn) if t.active)
    grids = {
        g.id: g.name.removeprefix("第").removesuffix("网格").strip() for g in registry.grids(conn)
    }
    found = [
        {
            "o": o.name.removesuffix("街道"), "d": o.district.removesuffix("区") or "–",
            "g": grids.get(o.grid_id or 0, "–"), "tk": tanks[o.id],
            **_short(facts.by_office.get(o.id, Count())),
        }
        for o in registry.offices(conn)
    ]  # fmt: skip
    if None in facts.by_office:
        unknown = _short(facts.by_office[None])
        found.append({"o": "未落点", "d": "–", "g": "–", "tk": 0, **unknown})
    return found


def _spot(conn: Connection, facts: Facts, rank: int, spot: Spot) -> dict[str, Any]:
    office = next((o.name for o in registry.offices(conn) if o.id == spot.tank.office_id), "–")
    dossier = next((d for d in facts.dossiers if d["tank_id"] == spot.tank.id), None)
    return {
        "r": rank, "place": spot.tank.name, "of": office.removesuffix("街道"),
        "tank": spot.tank.code, "dos": dossier["number"] if dossier else "—",
        "cause": (dossier or {}).get("cause") or "待查", "b": list(spot.months),
        "cl": list(spot.cleared), "sum": sum(spot.months), "oct": spot.in_period,
        "callers": spot.callers,
    }  # fmt: skip


def _open_dossiers(facts: Facts) -> list[dict[str, Any]]:
    left = [d for d in facts.dossiers if d["state"] != "held"]
    return sorted(left, key=lambda d: d["state_at"], reverse=True)[:DOSSIERS_MAX]


def _dossier(facts: Facts, dossier: dict[str, Any]) -> dict[str, Any]:
    step, state = STEPS[dossier["state"]]
    since = local(parse_instant(dossier["state_at"]), facts.zone).date()
    why = dossier["cause"] or f"已收 {len(dossier['incident_ids'])} 件事件，原因未诊断"
    if dossier["measure"]:
        why += f"；措施：{dossier['measure']}"
    return {
        "no": dossier["number"], "pl": dossier["tank_name"] or dossier["community_name"] or "–",
        "st": state, "n": step, "due": f"自 {since:%m-%d}", "why": why,
        "b": list(facts.months_of_tank.get(dossier["tank_id"], ())),
    }  # fmt: skip


def _stock(facts: Facts) -> dict[str, Any]:
    states = Counter(d["state"] for d in facts.dossiers)
    new = sum(facts.start <= parse_instant(d["opened_at"]) < facts.end for d in facts.dossiers)
    names = (
        ("待诊断", states["opened"] + states["relapsed"]), ("已诊断", states["diagnosed"]),
        ("措施已定", states["measure_agreed"]), ("完成", states["measure_done"]),
        ("观察", states["watching"]), ("巩固", states["held"]),
    )  # fmt: skip
    note = f"本期新立 {new} · 复发 {states['relapsed']} · 共 {len(facts.dossiers)}"
    return {"stock": [list(n) for n in names], "stocknote": note}


def _commit(row: dict[str, Any]) -> dict[str, Any]:
    state = "late" if row["late"] else COMMITMENT[row["state"]]
    return {
        "no": row["number"], "t": row["text"], "own": row["owner"], "due": row["due_on"][5:],
        "st": state, "proof": row["proof"] or "–",
    }  # fmt: skip


CLOCKS = {
    "arrive": "到场", "contain": "控制", "clear": "疏通", "callback": "回访", "answer": "答复",
    "archive": "归档",
}  # fmt: skip


def _late(row: dict[str, Any], facts: Facts) -> dict[str, Any]:
    due = parse_instant(row["next_due_at"])
    hours = (facts.now - due).total_seconds() / 3600
    late = f"{hours / 24:.0f} 天" if hours >= 48 else f"{max(0.0, hours):.0f} 小时"
    place = row["tank_name"] or row["community_name"] or "未落点"
    return {
        "what": f"{row['number']} {place}", "own": CLOCKS.get(row["next_due_clock"], "–"),
        "due": f"{local(due, facts.zone):%m-%d %H:%M}", "days": late,
    }  # fmt: skip


def _channels(counts: Counter[str]) -> list[list[Any]]:
    return [[CHANNELS.get(name, name), n] for name, n in counts.most_common()]


def _agenda(facts: Facts, spots: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """What has to be decided, as far as the facts say."""
    found = []
    for dossier in _open_dossiers(facts)[:2]:
        place = dossier["tank_name"] or dossier["community_name"] or "–"
        ask = {"opened": "查清原因", "relapsed": "再查原因", "diagnosed": "议定措施"}
        text = f"{dossier['number']} {place}：{ask.get(dossier['state'], '看效果')}"
        found.append({"t": text, "who": "第 5 页"})
    without = [s for s in spots if s["dos"] == "—"]
    if without:
        found.append({"t": f"{without[0]['place']}是否立难点档案", "who": "第 4 页"})
    late = [c for c in facts.commitments if c["late"]]
    if late:
        found.append({"t": f"{len(late)} 项承诺逾期：{late[0]['text'][:18]}…", "who": "第 6 页"})
    found.append({"t": "下期三率目标与回访数", "who": "第 2 页"})
    return found[:4]


def _messages(facts: Facts, rates: Sequence[dict[str, Any]]) -> list[list[str]]:
    back = sum(1 for s in facts.spots if s.cleared and s.in_period)
    seen = f"{len(facts.spots)} 个点位一年内不止一次，其中 {back} 处处理后本期又来。"
    causes = Counter(d["cause"] for d in facts.dossiers if d["cause"])
    why = "；".join(f"{c[:24]}" for c, _ in causes.most_common(2))
    blind = sum(1 for d in facts.dossiers if not d["cause"])
    because = f"{why}。" if why else "还没有诊断出的原因。"
    if blind:
        because += f"{blind} 份档案原因未查。"
    below = [r["k"] for r in rates if r["n"] and r["v"] < r["goal"]]
    do = ["、".join(below) + "低于目标，先看分街道办"] if below else []
    if blind:
        do.append("给未诊断的档案安排内窥")
    late = sum(1 for c in facts.commitments if c["late"])
    if late:
        do.append(f"催办 {late} 项逾期承诺")
    advice = "；".join(do) or "保持现有安排"
    return [["看到的", seen], ["多半因为", because], ["可以做", f"{advice}。"]]


def _map(conn: Connection, facts: Facts) -> dict[str, Any]:
    """Tanks, communities with reports and spots, to scale, north up, millimetres."""
    tanks = [t for t in registry.tanks(conn) if t.active]
    if not tanks:
        empty: list[Any] = []
        return {"w": MAP_W, "h": MAP_H, "tanks": empty, "circles": empty, "names": empty,
                "spots": empty, "scale": "没有池"}  # fmt: skip
    # The outermost hundredth on each side may be wrong coordinates; it is drawn at the edge.
    lats, lons = sorted(t.lat for t in tanks), sorted(t.lon for t in tanks)
    cut = len(tanks) // 200
    south, north = lats[cut], lats[-1 - cut]
    west, east = lons[cut], lons[-1 - cut]
    wide = max(1.0, distance_m(Point(south, west), Point(south, east)))
    high = max(1.0, distance_m(Point(south, west), Point(north, west)))
    scale = min((MAP_W - 16) / wide, (MAP_H - 16) / high)

    def at(lat: float, lon: float) -> tuple[float, float]:
        x = (MAP_W - wide * scale) / 2 + (lon - west) / max(1e-9, east - west) * wide * scale
        y = 8 + (north - lat) / max(1e-9, north - south) * high * scale
        return round(min(MAP_W, max(0.0, x)), 1), round(min(MAP_H, max(0.0, y)), 1)

    step = max(1, len(tanks) // MAP_TANKS)
    communities = {c.id: c for c in registry.communities(conn)}
    circles: list[list[Any]] = []
    names: list[list[Any]] = []
    for key, n in facts.places.most_common():
        place = communities.get(key)
        if place is None or place.lat is None or place.lon is None:
            continue
        x, y = at(place.lat, place.lon)
        circles.append([x, y, n])
        if len(names) < 15:
            names.append([x, round(y + math.sqrt(n) * 1.15 + 2.2, 1), place.name])
    return {
        "w": MAP_W, "h": MAP_H, "tanks": [at(t.lat, t.lon) for t in tanks[::step]],
        "circles": circles, "names": names,
        "spots": [[*at(s.tank.lat, s.tank.lon), n] for n, s in enumerate(facts.spots, 1)],
        "scale": f"1 厘米约 {10 / scale:.0f} 米",
    }  # fmt: skip


def _method(settings: Settings, facts: Facts, first: str, last: str) -> list[list[str]]:
    params = settings.room_params("learn", LearnParams)
    intake = settings.room_params("intake", IntakeParams)
    taken = f"{local(facts.now, facts.zone):%Y-%m-%d %H:%M}"
    return [
        [
            "数据范围",
            f"{first} 00:00 至 {last} 24:00 受理的来件，{taken} 取数。"
            "退回的不计；传感器报警不计入“来件”。",
        ],
        [
            "合并",
            "同一池的来件并为一件事件，来电人数另计；合并可以拆开。"
            "“受理”数的是来件，“反复点位”数的是事件。",
        ],
        [
            "响应率",
            "在时限内答复的来件 ÷ 已答复或已到期的来件。未到期又未答复的不计。"
            f"时限：热线 {intake.hotline_days} 个工作日，紧急 {intake.urgent_hours:g} 小时，"
            f"危险 {intake.danger_hours:g} 小时。",
        ],
        [
            "解决率",
            "所属事件有凭证结案（液位、照片、回访等核查项齐全）的来件 ÷ 已结案或已到期的来件。"
            "有人写理由放行的结案不算解决。",
        ],
        [
            "满意率",
            f"最后一次评价不低于 {params.satisfied_from} 星的事件 ÷ 有评价的事件"
            f"（{facts.total.rated} 件）。没有评价的不进分母，满意率可能偏高。",
        ],
        [
            "区间",
            "95 % Wilson 区间。街道办一级样本小，相差几个百分点多半是偶然，不据此排名奖惩。",
        ],
        ["每千池", "分母为登记在册、在用的池数，按登记的街道办。"],
        [
            "反复点位",
            "一年内不止一件的池，按本期事件数，同数比十二个月累计。"
            f"立档规则：{params.days} 天内同池 {params.incidents} 件。",
        ],
        ["原因", "来自难点档案，未诊断的写“待查”。"],
        [
            "不能说明的",
            "来件少不等于外溢少：没有告知卡的小区来件可能偏低。雨量、住户变化未校正。",
        ],
    ]
