"""Residents' pages: a form without script, a page to follow, a rating."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qingshu.incident import handlers
from qingshu.incident import service as incidents
from qingshu.incident.model import Track
from qingshu.intake import service as intake
from qingshu.intake.model import Status
from qingshu.runtime import relay
from qingshu.runtime.db import Database
from qingshu.runtime.http import install_error_handlers
from qingshu.verify import store as verify
from qingshu.web.public import routes
from tests.worlds.town_small import Town, build_town_small

FORM = {"kind": "overflow", "text": "楼下到处是水", "phone": "138 0531 0000", "tank": "槐11-0001"}


@pytest.fixture
def town(db: Database) -> Town:
    """Four tanks in two communities of one office."""
    return build_town_small(db)


@pytest.fixture
def client(db: Database, town: Town) -> Iterator[TestClient]:
    """A browser without script on the public pages alone."""
    app = FastAPI()
    app.state.db = db
    install_error_handlers(app)
    app.include_router(routes.router)
    with TestClient(app, follow_redirects=False) as opened:
        yield opened


def _number(page: str) -> str:
    found = re.search(r'id="number">([^<]+)<', page)
    assert found is not None
    return found.group(1)


def _handled(db: Database, number: str, *commands: str) -> int:
    """Link the report to an incident at its tank and walk the handle track."""
    with db.write("system:test") as tx:
        report = next(r for r in intake.inbox(tx.conn) if r.number == number)
        assert report.tank_id is not None
        incident_id = incidents.open_by_hand(tx, report.tank_id, "报修")
        intake.link(tx, report.id, incident_id)
        for command in commands:
            incidents.advance(tx, incident_id, Track.HANDLE, command)
    return incident_id


def test_form_when_tank_is_scanned_then_place_is_known_and_no_script(client: TestClient) -> None:
    """The card's code fills in the place; the page has no script and no outside address."""
    page = client.get("/r", params={"tank": "槐11-0001"}).text
    assert "裕园社区3号楼北" in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="https?:', page)
    assert 'name="place"' not in page
    assert 'name="place"' in client.get("/r", params={"tank": "没有"}).text
    assert "What is wrong" in client.get("/r", params={"lang": "en"}).text


def test_send_then_report_at_the_tank_and_neighbours_are_counted(
    client: TestClient, db: Database, town: Town
) -> None:
    """The number shown leads to the report; the next neighbour is told about it."""
    answer = client.post("/r", data=FORM)
    assert answer.status_code == 200
    with db.read() as conn:
        (report,) = intake.inbox(conn)
    assert _number(answer.text) == report.number
    assert (report.tank_id, report.category) == (town.tanks[0], "overflow")
    assert "已有 1 位邻居报过" in client.get("/r", params={"tank": "槐11-0001"}).text


def test_send_when_words_hold_markup_then_shown_as_words(client: TestClient) -> None:
    """What a person typed never becomes part of the page."""
    evil = {"text": "", "place": "<script>alert(1)</script>", "phone": '"><b>x'}
    page = client.post("/r", data=evil | {"kind": "", "tank": "没有"}).text
    assert "<script>" not in page
    assert '"><b>' not in page


def test_send_when_empty_then_form_again_with_the_reason(client: TestClient, db: Database) -> None:
    """Nothing is stored and nothing typed is lost."""
    answer = client.post("/r", data={"phone": "13805310000"})
    assert answer.status_code == 422
    assert "13805310000" in answer.text
    with db.read() as conn:
        assert intake.inbox(conn) == []


def test_send_when_hidden_field_is_filled_then_nothing_is_stored(
    client: TestClient, db: Database
) -> None:
    """A program that fills every field is thanked and forgotten."""
    assert client.post("/r", data=FORM | {"website": "spam"}).status_code == 200
    with db.read() as conn:
        assert intake.inbox(conn) == []


def test_send_when_too_often_then_told_to_wait_and_to_call(
    client: TestClient, db: Database
) -> None:
    """The ninth report from one address within minutes is refused in words."""
    answers = [client.post("/r", data=FORM) for _ in range(9)]
    assert [a.status_code for a in answers] == [200] * 8 + [429]
    assert "12345" in answers[-1].text
    with db.read() as conn:
        assert len(intake.inbox(conn)) == 8


def test_follow_when_tail_is_wrong_or_absent_then_only_asked(client: TestClient) -> None:
    """The number alone shows nothing of the report."""
    number = _number(client.post("/r", data=FORM).text)
    assert client.get(f"/t/{number}").status_code == 200
    assert "裕园" not in client.get(f"/t/{number}").text
    assert client.get(f"/t/{number}", params={"tail": "9999"}).status_code == 404
    assert "裕园社区3号楼北" in client.get(f"/t/{number}", params={"tail": "0000"}).text


def test_follow_when_tails_are_guessed_then_stopped(client: TestClient) -> None:
    """Thirty guesses of ten thousand, then a wait."""
    number = _number(client.post("/r", data=FORM).text)
    codes = [client.get(f"/t/{number}", params={"tail": f"{n:04}"}).status_code
             for n in range(1, 32)]  # fmt: skip
    assert codes == [404] * 30 + [429]


def test_follow_when_crew_works_then_steps_light_up(client: TestClient, db: Database) -> None:
    """Sent, arrived, cleared; a rating is asked only after clearing."""
    number = _number(client.post("/r", data=FORM).text)
    _handled(db, number, "assign", "arrive")
    page = client.get(f"/t/{number}", params={"tail": "0000"}).text
    assert page.count('class="nx"') == 2
    assert "班组已到场" in page
    assert "您满意吗" not in page


@pytest.mark.parametrize("solved", ["yes", "no"])
def test_rate_when_cleared_then_call_back_is_recorded_once(
    client: TestClient, db: Database, solved: str
) -> None:
    """A rating counts as the call back; "not solved" starts handling again."""
    number = _number(client.post("/r", data=FORM).text)
    incident_id = _handled(db, number, "assign", "arrive", "contain", "clear")
    assert "您满意吗" in client.get(f"/t/{number}", params={"tail": "0000"}).text
    rating = {"satisfaction": "4", "solved": solved, "tail": "0000"}
    assert client.post(f"/t/{number}/rating", data=rating).status_code == 303
    with db.read() as conn:
        (callback,) = verify.callbacks(conn, [incident_id])
        assert (callback.satisfaction, callback.solved) == (4, solved == "yes")
        assert (incidents.get(conn, incident_id).handle == "cleared") is (solved == "yes")
    assert client.post(f"/t/{number}/rating", data=rating).status_code == 409
    assert "谢谢" in client.get(f"/t/{number}", params={"tail": "0000"}).text


def test_send_when_clerk_runs_then_incident_opens_and_report_is_linked(
    client: TestClient, db: Database
) -> None:
    """From the resident's button to an open incident through the event log."""
    number = _number(client.post("/r", data=FORM).text)
    relay.Relay(db, "incident", handlers.HANDLERS).pump()
    with db.read() as conn:
        report = next(r for r in intake.inbox(conn) if r.number == number)
    assert report.status is Status.LINKED
    assert report.incident_number
