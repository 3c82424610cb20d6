"""What stands before every route: body size, same-origin writes, security headers."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qingshu.kernel.errors import Forbidden, QingshuError, TooLarge

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    # MapLibre runs its worker from a blob; photos are shown from blobs before upload.
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "worker-src 'self' blob:; child-src blob:; connect-src 'self' blob:; "
        "frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    ),
}


class Guard:
    """Refuses oversized bodies and cross-site writes that ride on a cookie."""

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self._app = app
        self._max = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await JSONResponse(refusal.as_body(), status_code=refusal.status)(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max:
                # A framework passes its own exception on, where it hides any other.
                raise HTTPException(413, self._too_large(seen).message)
            return message

        async def decorated(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer.setdefault(name, value)
            await send(message)

        await self._app(scope, counted, decorated)

    def _refusal(self, scope: Scope, headers: Headers) -> QingshuError | None:
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self._max:
            return self._too_large(int(length))
        origin = headers.get("origin")
        if scope["method"] in SAFE_METHODS or origin is None or "authorization" in headers:
            return None
        if urlsplit(origin).netloc != headers.get("host", ""):
            msg = f"Expected a request from this site, it came from {origin}."
            return Forbidden(msg, origin=origin)
        return None

    def _too_large(self, size: int) -> TooLarge:
        msg = (
            f"Expected a body of at most {self._max} bytes, got {size} or more. "
            "Send less, or raise web.max_body_mb."
        )
        return TooLarge(msg, size=size)
