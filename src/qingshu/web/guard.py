"""What stands before every route: body size, same-origin writes, security headers."""

from __future__ import annotations

import time
from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qingshu.kernel.errors import Forbidden, QingshuError, TooLarge

TELL_EVERY_S = 60.0
MOST_TOLD = 1000
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

    def __init__(
        self,
        app: ASGIApp,
        max_body_bytes: int,
        refused: Callable[[str, TooLarge], None] | None = None,
    ) -> None:
        self._app = app
        self._max = max_body_bytes
        self._refused = refused
        self._told: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            if isinstance(refusal, TooLarge):
                await self._tell(scope, refusal)
            await JSONResponse(refusal.as_body(), status_code=refusal.status)(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max:
                refusal = self._too_large(seen)
                await self._tell(scope, refusal)
                # A framework passes its own exception on, where it hides any other.
                raise HTTPException(refusal.status, refusal.message)
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

    async def _tell(self, scope: Scope, refusal: TooLarge) -> None:
        """Have it kept, once a while for each sender: nobody fills our disk this way."""
        peer = scope["client"][0] if scope.get("client") else "unknown"
        source = f"{peer} {scope['method']} {scope['path']}"
        now = time.monotonic()
        if self._refused is None or now < self._told.get(source, 0.0):
            return
        if len(self._told) >= MOST_TOLD:
            self._told.clear()
        self._told[source] = now + TELL_EVERY_S
        await run_in_threadpool(self._refused, source, refusal)

    def _too_large(self, size: int) -> TooLarge:
        msg = (
            f"Expected a body of at most {self._max} bytes, got {size} or more. "
            "Send less, or raise web.max_body_mb."
        )
        return TooLarge(msg, size=size)
