"""The product as its users see it: HTTP with sign-in, patient when it is away."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2 as httpx

RETRY_S = 1.5


class Refused(Exception):
    """The product answered with an error; ``status``, ``code`` and ``body`` say which."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        error = body.get("error") or {}
        super().__init__(f"{status} {error.get('code')}: {error.get('message')}")
        self.status = status
        self.code = str(error.get("code", ""))
        self.body = body


class Product:
    """One connection pool; each user signs in once and again when the session ends."""

    def __init__(self, base: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        limits = httpx.Limits(max_connections=8)
        self._http = httpx.AsyncClient(
            base_url=base, timeout=20.0, limits=limits, transport=transport
        )
        self._tokens: dict[str, str] = {}
        self._signing = asyncio.Lock()

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    def as_user(self, username: str, password: str) -> User:
        """The product through one user's eyes."""
        return User(self, username, password)

    async def meta(self) -> dict[str, Any]:
        """The public meta page; waits until the product is up."""
        return await self.send("GET", "/api/v1/meta")

    async def post_form(self, path: str, fields: dict[str, str]) -> int:
        """Send a public form; the status."""
        answer = await self._patient("POST", path, data=fields)
        return answer.status_code

    async def send(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """One request; raises :class:`Refused` on an error answer."""
        answer = await self._patient(method, path, **options)
        if answer.is_error:
            raise Refused(answer.status_code, _json(answer))
        return _json(answer)

    async def _patient(self, method: str, path: str, **options: Any) -> httpx.Response:
        while True:
            try:
                answer = await self._http.request(method, path, **options)
            except httpx.TransportError:
                await asyncio.sleep(RETRY_S)
                continue
            if answer.status_code not in (429, 502, 503, 504):
                return answer
            await asyncio.sleep(RETRY_S)

    async def token(self, username: str, password: str, *, fresh: bool = False) -> str:
        """A session's token; signs in when there is none yet."""
        async with self._signing:
            if fresh or username not in self._tokens:
                body = {"username": username, "password": password}
                answer = await self.send("POST", "/api/v1/session", json=body)
                self._tokens[username] = str(answer["token"])
            return self._tokens[username]


class User:
    """Requests in one user's name."""

    def __init__(self, product: Product, username: str, password: str) -> None:
        self._product, self._username, self._password = product, username, password

    async def get(self, path: str, **params: Any) -> dict[str, Any]:
        """GET under ``/api/v1``."""
        return await self._call("GET", path, params=params)

    async def post(
        self, path: str, body: dict[str, Any] | None = None, **options: Any
    ) -> dict[str, Any]:
        """POST under ``/api/v1`` with a JSON body, or ``data``/``files`` options."""
        if "files" not in options:
            options["json"] = body or {}
        return await self._call("POST", path, **options)

    async def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        token = await self._product.token(self._username, self._password)
        for fresh in (True, False):
            headers = {"Authorization": f"Bearer {token}"}
            try:
                return await self._product.send(
                    method, f"/api/v1{path}", headers=headers, **options
                )
            except Refused as refused:
                if refused.status != 401 or not fresh:
                    raise
                token = await self._product.token(self._username, self._password, fresh=True)
        raise AssertionError("unreachable")


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {"items": body}
