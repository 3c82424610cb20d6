"""Service notice cards: one way in, the right person, nothing missing in names."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest

from qingshu.kernel.errors import InvalidInput, NotFound, Unavailable
from qingshu.open.printing import typeset
from qingshu.open.printing.cards import cards_pdf, next_visit, qr_svg, tanks_for
from qingshu.registry import service as registry_service
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime.db import Database
from qingshu.runtime.vault import vault_of
from tests.conftest import need
from tests.worlds.town_small import Town, build_town_small

BASE = "https://qingshu.example"


@pytest.fixture
def town(db: Database) -> Town:
    """Four tanks; the grid's lead has a name of rare characters."""
    try:
        typeset.family()
    except Unavailable:
        need(False, "a Chinese font")
    town = build_town_small(db)
    vault = vault_of(db.settings.directory)
    with db.write("system:test") as tx:
        row = {
            **registry.blank(Kind.PEOPLE), "code": "W01", "name_sealed": vault.seal("堃喆镕㙟𬱖"),
            "phone_sealed": vault.seal("13805310000"),
        }  # fmt: skip
        registry.add(tx, Kind.PEOPLE, [row])
        lead = registry.codes_of(tx.conn, Kind.PEOPLE)["W01"]
        registry_service.update(tx, Kind.GRIDS, town.grid, {"lead_id": lead})
    return town


def _text(pdf: bytes) -> list[str]:
    from pypdf import PdfReader

    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_cards_when_community_then_two_pages_a_tank_with_lead_and_code(
    db: Database, town: Town
) -> None:
    """Rare characters are set without a warning; every tank has its own code."""
    with db.read() as conn:
        tanks = tanks_for(conn, community="C1")
    pages = _text(cards_pdf(db, tanks, base_url=BASE))
    assert len(pages) == 4
    assert "槐11-0001" in pages[0].replace(" ", "")
    assert "13805310000" in pages[0]


@pytest.mark.parametrize("address", ["", "qingshu.example", "javascript:alert(1)"])
def test_cards_when_no_public_address_then_refused(db: Database, town: Town, address: str) -> None:
    """A card whose code leads nowhere is not printed."""
    with db.read() as conn:
        tanks = tanks_for(conn, tank="槐11-0001")
    with pytest.raises(InvalidInput):
        cards_pdf(db, tanks, base_url=address)


def test_tanks_for_when_unknown_code_then_not_found(db: Database, town: Town) -> None:
    """A wrong code says so instead of printing the city."""
    with db.read() as conn:
        for where in ({"grid": "G9"}, {"community": "C9"}, {"tank": "T9"}):
            with pytest.raises(NotFound):
                tanks_for(conn, **where)
        assert len(tanks_for(conn, grid="G1")) == 4


def test_next_visit_when_due_is_past_then_no_promise(db: Database, town: Town) -> None:
    """Nothing is promised for a day that has passed."""
    with db.read() as conn:
        tank = registry.tanks(conn)[0]
    tank = replace(tank, last_desludged_on=date(2026, 5, 1), interval_days=180)
    assert next_visit(tank, date(2026, 6, 1)) == "10 月"
    assert next_visit(tank, date(2026, 11, 24)) == "近期安排"
    assert next_visit(replace(tank, last_desludged_on=None), date(2026, 6, 1)) == "日期另行通知"


def test_qr_when_address_then_dark_modules_as_one_path() -> None:
    """The code is drawn, not a picture."""
    assert "<path" in qr_svg(f"{BASE}/r?tank=x")
