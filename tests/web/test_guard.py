"""Before any route: body size, same-origin writes, security headers, one error body."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from qingshu.runtime.http import install_error_handlers
from qingshu.web import frontend
from qingshu.web.guard import Guard


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """A tiny app behind the guard, with a built front end of one page."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "app-1a2b.js").write_text("1")
    (tmp_path / "index.html").write_text("<title>清疏</title>")
    (tmp_path.parent / "secret.txt").write_text("secret")
    app = FastAPI()
    install_error_handlers(app)
    app.add_middleware(Guard, max_body_bytes=1000)

    @app.post("/api/v1/echo")
    async def echo(request: Request) -> dict[str, int]:
        return {"size": len(await request.body())}

    frontend.mount(app, tmp_path)
    return TestClient(app)


def test_body_when_too_large_then_413_with_the_one_error_body(client: TestClient) -> None:
    """Refused by its announced length, and by what really comes when none is announced."""
    announced = client.post("/api/v1/echo", content=b"x" * 2000)
    streamed = client.post("/api/v1/echo", content=(b"x" * 500 for _ in range(4)))
    for response in (announced, streamed):
        assert response.status_code == 413
        assert response.json()["error"]["code"] == "too_large"
    assert client.post("/api/v1/echo", content=b"x" * 900).json() == {"size": 900}


def test_write_when_from_another_site_then_403(client: TestClient) -> None:
    """A page elsewhere cannot ride on a dispatcher's cookie; a program with a token can."""
    foreign = {"origin": "http://elsewhere.example"}
    assert client.post("/api/v1/echo", headers=foreign).json()["error"]["code"] == "forbidden"
    same = {"origin": "http://testserver"}
    assert client.post("/api/v1/echo", headers=same).status_code == 200
    token = foreign | {"authorization": "Bearer x"}
    assert client.post("/api/v1/echo", headers=token).status_code == 200


def test_page_when_any_screen_then_the_same_index_and_safe_headers(client: TestClient) -> None:
    """Screens are client-side addresses; assets and the API never answer with HTML."""
    for address in ("/", "/crew", "/wall"):
        response = client.get(address)
        assert "清疏" in response.text
        assert "default-src 'self'" in response.headers["content-security-policy"]
    assert "immutable" in client.get("/assets/app-1a2b.js").headers["cache-control"]
    for address in ("/assets/missing.js", "/api/v1/nothing"):
        assert client.get(address).json()["error"]["code"] == "not_found"


def test_page_when_path_climbs_then_stays_inside(client: TestClient) -> None:
    """No address leads out of the static folder."""
    assert "secret" not in client.get("/%2e%2e/secret.txt").text
