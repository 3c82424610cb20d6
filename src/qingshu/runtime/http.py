"""What every room's ``api.py`` needs: the database, the signed-in user, one error body."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DataError, IntegrityError
from starlette.exceptions import HTTPException

from qingshu.kernel.errors import Conflict, Forbidden, NotAuthenticated, QingshuError
from qingshu.kernel.instants import to_ms
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.blobs import BlobStore
from qingshu.runtime.db import Database
from qingshu.runtime.vault import Vault, vault_of

SESSION_COOKIE = "qs_session"
HTTP_CODES = {
    400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large",
}  # fmt: skip

log = structlog.get_logger()


class Input(BaseModel):
    """Base of every request body: a field nobody reads or a number that is none is refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


def get_db(request: Request) -> Database:
    """The workspace's database, put on the app by the factory."""
    db: Database = request.app.state.db
    return db


DbDep = Annotated[Database, Depends(get_db)]


def get_vault(db: DbDep) -> Vault:
    """The workspace's vault."""
    return vault_of(db.settings.directory)


def get_blobs(db: DbDep) -> BlobStore:
    """The workspace's photo store."""
    return BlobStore(db.settings.directory / "blobs")


def session_token(request: Request) -> str:
    """The token of cookie or ``Authorization: Bearer``; empty when there is none."""
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()
    return request.cookies.get(SESSION_COOKIE, "")


def current_user(request: Request, db: DbDep) -> User:
    """The signed-in user, or :class:`NotAuthenticated`."""
    token = session_token(request)
    if not token:
        msg = "Expected a signed-in user. Sign in first."
        raise NotAuthenticated(msg)
    with db.read() as conn:
        return accounts.who(conn, token, to_ms(db.clock.now()))


VaultDep = Annotated[Vault, Depends(get_vault)]
BlobsDep = Annotated[BlobStore, Depends(get_blobs)]
UserDep = Annotated[User, Depends(current_user)]


def requires(*roles: Role) -> Callable[[User], User]:
    """A dependency that lets only these roles (and admins) in.

    Use it as ``user: Annotated[User, Depends(requires(Role.DISPATCHER))]``.
    """

    def check(user: UserDep) -> User:
        if not user.has(*roles):
            wanted = " or ".join(sorted(roles))
            msg = f"Expected the role {wanted}; ask an administrator for it."
            raise Forbidden(msg, roles=sorted(roles))
        return user

    return check


def install_error_handlers(app: FastAPI) -> None:
    """Make every failure of the app answer with the one error body."""

    @app.exception_handler(QingshuError)
    async def _ours(_request: Request, error: QingshuError) -> JSONResponse:
        return _body(error.status, error.code, error.message, error.fields)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = {".".join(map(str, e["loc"][1:])) or "body": e["msg"] for e in error.errors()}
        message = f"Expected valid input, got wrong values for {', '.join(fields)}."
        return _body(422, "invalid_input", message, fields)

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        code = HTTP_CODES.get(error.status_code, "http_error")
        return _body(error.status_code, code, str(error.detail), {})

    _install_storage_handlers(app)


def _install_storage_handlers(app: FastAPI) -> None:
    """What no rule refused and the database cannot hold; its transaction was rolled back."""

    @app.exception_handler(OverflowError)
    @app.exception_handler(UnicodeEncodeError)
    @app.exception_handler(DataError)
    async def _unstorable(request: Request, error: Exception) -> JSONResponse:
        log.warning("unstorable_input", path=request.url.path, reason=type(error).__name__)
        message = "Expected numbers and text that can be stored, got one far out of range."
        return _body(422, "invalid_input", message, {})

    @app.exception_handler(IntegrityError)
    async def _contradiction(request: Request, error: IntegrityError) -> JSONResponse:
        log.warning("contradicting_input", path=request.url.path, reason=type(error.orig).__name__)
        message = "Expected input that fits what is stored: a number in it names nothing here."
        return _body(Conflict.status, Conflict.code, message, {})

    @app.exception_handler(Exception)
    async def _fault(_request: Request, _error: Exception) -> JSONResponse:
        message = "A fault of ours; nothing of this request was saved. It is in logs/web.jsonl."
        return _body(500, QingshuError.code, message, {})


def _sendable(value: Any) -> Any:
    """What came in and is repeated in an error, as JSON can carry it."""
    if isinstance(value, str):
        # Half a surrogate pair cannot be written as UTF-8.
        return value.encode("utf-8", errors="replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _sendable(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_sendable(each) for each in value]
    return value


def _body(status: int, code: str, message: str, fields: Mapping[str, Any]) -> JSONResponse:
    body = {"error": {"code": code, "message": message, "fields": fields}}
    return JSONResponse(_sendable(body), status_code=status)
