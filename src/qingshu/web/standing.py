"""What troubles the product now, for screen and doctor: every process by its sign of life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from qingshu.runtime import heartbeats, troubles
from qingshu.runtime.troubles import Board

PROCESSES = ("web", "ingest", "planner", "clerk")


@dataclass(frozen=True, slots=True)
class Standing:
    """One trouble of one process, in words."""

    process: str
    code: str
    zh: str
    en: str


def standing_of(process: str, code: str) -> Standing:
    """A trouble with its words.

    >>> standing_of("clerk", "silent").en
    'the process gives no sign of life'
    """
    return Standing(process, code, *troubles.words(code))


def standing(conn: Connection, wall_now: datetime, own: Board | None = None) -> list[Standing]:
    """What the processes told last, and who tells nothing any more.

    ``own`` is the board of the web process that asks: it knows without its heartbeat.
    """
    found = own_standing(own) if own is not None else []
    for sign in heartbeats.heartbeats(conn):
        if sign.process not in PROCESSES or (own is not None and sign.process == "web"):
            continue
        if not sign.is_fresh(wall_now):
            found.append(standing_of(sign.process, troubles.SILENT))
            continue
        found += [standing_of(sign.process, code) for code in sign.trouble]
    return found


def own_standing(own: Board) -> list[Standing]:
    """What the web process knows without asking the database."""
    return [standing_of("web", code) for code in own.codes()]
