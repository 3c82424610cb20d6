"""The tables of dossiers and commitments. Times are epoch milliseconds."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, String, Table, Text

from qingshu.runtime.db import metadata

dossier = Table(
    "dossier",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(16), nullable=False, index=True),
    Column("tank_id", Integer, ForeignKey("tank.id"), index=True),
    Column("community_id", Integer, ForeignKey("community.id"), index=True),
    Column("opened_ms", BigInteger, nullable=False),
    Column("state_ms", BigInteger, nullable=False),
    Column("cause", Text, nullable=False, server_default=""),
    Column("measure", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
)

dossier_incident = Table(
    "dossier_incident",
    metadata,
    Column("dossier_id", Integer, ForeignKey("dossier.id"), primary_key=True),
    Column("incident_id", Integer, ForeignKey("incident.id"), primary_key=True, index=True),
)

commitment = Table(
    "commitment",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(16), nullable=False, index=True),
    Column("text", Text, nullable=False),
    # A duty or office and a name, as the minutes say it.
    Column("owner", String(128), nullable=False),
    # The day of the meeting, and the day it is promised for; local dates.
    Column("made_on", Date, nullable=False, index=True),
    Column("due_on", Date, nullable=False, index=True),
    Column("dossier_id", Integer, ForeignKey("dossier.id"), index=True),
    Column("proof", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("level", Integer, nullable=False, server_default="0"),
    Column("made_ms", BigInteger, nullable=False),
    Column("state_ms", BigInteger, nullable=False),
)
