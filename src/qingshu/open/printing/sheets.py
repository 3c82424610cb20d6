"""The tables behind a meeting's papers as Excel; no names, phones or texts of residents."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy import Connection

from qingshu.kernel.instants import from_ms, local
from qingshu.open.printing.facts import Facts
from qingshu.open.printing.meeting import CHANNELS, layout
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime.settings import Settings


def meeting_xlsx(conn: Connection, settings: Settings, facts: Facts) -> bytes:
    """Overview, offices, spots, dossiers, commitments and reports, one sheet each."""
    import xlsxwriter

    shown = layout(conn, settings, facts, place="", chair="")
    out = io.BytesIO()
    # What people wrote stays text: never a formula, never a link.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    book = xlsxwriter.Workbook(out, options)
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#DBE9E7"})
    for name, columns, rows in (
        _overview(shown), _offices(shown), _spots(shown), _dossiers(facts), _promises(facts),
        _reports(conn, facts),
    ):  # fmt: skip
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, columns, head)
        for n, row in enumerate(rows, 1):
            sheet.write_row(n, 0, row)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
        sheet.set_column(0, len(columns) - 1, 14)
    book.close()
    return out.getvalue()


_Sheet = tuple[str, list[str], list[list[Any]]]


def _overview(shown: dict[str, Any]) -> _Sheet:
    rows = [
        [r["k"], r["x"], r["n"], r["v"] / 100 if r["n"] else "", *r["ci"]] for r in shown["rates"]
    ]
    rows += [["受理", shown["T"]["c"]], ["上期受理", shown["T"]["p"]]]
    rows += [
        [f"受理 {m}", n, last]
        for m, n, last in zip(shown["months"], shown["vol"], shown["last"], strict=True)
    ]
    return (
        "总览",
        ["项目", "分子（受理：件）", "分母（受理：去年同月）", "率", "区间下 %", "区间上 %"],
        rows,
    )


def _offices(shown: dict[str, Any]) -> _Sheet:
    names = {
        "o": "街道办", "d": "区", "g": "网格", "tk": "池数", "c": "受理", "p": "上期",
        "ans": "按时答复", "ansn": "答复到期", "sol": "解决", "soln": "解决到期",
        "sat": "满意", "vis": "有评价",
        "rep": "90 天重复", "late": "超时", "ov": "外溢",
    }  # fmt: skip
    return "分街道办", list(names.values()), [[r[k] for k in names] for r in shown["rows"]]


def _spots(shown: dict[str, Any]) -> _Sheet:
    columns = [
        "名次",
        "点位",
        "街道办",
        "池号",
        "档案",
        "原因",
        "本期",
        "十二个月",
        "来电人",
        *shown["months"],
    ]
    keys = ("r", "place", "of", "tank", "dos", "cause", "oct", "sum", "callers")
    return "反复点位", columns, [[*(s[k] for k in keys), *s["b"]] for s in shown["spots"]]


def _dossiers(facts: Facts) -> _Sheet:
    keys = (
        "number",
        "state",
        "tank_name",
        "community_name",
        "opened_at",
        "cause",
        "measure",
        "note",
    )
    columns = ["编号", "状态", "池", "社区", "立档", "原因", "措施", "备注"]
    return "难点档案", columns, [[d[k] or "" for k in keys] for d in facts.dossiers]


def _promises(facts: Facts) -> _Sheet:
    keys = ("number", "state", "text", "owner", "made_on", "due_on", "days_late", "proof", "note")
    columns = ["编号", "状态", "承诺", "责任", "会议日", "期限", "逾期天", "凭据", "备注"]
    return "承诺", columns, [[c[k] for k in keys] for c in facts.commitments]


def _reports(conn: Connection, facts: Facts) -> _Sheet:
    offices = registry.names_of(conn, Kind.OFFICES)
    communities = registry.names_of(conn, Kind.COMMUNITIES)

    def when(at_ms: int | None) -> str:
        return "" if at_ms is None else f"{local(from_ms(at_ms), facts.zone):%Y-%m-%d %H:%M}"

    rows = [
        [
            r.number, CHANNELS.get(str(r.channel), str(r.channel)), str(r.category),
            str(r.urgency), str(r.status), offices.get(r.office_id or 0, ""),
            communities.get(r.community_id or 0, ""), when(r.received_ms), when(r.due_ms),
            when(r.answered_ms), r.incident_number,
        ]
        for r in facts.reports
    ]  # fmt: skip
    columns = [
        "编号",
        "渠道",
        "类别",
        "缓急",
        "状态",
        "街道办",
        "社区",
        "受理",
        "应答复",
        "已答复",
        "事件",
    ]
    return "来件", columns, rows
