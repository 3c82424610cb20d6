"""The ground under every table: metadata, key types, engines, the dialect's INSERT."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.sql.dml import Insert

from qingshu.runtime.settings import Settings

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)

# SQLite gives an auto key only to INTEGER; PostgreSQL wants 64 bits for a log.
BigId = BigInteger().with_variant(Integer, "sqlite")

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32000",
)


def insert_for(conn: Connection, table: Table) -> Any:
    """The dialect's INSERT, which knows ``on_conflict_*``."""
    insert: type[Insert] | Any = sqlite_insert if conn.dialect.name == "sqlite" else pg_insert
    return insert(table)


def make_engine(settings: Settings) -> Engine:
    """The workspace's engine, prepared for its dialect."""
    url = settings.database_url
    if not url.startswith("sqlite"):
        return _server_engine(url, settings)
    engine = create_engine(
        url,
        pool_size=settings.database.pool_size,
        # An error's text goes into logs and dead letters; what people said does not.
        hide_parameters=True,
        connect_args={
            "timeout": settings.database.busy_timeout_s,
            "check_same_thread": False,
            # The driver must not open transactions by itself: we say IMMEDIATE.
            "isolation_level": None,
        },
    )

    @event.listens_for(engine, "connect")
    def _prepare(dbapi_connection: Any, _record: Any) -> None:
        for pragma in _SQLITE_PRAGMAS:
            dbapi_connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        mode = "IMMEDIATE" if conn.info.get("write") else "DEFERRED"
        conn.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _server_engine(url: str, settings: Settings) -> Engine:
    """PostgreSQL: a writer waits for the lock as long as with SQLite, then is told."""
    engine = create_engine(
        url, pool_size=settings.database.pool_size, pool_pre_ping=True, hide_parameters=True
    )
    wait_ms = round(settings.database.busy_timeout_s * 1000)

    @event.listens_for(engine, "connect")
    def _prepare(dbapi_connection: Any, _record: Any) -> None:
        with dbapi_connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {wait_ms}")
        dbapi_connection.commit()

    @event.listens_for(engine, "handle_error")
    def _hide_detail(context: ExceptionContext) -> None:
        # The lines after the first repeat the row that failed, with what people said.
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None and error.args:
                error.args = (str(error.args[0]).split("\n", 1)[0], *error.args[1:])

    return engine
