"""Sign in, who am I, sign out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from qingshu.kernel.errors import NotAuthenticated
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.service import User
from qingshu.runtime.http import SESSION_COOKIE, DbDep, Input, UserDep, session_token

router = APIRouter(prefix="/api/v1/session", tags=["session"])


class Credentials(Input):
    """User name and password."""

    username: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)


@router.post("")
def sign_in(body: Credentials, response: Response, db: DbDep) -> dict[str, Any]:
    """Open a session; the token is also set as an HttpOnly cookie."""
    with db.write(f"account:{body.username}") as tx:
        opened = accounts.sign_in(tx, body.username, body.password)
    if opened is None:
        msg = "Expected a known user name with its password. Check both and try again."
        raise NotAuthenticated(msg)
    user, token = opened
    response.set_cookie(
        SESSION_COOKIE,
        token,
        # The session's own expiry is kept in the database, on the product's clock.
        max_age=int(db.settings.web.session_hours * 3600),
        httponly=True,
        samesite="lax",
        secure=db.settings.web.secure_cookies,
    )
    return {"user": _public(user), "token": token}


@router.get("")
def who_am_i(user: UserDep) -> dict[str, Any]:
    """The signed-in user."""
    return {"user": _public(user)}


@router.delete("", status_code=204)
def sign_out(request: Request, response: Response, db: DbDep, user: UserDep) -> None:
    """End this session."""
    with db.write(user.actor) as tx:
        accounts.sign_out(tx, session_token(request))
    response.delete_cookie(SESSION_COOKIE)


def _public(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "roles": sorted(user.roles),
        "truck_code": user.truck_code,
        "person_code": user.person_code,
    }
