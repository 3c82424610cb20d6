"""The migrations build exactly the tables that the rooms describe, on both databases."""

from __future__ import annotations

import importlib
import pkgutil

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import qingshu
from qingshu.runtime import schema
from qingshu.runtime.db import Database, metadata


def _import_all_tables() -> None:
    for module in pkgutil.walk_packages(qingshu.__path__, "qingshu."):
        name = module.name
        holds_tables = name.endswith(".tables") or name.startswith("qingshu.runtime.")
        if holds_tables and ".migrations" not in name:
            importlib.import_module(name)


def _is_compared(_thing: object, name: str | None, kind: str, *_: object) -> bool:
    # The reading log has this index on PostgreSQL only; the migration makes it.
    return not (kind == "index" and name == "ix_reading_sensor_id_measured_ms")


def test_migrations_when_compared_with_tables_then_no_difference(db: Database) -> None:
    """Nobody changes a table without a migration."""
    _import_all_tables()
    with db.engine.connect() as conn:
        context = MigrationContext.configure(
            conn, opts={"compare_type": True, "include_object": _is_compared}
        )
        assert compare_metadata(context, metadata) == []


def test_upgrade_when_repeated_then_nothing_happens(db: Database) -> None:
    """Starting twice is harmless."""
    schema.upgrade(db)
    schema.upgrade(db)
