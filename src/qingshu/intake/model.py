"""Frozen values of a report 来件: one thing that one person told us, by any channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """信、访、电、网、微, and our own eyes."""

    HOTLINE = "hotline"
    PHONE = "phone"
    WEB = "web"
    WECHAT = "wechat"
    LETTER = "letter"
    VISIT = "visit"
    PATROL = "patrol"
    SENSOR = "sensor"


class Category(StrEnum):
    """What a report is about."""

    OVERFLOW = "overflow"
    BLOCKAGE = "blockage"
    ODOUR = "odour"
    GAS = "gas"
    LID = "lid"
    STRUCTURAL = "structural"
    DESLUDGING_REQUEST = "desludging_request"
    NOISE = "noise"
    PRAISE = "praise"
    QUESTION = "question"
    OTHER = "other"


class Urgency(StrEnum):
    """How soon somebody must be there."""

    DANGER = "danger"
    URGENT = "urgent"
    ROUTINE = "routine"


class Status(StrEnum):
    """Where a report stands."""

    RECEIVED = "received"
    LOCATED = "located"
    LINKED = "linked"
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"
    RETURNED = "returned"


class Command(StrEnum):
    """What moves a report."""

    LOCATE = "locate"
    LINK = "link"
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"
    RETURN = "return"


_S, _C = Status, Command
# An answer may go out before the place is known, so answered reports still find one.
LIFE: Mapping[tuple[Status, Command], Status] = {
    (_S.RECEIVED, _C.LOCATE): _S.LOCATED,
    (_S.RECEIVED, _C.LINK): _S.LINKED,
    (_S.RECEIVED, _C.ANSWER): _S.ANSWERED,
    (_S.RECEIVED, _C.RETURN): _S.RETURNED,
    (_S.LOCATED, _C.LOCATE): _S.LOCATED,
    (_S.LOCATED, _C.LINK): _S.LINKED,
    (_S.LOCATED, _C.ANSWER): _S.ANSWERED,
    (_S.LOCATED, _C.RETURN): _S.RETURNED,
    (_S.LINKED, _C.LOCATE): _S.LINKED,
    (_S.LINKED, _C.LINK): _S.LINKED,
    (_S.LINKED, _C.ANSWER): _S.ANSWERED,
    (_S.LINKED, _C.CLOSE): _S.CLOSED,
    (_S.ANSWERED, _C.LOCATE): _S.ANSWERED,
    (_S.ANSWERED, _C.LINK): _S.ANSWERED,
    (_S.ANSWERED, _C.CLOSE): _S.CLOSED,
    (_S.ANSWERED, _C.REOPEN): _S.REOPENED,
    (_S.CLOSED, _C.REOPEN): _S.REOPENED,
    (_S.RETURNED, _C.REOPEN): _S.REOPENED,
    (_S.REOPENED, _C.LOCATE): _S.LOCATED,
    (_S.REOPENED, _C.LINK): _S.LINKED,
    (_S.REOPENED, _C.ANSWER): _S.ANSWERED,
    (_S.REOPENED, _C.RETURN): _S.RETURNED,
}
OPEN = (Status.RECEIVED, Status.LOCATED, Status.LINKED, Status.ANSWERED, Status.REOPENED)


@dataclass(frozen=True, slots=True)
class Said:
    """What came in by one channel, before anything was made of it. WGS-84 degrees."""

    channel: Channel
    text: str
    channel_number: str = ""
    place: str = ""
    category: Category | None = None
    reporter_name: str = ""
    reporter_phone: str = ""
    tank_code: str = ""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One report as stored; name and phone stay sealed."""

    id: int
    number: str
    channel: Channel
    channel_number: str
    text: str
    place: str
    category: Category
    urgency: Urgency
    status: Status
    tank_id: int | None
    community_id: int | None
    office_id: int | None
    lat: float | None
    lon: float | None
    score: float
    because: str
    because_en: str
    incident_id: int | None
    incident_number: str
    name_sealed: str
    phone_sealed: str
    phone_print: str
    repeat: int
    received_ms: int
    due_ms: int | None
    answered_ms: int | None
    answer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that the words may mean, how sure, and the words that decided."""

    name: str
    score: float
    because: str
    because_en: str
    tank_id: int | None = None
    community_id: int | None = None
    office_id: int | None = None
    compound: str = ""
    building: str = ""
