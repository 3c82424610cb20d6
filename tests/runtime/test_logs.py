"""Log lines are JSON and hold no values of people."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from qingshu.runtime.db import Database
from qingshu.runtime.logs import configure_logs


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Path]:
    """The log file of a process that was just set up; logging as it was afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logs("web", tmp_path)
    yield tmp_path / "logs" / "web.jsonl"
    root.handlers[:] = before
    root.setLevel(level)
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


def test_log_when_a_fault_has_a_phone_in_its_variables_then_the_line_has_not(lines: Path) -> None:
    """The way to the fault is logged, the values on it are not."""
    phone = "139" + "12345678"
    try:
        raise RuntimeError
    except RuntimeError:
        structlog.get_logger().exception("handler_failed", room="intake")
        logging.getLogger("uvicorn.error").exception("fault")
    written = lines.read_text(encoding="utf-8")
    assert phone not in written
    first = json.loads(written.splitlines()[0])
    assert (first["event"], first["process"]) == ("handler_failed", "web")
    assert "RuntimeError" in written


def test_database_error_when_a_statement_fails_then_its_values_are_hidden(db: Database) -> None:
    """Dead letters and logs repeat an error's text."""
    with pytest.raises(DBAPIError) as failed, db.engine.begin() as conn:
        conn.execute(text("INSERT INTO account (username) VALUES (:name)"), {"name": "欧阳测试人"})
    assert "欧阳测试人" not in str(failed.value)
