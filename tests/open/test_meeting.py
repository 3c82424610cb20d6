"""The meeting's papers say what the records say."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from qingshu.incident import handlers
from qingshu.intake import service as intake
from qingshu.intake.model import Channel, Said
from qingshu.kernel.errors import InvalidInput, Unavailable
from qingshu.learn import commitments
from qingshu.open.printing import typeset
from qingshu.open.printing.facts import gather, last_month, wilson
from qingshu.open.printing.meeting import layout, meeting_pdf
from qingshu.open.printing.sheets import meeting_xlsx
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database
from qingshu.runtime.relay import Relay
from tests.conftest import need
from tests.worlds.town_small import Town, build_town_small


@pytest.fixture
def town(db: Database, clock: FakeClock) -> Town:
    """Two calls at one tank ten days apart, one answered, and a late commitment."""
    town = build_town_small(db)
    relay = Relay(db, "incident", handlers.HANDLERS)
    for day, code in ((0, "槐11-0001"), (10, "槐11-0001"), (0, "")):
        clock.advance(timedelta(days=day))
        with db.write("account:desk") as tx:
            said = Said(Channel.PHONE, "冒粪水", tank_code=code, reporter_phone="13805310000")
            report = intake.receive(tx, said)
            if day:
                intake.answer(tx, report.id, "已安排")
        relay.pump()
    with db.write("account:lead") as tx:
        day_now = commitments.today(tx.settings, clock.now())
        commitments.make(tx, "=1+1 增装液位计", "设备科", day_now)
    clock.advance(timedelta(days=40))
    return town


def test_gather_when_period_then_counts_of_its_own_reports(
    db: Database, town: Town, clock: FakeClock
) -> None:
    """Three calls, one answered in time, two late, one at the same tank again."""
    end = clock.now()
    with db.read() as conn:
        facts = gather(conn, db.settings, end - timedelta(days=60), end, end)
    total = facts.total
    assert (total.received, total.answered, total.answer_due, total.late) == (3, 1, 3, 2)
    assert (total.repeated, total.overflow) == (1, 3)
    assert sum(facts.volume) == 3
    assert facts.by_office[town.office].received == 2
    assert facts.by_office[None].received == 1
    assert facts.commitments[0]["late"]


def test_gather_when_period_is_empty_or_backwards_then_zero_or_refused(
    db: Database, town: Town, clock: FakeClock
) -> None:
    """A quiet month still has papers; a period cannot end before it starts."""
    end = clock.now()
    with db.read() as conn:
        with pytest.raises(InvalidInput):
            gather(conn, db.settings, end, end, end)
        facts = gather(conn, db.settings, end - timedelta(days=1), end, end)
        shown = layout(conn, db.settings, facts, place="", chair="")
    assert shown["T"]["c"] == 0
    assert [r["n"] for r in shown["rates"]] == [0, 0, 0]


def test_pack_when_set_then_pdf_of_eight_pages_and_excel_without_formulas(
    db: Database, town: Town, clock: FakeClock
) -> None:
    """No warning of the typesetter, no resident's number, no formula from people's words."""
    try:
        typeset.family()
    except Unavailable:
        need(False, "a Chinese font")
    from pypdf import PdfReader

    end = clock.now()
    with db.read() as conn:
        for days in (1, 60):
            facts = gather(conn, db.settings, end - timedelta(days=days), end, end)
            pdf = meeting_pdf(conn, db.settings, facts, place="三楼", chair="热线科")
        book = load_workbook(io.BytesIO(meeting_xlsx(conn, db.settings, facts)))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 8
    assert "13805310000" not in text
    assert book.sheetnames == ["总览", "分街道办", "反复点位", "难点档案", "承诺", "来件"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [c for c in cells if c.data_type == "f"]
    assert "=1+1 增装液位计" in [c.value for c in cells]
    assert "13805310000" not in [str(c.value) for c in cells]


def test_last_month_when_january_then_december() -> None:
    """The year turns."""
    from datetime import UTC, datetime

    start, end = last_month(datetime(2027, 1, 10, tzinfo=UTC), "Asia/Shanghai")
    assert (start.month, end.month, end.year) == (11, 12, 2026)
    assert wilson(0, 0) == (0.0, 0.0)
