"""Reports from receiving to closing, on both databases."""

from __future__ import annotations

import pytest

from qingshu.intake import handlers, service
from qingshu.intake.errors import EmptyReport, ReportNotFound, TextTooLong
from qingshu.intake.model import Channel, Report, Said, Status
from qingshu.intake.orders import import_orders
from qingshu.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from qingshu.kernel.geodesy import Point
from qingshu.runtime import eventlog
from qingshu.runtime.db import Database
from qingshu.runtime.eventlog import Entry
from qingshu.runtime.vault import vault_of
from tests.worlds.town_small import LAT, LON, Town, build_town_small


@pytest.fixture
def town(db: Database) -> Town:
    """Four tanks in two communities of one office."""
    return build_town_small(db)


def _receive(db: Database, text: str, **more: object) -> Report:
    channel = more.pop("channel", Channel.PHONE)
    with db.write("account:desk") as tx:
        return service.receive(tx, Said(channel, text, **more))  # type: ignore[arg-type]


def test_receive_when_tank_is_named_then_located_with_reasons(db: Database, town: Town) -> None:
    """The name people use leads to the tank; events follow in order."""
    report = _receive(db, "我是裕园社区3号楼北的居民，井盖往外冒粪水")
    assert (report.status, report.tank_id) == (Status.LOCATED, town.tanks[0])
    assert report.community_id == town.communities[0]
    assert "裕园社区3号楼北" in report.because
    with db.read() as conn:
        kinds = [e.kind for e in eventlog.tail(conn, 0)]
    assert kinds == ["report.received", "report.located"]


@pytest.mark.parametrize(
    ("text", "tank", "community"),
    [
        ("裕园小区五号楼东边冒污水", 1, 0),
        ("营市社区2栋那边臭", 3, 1),
        ("池号槐11-0003满了", 2, 1),
        ("营市社区到处冒水", None, 1),
        ("污水流了一地", None, None),
    ],
)
def test_receive_when_words_vary_then_tank_community_or_none(
    db: Database, town: Town, text: str, tank: int | None, community: int | None
) -> None:
    """Building numbers in both scripts, codes, a community alone, nothing."""
    report = _receive(db, text)
    assert report.tank_id == (None if tank is None else town.tanks[tank])
    assert report.community_id == (None if community is None else town.communities[community])


def test_receive_when_position_is_given_then_nearest_tank(db: Database, town: Town) -> None:
    """A position within metres of one tank and far from others is enough."""
    report = _receive(db, "冒水", lat=LAT + 0.0001, lon=LON)
    assert report.tank_id == town.tanks[0]
    with pytest.raises(InvalidInput):
        _receive(db, "冒水", lat=LAT)


def test_receive_when_same_order_twice_then_one_report(db: Database, town: Town) -> None:
    """A channel's number is taken once; without a number each call counts."""
    first = _receive(db, "臭", channel=Channel.HOTLINE, channel_number="DH-1")
    again = _receive(db, "臭", channel=Channel.HOTLINE, channel_number="DH-1")
    other = _receive(db, "臭", channel=Channel.WECHAT, channel_number="DH-1")
    assert first.id == again.id != other.id


def test_receive_when_same_phone_then_repeat_is_counted_and_sealed(
    db: Database, town: Town
) -> None:
    """The caller is known again without the number being readable."""
    _receive(db, "堵了", reporter_name="刘云香", reporter_phone="138 0531 0000")
    report = _receive(db, "还堵着", reporter_name="刘云香", reporter_phone="13805310000")
    assert report.repeat == 1
    with db.read() as conn:
        (row,) = service.as_rows(conn, vault_of(db.settings.directory), [report])
        log = str([e.payload for e in eventlog.tail(conn, 0)])
    assert (row["reporter_masked"], row["phone_masked"]) == ("刘**", "138****0000")
    assert "13805310000" not in str(report) + log
    assert "堵" not in log


def test_receive_when_nothing_or_too_much_then_refused(db: Database, town: Town) -> None:
    """Typed errors; nothing is stored."""
    with pytest.raises(EmptyReport):
        _receive(db, "  ")
    with pytest.raises(TextTooLong):
        _receive(db, "水" * 50_000)
    with pytest.raises(NotFound):
        _receive(db, "冒水", tank_code="没有")
    with db.read() as conn:
        assert service.inbox(conn) == []


def test_life_when_linked_answered_and_incident_closed_then_closed(
    db: Database, town: Town
) -> None:
    """The whole way; linking the same incident again changes nothing."""
    report = _receive(db, "裕园社区3号楼北冒水")
    with db.write("system:clerk") as tx:
        service.link(tx, report.id, 7)
        before = eventlog.head(tx.conn)
        service.link(tx, report.id, 7)
        assert eventlog.head(tx.conn) == before
        answered = service.answer(tx, report.id, "已派车，半小时到")
        assert answered.status is Status.ANSWERED
        entry = Entry(1, tx.now, "incident.closed", "incident", 7, "x", None, {})
        handlers.HANDLERS["incident.closed"](tx, entry)
        assert service.get(tx.conn, report.id).status is Status.CLOSED
        with pytest.raises(TransitionNotAllowed):
            service.answer(tx, report.id, "又一次")
        reopened = service.reopen(tx, report.id, "又冒了")
    assert reopened.status is Status.LOCATED
    with db.read() as conn:
        kinds = [e.kind for e in eventlog.of_subject(conn, "report", report.id)]
    assert kinds == [
        "report.received", "report.located", "report.linked", "report.answered",
        "report.closed", "report.reopened", "report.located",
    ]  # fmt: skip


def test_locate_when_person_corrects_a_linked_report_then_place_is_told_again(
    db: Database, town: Town
) -> None:
    """A better place after linking reaches the incident room as an event."""
    report = _receive(db, "营市社区到处冒水")
    with db.write("account:desk") as tx:
        service.link(tx, report.id, 3)
        moved = service.locate(tx, report.id, town.tanks[3])
    assert (moved.status, moved.tank_id) == (Status.LINKED, town.tanks[3])


def test_send_back_then_reason_is_kept(db: Database, town: Town) -> None:
    """Not ours goes back with words, never silently."""
    report = _receive(db, "路灯坏了")
    with db.write("account:desk") as tx:
        with pytest.raises(InvalidInput):
            service.send_back(tx, report.id, " ")
        assert service.send_back(tx, report.id, "路灯归照明处").status is Status.RETURNED


def test_by_number_and_tail_when_tail_is_wrong_then_not_found(db: Database, town: Town) -> None:
    """A number alone opens nothing."""
    report = _receive(db, "堵了", reporter_phone="13805310000")
    vault = vault_of(db.settings.directory)
    with db.read() as conn:
        assert service.by_number_and_tail(conn, vault, report.number, "0000").id == report.id
        for number, tail in ((report.number, "0001"), (report.number, ""), ("R1", "0000")):
            with pytest.raises(ReportNotFound):
                service.by_number_and_tail(conn, vault, number, tail)


def test_candidates_when_two_tanks_fit_then_both_with_the_surest_first(
    db: Database, town: Town
) -> None:
    """Words and distance together; every candidate says why in both languages."""
    with db.read() as conn:
        found = service.candidates(conn, db.settings, "裕园社区", Point(LAT, LON + 0.0009))
    assert found[0].tank_id == town.tanks[1]
    assert all(c.because and c.because_en for c in found)


ORDERS = (
    "工单编号,标题,诉求内容,受理时间,来电号码\n"
    "A1,外溢,裕园社区3号楼北冒粪水,2026/11/20 8:05:00,13805310000\n"
    "A1,外溢,同一张工单,2026/11/20 8:06:00,\n"
    "A2,异味,营市社区1号楼臭,昨天,\n"
    "A3,,,2026/11/20,\n"
)


def test_import_orders_then_each_row_is_received_known_or_refused(db: Database, town: Town) -> None:
    """A GBK export with a doubled order, a time nobody can read, an empty row."""
    body = ORDERS.encode("gb18030")
    dry = import_orders(db, "o.csv", body, actor="x", dry_run=True)
    with db.read() as conn:
        assert service.inbox(conn) == []
    found = import_orders(db, "o.csv", body, actor="x")
    for figures in (dry, found):
        assert (figures["received"], figures["known"], figures["refused"]) == (1, 1, 2)
        assert [(e["row"], e["code"]) for e in figures["errors"]] == [
            (4, "invalid_input"), (5, "empty_report"),
        ]  # fmt: skip
    with db.read() as conn:
        (report,) = service.inbox(conn)
    assert (report.channel_number, report.tank_id) == ("A1", town.tanks[0])
    assert import_orders(db, "o.csv", body, actor="x")["known"] == 2
