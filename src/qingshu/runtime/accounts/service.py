"""Sign in, sign out, who is this."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Connection, Row, delete, select, update

from qingshu.kernel.errors import (
    Conflict,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    TooManyRequests,
)
from qingshu.kernel.instants import to_ms
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.accounts.tables import account, session
from qingshu.runtime.db import Tx

# OWASP Authentication Cheat Sheet: slow guessing down, do not lock out for good.
MAX_FAILURES = 5
LOCK_FOR = timedelta(minutes=5)
MIN_PASSWORD = 8

# argon2-cffi's defaults follow RFC 9106's low-memory profile.
_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class User:
    """A signed-in person or program. ``actor`` is how the event log names it."""

    id: int
    username: str
    name: str
    roles: frozenset[Role]
    person_code: str
    truck_code: str

    @property
    def actor(self) -> str:
        """The event log's name for this user."""
        return f"account:{self.username}"

    def has(self, *roles: Role) -> bool:
        """Whether any of ``roles`` is held; an admin holds all but device."""
        return bool(self.roles & set(roles)) or Role.ADMIN in self.roles


def hash_password(password: str) -> str:
    """The salted argon2 hash that is stored in a password's place."""
    return _hasher.hash(password)


def create_account(
    tx: Tx,
    username: str,
    password: str,
    *,
    name: str,
    roles: Iterable[Role],
    person_code: str = "",
    truck_code: str = "",
    hashed: str = "",
) -> int:
    """Add an account; refuse a taken name or a short password.

    ``hashed`` is what :func:`hash_password` made of ``password`` before, for many accounts
    that share one on purpose (a demo).
    """
    if len(password) < MIN_PASSWORD:
        msg = f"Expected a password of at least {MIN_PASSWORD} characters, got {len(password)}."
        raise InvalidInput(msg, password="too short")  # noqa: S106 - a field name
    taken = tx.conn.execute(select(account.c.id).where(account.c.username == username)).first()
    if taken:
        msg = f"Expected a free user name, {username!r} is taken."
        raise Conflict(msg, username=username)
    result = tx.conn.execute(
        account.insert().values(
            username=username, display_name=name, password_hash=hashed or _hasher.hash(password),
            roles=",".join(sorted(roles)), person_code=person_code, truck_code=truck_code,
        )
    )  # fmt: skip
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def sign_in(tx: Tx, username: str, password: str, *, label: str = "") -> tuple[User, str] | None:
    """A new session's user and secret token, or None when name or password is wrong.

    A failed try is counted in this transaction, so the caller must commit it before
    it answers; that is why a wrong password returns instead of raising.
    """
    row = tx.conn.execute(select(account).where(account.c.username == username)).first()
    if row is None or not row.active:
        return None
    if row.locked_until_ms > to_ms(tx.now):
        minutes = LOCK_FOR.seconds // 60
        msg = f"Expected a wait of {minutes} minutes after {MAX_FAILURES} wrong passwords."
        raise TooManyRequests(msg, username=username)
    try:
        _hasher.verify(row.password_hash, password)
    except VerifyMismatchError:
        _count_failure(tx, row)
        return None
    tx.conn.execute(
        update(account).where(account.c.id == row.id).values(failures=0, locked_until_ms=0)
    )
    return _user(row), open_session(tx, row.id, label=label)


def open_session(tx: Tx, account_id: int, *, label: str = "", hours: float | None = None) -> str:
    """A new secret token for an account; only its hash is stored."""
    token = secrets.token_urlsafe(32)
    life = timedelta(hours=hours or tx.settings.web.session_hours)
    tx.conn.execute(
        session.insert().values(
            token_hash=_hash(token), account_id=account_id, created_ms=to_ms(tx.now),
            expires_ms=to_ms(tx.now + life), label=label,
        )
    )  # fmt: skip
    return token


def account_id(conn: Connection, username: str) -> int:
    """The account of a user name, or :class:`NotFound`."""
    found = conn.execute(select(account.c.id).where(account.c.username == username)).scalar()
    if found is None:
        msg = f"Expected a known user name, {username!r} is none."
        raise NotFound(msg, username=username)
    return int(found)


def who(conn: Connection, token: str, now_ms: int) -> User:
    """The user of a session token, or :class:`NotAuthenticated`."""
    row = conn.execute(
        select(account)
        .join(session, session.c.account_id == account.c.id)
        .where(session.c.token_hash == _hash(token), session.c.expires_ms > now_ms)
        .where(account.c.active)
    ).first()
    if row is None:
        msg = "Expected an open session, this one has ended. Sign in again."
        raise NotAuthenticated(msg)
    return _user(row)


def sign_out(tx: Tx, token: str) -> None:
    """End one session."""
    tx.conn.execute(delete(session).where(session.c.token_hash == _hash(token)))


def _count_failure(tx: Tx, row: Row[Any]) -> None:
    failures = row.failures + 1
    locked = to_ms(tx.now + LOCK_FOR) if failures >= MAX_FAILURES else 0
    tx.conn.execute(
        update(account)
        .where(account.c.id == row.id)
        .values(failures=0 if locked else failures, locked_until_ms=locked)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id,
        username=row.username,
        name=row.display_name,
        roles=frozenset(Role(r) for r in row.roles.split(",") if r),
        person_code=row.person_code,
        truck_code=row.truck_code,
    )
