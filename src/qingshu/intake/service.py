"""Use cases of the inbox: receive, find the place, link, answer, return, close."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from qingshu.intake import aliases, store
from qingshu.intake.errors import EmptyReport, ReportNotFound, TextTooLong
from qingshu.intake.events import (
    ReportAnswered,
    ReportClosed,
    ReporterRevealed,
    ReportLinked,
    ReportLocated,
    ReportReceived,
    ReportReopened,
    ReportReturned,
)
from qingshu.intake.gazetteers import gazetteer_of
from qingshu.intake.model import LIFE, OPEN, Candidate, Channel, Command, Report, Said, Status
from qingshu.intake.params import IntakeParams
from qingshu.intake.rows import as_rows as as_rows  # Later rooms read through the service.
from qingshu.intake.rules import places
from qingshu.intake.rules.clocks import answer_due
from qingshu.intake.rules.words import read_text
from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.geodesy import Point
from qingshu.kernel.instants import to_ms
from qingshu.kernel.lifecycle import follow
from qingshu.registry import service as registry_service
from qingshu.runtime import eventlog
from qingshu.runtime.db import Tx
from qingshu.runtime.numbers import next_number
from qingshu.runtime.settings import Settings
from qingshu.runtime.vault import Vault, vault_of

NUMBER_PREFIX = "R"
_PLACE_MAX, _NAME_MAX = 256, 64


def params_of(settings: Settings) -> IntakeParams:
    """The inbox's numbers in this workspace."""
    return settings.room_params("intake", IntakeParams)


def get(conn: Connection, report_id: int) -> Report:
    """One report, or :class:`ReportNotFound`."""
    found = store.get(conn, report_id)
    if found is None:
        msg = f"Expected a report with id {report_id}, found none."
        raise ReportNotFound(msg, report_id=report_id)
    return found


def inbox(conn: Connection, *, only_open: bool = False, limit: int = 500) -> list[Report]:
    """The newest reports first."""
    return store.listed(conn, statuses=OPEN if only_open else None, limit=limit)


def of_incident(conn: Connection, incident_id: int) -> list[Report]:
    """The reports that an incident gathered, oldest first."""
    return store.of_incident(conn, incident_id)


def known(conn: Connection, channel: Channel, channel_number: str) -> bool:
    """Whether this channel's number is a report already."""
    return store.by_channel(conn, channel, channel_number) is not None


def receive(tx: Tx, said: Said, *, at: datetime | None = None) -> Report:
    """Take in what one person said; the same order of a channel twice is one report.

    Category, urgency, answer clock and place follow at once. ``at`` is when the channel
    received it, by default now.

    Raises
    ------
    EmptyReport, TextTooLong
        Nothing was said, or more than a report keeps.
    NotFound
        A tank code was given that no tank has.
    """
    known = store.by_channel(tx.conn, said.channel, said.channel_number)
    if known is not None:
        return known
    params = params_of(tx.settings)
    _refuse_unfit(said, params)
    tank = registry_service.tank_of_code(tx.conn, said.tank_code) if said.tank_code else None
    received = at or tx.now
    read = read_text(f"{said.text}\n{said.place}")
    phone = said.reporter_phone.replace(" ", "").replace("-", "")[:32]
    vault = vault_of(tx.settings.directory)
    mark = vault.fingerprint(phone)
    since = to_ms(received - timedelta(days=params.repeat_days))
    number = next_number(tx, NUMBER_PREFIX)
    due = answer_due(
        received, said.channel, read.urgency, zone=tx.settings.station.zone, params=params
    )
    report_id = store.add(
        tx,
        {
            "number": number, "channel": said.channel.value,
            "channel_number": said.channel_number[:64], "text": said.text,
            "place": said.place[:_PLACE_MAX], "urgency": read.urgency.value,
            "category": (said.category or read.category).value,
            "status": Status.RECEIVED.value, "lat": said.lat, "lon": said.lon,
            "name_sealed": vault.seal(said.reporter_name[:_NAME_MAX]),
            "phone_sealed": vault.seal(phone), "phone_print": mark,
            "repeat": store.count_of_phone(tx.conn, mark, since),
            "received_ms": to_ms(received), "due_ms": to_ms(due),
        },
    )  # fmt: skip
    tx.emit(
        ReportReceived(
            subject_id=report_id, number=number, channel=said.channel.value,
            urgency=read.urgency.value,
        )
    )  # fmt: skip
    if tank is not None:
        _settle(tx, report_id, _certain(tank.id, tank.name, tank.community_id, tank.office_id))
    else:
        _auto_locate(tx, report_id, said, params)
    return get(tx.conn, report_id)


def _refuse_unfit(said: Said, params: IntakeParams) -> None:
    if not said.text.strip() and not said.tank_code and not said.place.strip():
        msg = "Expected words about what is wrong, or a place; got neither."
        raise EmptyReport(msg, text="empty")
    if len(said.text) > params.text_max:
        msg = f"Expected at most {params.text_max} characters, got {len(said.text)}."
        raise TextTooLong(msg, text="too long")
    if (said.lat is None) != (said.lon is None):
        msg = "Expected latitude and longitude together, got one."
        raise InvalidInput(msg, lat=said.lat, lon=said.lon)
    if said.lat is not None and said.lon is not None:
        Point(said.lat, said.lon)


def candidates(
    conn: Connection, settings: Settings, text: str, spot: Point | None = None
) -> list[Candidate]:
    """Places that words and a position may mean, the surest first."""
    params = params_of(settings)
    short = text[: params.text_max]
    return places.find_places(gazetteer_of(conn, settings), short, spot=spot, params=params)


def _auto_locate(tx: Tx, report_id: int, said: Said, params: IntakeParams) -> None:
    spot = None
    if said.lat is not None and said.lon is not None:
        spot = Point(said.lat, said.lon)
    found = candidates(tx.conn, tx.settings, f"{said.place}\n{said.text}", spot)
    chosen = places.choose(found, params)
    if chosen is not None:
        _settle(tx, report_id, chosen)


def _certain(tank_id: int, name: str, community_id: int | None, office_id: int | None) -> Candidate:
    return Candidate(name, 1.0, "给定池号", "tank code given", tank_id, community_id, office_id)


def _settle(tx: Tx, report_id: int, place: Candidate) -> None:
    report = get(tx.conn, report_id)
    status = follow(LIFE, report.status, Command.LOCATE)
    store.change(
        tx, report_id, status=status.value, tank_id=place.tank_id,
        community_id=place.community_id, office_id=place.office_id, score=place.score,
        because=place.because, because_en=place.because_en,
    )  # fmt: skip
    tx.emit(
        ReportLocated(
            subject_id=report_id, tank_id=place.tank_id, community_id=place.community_id,
            office_id=place.office_id, score=place.score,
        )
    )  # fmt: skip


def locate(tx: Tx, report_id: int, tank_id: int) -> Report:
    """A person says which tank a report is about."""
    tank = registry_service.tank_of(tx.conn, tank_id)
    place = Candidate(
        tank.name, 1.0, "人工指定", "chosen by a person", tank.id, tank.community_id,
        tank.office_id,
    )  # fmt: skip
    aliases.learn(tx, get(tx.conn, report_id), tank)
    _settle(tx, report_id, place)
    return get(tx.conn, report_id)


def locate_by(tx: Tx, report_id: int, place: Candidate) -> Report:
    """A later room found further evidence for one of the candidates."""
    _settle(tx, report_id, place)
    return get(tx.conn, report_id)


def link(tx: Tx, report_id: int, incident_id: int) -> Report:
    """A report belongs to an incident; linking it there again changes nothing."""
    report = get(tx.conn, report_id)
    if report.incident_id == incident_id and report.status is not Status.LOCATED:
        return report
    status = follow(LIFE, report.status, Command.LINK)
    number = _incident_number(tx.conn, incident_id)
    store.change(
        tx, report_id, status=status.value, incident_id=incident_id, incident_number=number
    )
    tx.emit(ReportLinked(subject_id=report_id, incident_id=incident_id))
    return get(tx.conn, report_id)


def _incident_number(conn: Connection, incident_id: int) -> str:
    # Incident is a later room; its number is read where it was announced.
    for entry in eventlog.of_subject(conn, "incident", incident_id):
        if entry.kind == "incident.opened" and entry.payload:
            return str(entry.payload.get("number", ""))
    return ""


def answer(tx: Tx, report_id: int, text: str) -> Report:
    """Tell the person something; the first answer stops the channel's clock."""
    report = get(tx.conn, report_id)
    if not text.strip():
        msg = "Expected the words of the answer, got none."
        raise InvalidInput(msg, text="empty")
    status = follow(LIFE, report.status, Command.ANSWER)
    store.change(
        tx, report_id, status=status.value, answer=text.strip(),
        answered_ms=report.answered_ms or to_ms(tx.now),
    )  # fmt: skip
    tx.emit(ReportAnswered(subject_id=report_id))
    return get(tx.conn, report_id)


def send_back(tx: Tx, report_id: int, reason: str) -> Report:
    """Not ours: back to whoever passed it on, with the reason."""
    status = follow(LIFE, get(tx.conn, report_id).status, Command.RETURN)
    store.change(tx, report_id, status=status.value, reason=_need_reason(reason))
    tx.emit(ReportReturned(subject_id=report_id, reason=reason.strip()))
    return get(tx.conn, report_id)


def reopen(tx: Tx, report_id: int, reason: str) -> Report:
    """It was not over; a known place is told again so that its incident hears of it."""
    report = get(tx.conn, report_id)
    status = follow(LIFE, report.status, Command.REOPEN)
    store.change(tx, report_id, status=status.value, reason=_need_reason(reason))
    tx.emit(ReportReopened(subject_id=report_id, reason=reason.strip()))
    if report.tank_id is not None or report.community_id is not None:
        place = Candidate(
            "", report.score, report.because, report.because_en, report.tank_id,
            report.community_id, report.office_id,
        )  # fmt: skip
        _settle(tx, report_id, place)
    return get(tx.conn, report_id)


def _need_reason(reason: str) -> str:
    if not reason.strip():
        msg = "Expected a reason, got none."
        raise InvalidInput(msg, reason="empty")
    return reason.strip()


def close(tx: Tx, report_id: int) -> Report:
    """Nothing more is owed to this person."""
    status = follow(LIFE, get(tx.conn, report_id).status, Command.CLOSE)
    store.change(tx, report_id, status=status.value)
    tx.emit(ReportClosed(subject_id=report_id))
    return get(tx.conn, report_id)


def reveal(tx: Tx, report_id: int, reason: str) -> tuple[str, str]:
    """A reporter's name and phone in the clear; who opened them and why is logged."""
    report = get(tx.conn, report_id)
    tx.emit(ReporterRevealed(subject_id=report_id, reason=_need_reason(reason)[:200]))
    vault = vault_of(tx.settings.directory)
    return vault.open(report.name_sealed), vault.open(report.phone_sealed)


def by_number_and_tail(conn: Connection, vault: Vault, number: str, tail: str) -> Report:
    """A resident's own report: its number and the last four digits of the phone."""
    report = store.by_number(conn, number.strip().upper())
    phone = "" if report is None else vault.open(report.phone_sealed)
    if report is None or (phone and phone[-4:] != tail.strip()):
        msg = "Expected a report number and the last four digits of its phone; they do not fit."
        raise ReportNotFound(msg)
    return report
