"""Brings a database to the newest schema, and tells which one it has.

Alembic is loaded when it is needed: processes that never migrate do not pay for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from qingshu.runtime.db import Database

MIGRATIONS = Path(__file__).parent / "migrations"


class Versions(NamedTuple):
    """The revision a database has and the newest there is."""

    current: str | None
    newest: str | None


def upgrade(db: Database, revision: str = "head") -> None:
    """Run every migration that this database has not seen yet."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with db.engine.connect() as conn:
        conn.info["write"] = True
        config.attributes["connection"] = conn
        with conn.begin():
            command.upgrade(config, revision)


def versions(db: Database) -> Versions:
    """Which revision the database has, and which is the newest."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with db.read() as conn:
        return Versions(MigrationContext.configure(conn).get_current_revision(), newest)
