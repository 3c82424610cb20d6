"""Signing in: right and wrong passwords, lock-out, expiry, storage of secrets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from qingshu.kernel.errors import Conflict, InvalidInput, NotAuthenticated, TooManyRequests
from qingshu.kernel.instants import to_ms
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.clock import FakeClock
from qingshu.runtime.db import Database

PASSWORD = "qing-shu-2026"


@pytest.fixture
def dispatcher(db: Database) -> Database:
    """A database with one dispatcher."""
    with db.write("system:test") as tx:
        accounts.create_account(tx, "zhou", PASSWORD, name="周晓岚", roles=[Role.DISPATCHER])
    return db


def _try(db: Database, password: str) -> tuple[accounts.User, str] | None:
    with db.write("account:zhou") as tx:
        return accounts.sign_in(tx, "zhou", password)


def test_sign_in_when_right_then_session_names_the_user(
    dispatcher: Database, clock: FakeClock
) -> None:
    """The token opens the session until it runs out."""
    opened = _try(dispatcher, PASSWORD)
    assert opened is not None
    _, token = opened
    with dispatcher.read() as conn:
        user = accounts.who(conn, token, to_ms(clock.now()))
        assert user.has(Role.DISPATCHER)
        assert not user.has(Role.DIRECTOR)
        later = clock.advance(timedelta(hours=13))
        with pytest.raises(NotAuthenticated):
            accounts.who(conn, token, to_ms(later))


def test_sign_in_when_wrong_five_times_then_waits(dispatcher: Database, clock: FakeClock) -> None:
    """Guessing is slowed down; after the wait the right password works again."""
    for _ in range(accounts.MAX_FAILURES):
        assert _try(dispatcher, "wrong") is None
    with pytest.raises(TooManyRequests):
        _try(dispatcher, PASSWORD)
    clock.advance(accounts.LOCK_FOR)
    assert _try(dispatcher, PASSWORD) is not None


def test_secrets_when_stored_then_never_in_clear(dispatcher: Database) -> None:
    """Neither the password nor the token can be read from the database."""
    opened = _try(dispatcher, PASSWORD)
    assert opened is not None
    with dispatcher.read() as conn:
        stored = str(conn.execute(text("SELECT * FROM account")).all())
        stored += str(conn.execute(text("SELECT * FROM session")).all())
    assert PASSWORD not in stored
    assert opened[1] not in stored


def test_account_when_name_taken_or_password_short_then_refused(dispatcher: Database) -> None:
    """Both errors name their field."""
    with dispatcher.write("system:test") as tx:
        with pytest.raises(Conflict):
            accounts.create_account(tx, "zhou", PASSWORD, name="x", roles=[])
        with pytest.raises(InvalidInput):
            accounts.create_account(tx, "li", "short", name="x", roles=[])


def test_sign_out_when_done_then_token_is_dead(dispatcher: Database, clock: FakeClock) -> None:
    """A signed-out token opens nothing."""
    opened = _try(dispatcher, PASSWORD)
    assert opened is not None
    with dispatcher.write("account:zhou") as tx:
        accounts.sign_out(tx, opened[1])
    with dispatcher.read() as conn, pytest.raises(NotAuthenticated):
        accounts.who(conn, opened[1], to_ms(clock.now()))
