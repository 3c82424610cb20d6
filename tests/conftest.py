"""Fixtures every room shares: a clock moved by hand and a database on both engines."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from qingshu.runtime import schema
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database, metadata
from qingshu.runtime.settings import Database as DatabaseSettings
from qingshu.runtime.settings import Settings

START = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)
POSTGRES = os.environ.get(
    "QINGSHU_TEST_POSTGRES", "postgresql+psycopg://root@/postgres?host=/var/run/postgresql"
)


def need(condition: bool, what: str) -> None:
    """Skip by name where something is missing; fail where all of it must be there."""
    if condition:
        return
    if os.environ.get("QINGSHU_REQUIRE_ALL") == "1":
        pytest.fail(f"QINGSHU_REQUIRE_ALL is set and {what} is missing")
    pytest.skip(f"needs {what}")


@pytest.fixture
def clock() -> FakeClock:
    """14:32 on 24 November 2026 in Jinan, moved by hand."""
    return FakeClock(START)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    db = Database(Settings(directory=folder))
    schema.upgrade(db)
    db.close()  # The last connection to close folds the WAL into the file.
    return folder / "qingshu.db"


@pytest.fixture(scope="session")
def _postgres_url(worker_id: str) -> Iterator[str | None]:
    name = f"qingshu_test_{worker_id}_{os.getpid()}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as conn:
            conn.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError:
        yield None
        return
    url = POSTGRES.replace("/postgres?", f"/{name}?")
    db = Database(Settings(directory=Path("."), database=DatabaseSettings(url=url)))
    schema.upgrade(db)
    db.close()
    yield url
    with admin.connect() as conn:
        conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path, _sqlite_template: Path) -> Settings:
    """A fresh workspace's settings, once per database engine."""
    if request.param == "sqlite":
        shutil.copy(_sqlite_template, tmp_path / "qingshu.db")
        return Settings(directory=tmp_path)
    url = request.getfixturevalue("_postgres_url")
    need(url is not None, "PostgreSQL")
    engine = create_engine(url)
    tables = ", ".join(f'"{name}"' for name in metadata.tables)
    with engine.begin() as conn:
        conn.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    engine.dispose()
    return Settings(directory=tmp_path, database=DatabaseSettings(url=url))


@pytest.fixture
def db(settings: Settings, clock: FakeClock) -> Iterator[Database]:
    """An empty database of the newest schema, on SQLite and on PostgreSQL."""
    database = Database(settings, clock)
    yield database
    database.close()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The xdist worker's name, ``main`` without xdist."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")
