"""Serves the built front end; every screen's address loads the same page."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from qingshu.kernel.errors import NotFound

STATIC = Path(__file__).parent / "static"
# Names under /assets carry a hash of their content.
IMMUTABLE = "public, max-age=31536000, immutable"
NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>清疏</title>
<h1>界面还没有构建</h1><p>接口已在运行。请在项目目录执行 <code>make ui</code>，再刷新本页。</p>
<p lang="en">The front end has not been built. Run <code>make ui</code>, then reload.</p></html>"""


class Assets(StaticFiles):
    """Static files that a browser may keep for good."""

    async def get_response(self, path: str, scope: object) -> Response:
        """One file, with its caching rule."""
        response = await super().get_response(path, scope)  # type: ignore[arg-type]
        response.headers["cache-control"] = IMMUTABLE
        return response


def mount(app: FastAPI, static: Path = STATIC) -> None:
    """Add the front end behind all other routes."""
    if (static / "assets").is_dir():
        app.mount("/assets", Assets(directory=static / "assets"), name="assets")

    @app.get("/{path:path}", include_in_schema=False)
    def page(path: str, request: Request) -> Response:
        if path.startswith(("api/", "assets/", "sensorthings/", "open311/", "ogc/")):
            msg = f"Expected a known address, /{path} is none."
            raise NotFound(msg, path=request.url.path)
        file = (static / path).resolve()
        if path and file.is_file() and file.is_relative_to(static.resolve()):
            return FileResponse(file, headers={"cache-control": "no-cache"})
        index = static / "index.html"
        if not index.is_file():
            return HTMLResponse(NOT_BUILT, status_code=503)
        return FileResponse(index, headers={"cache-control": "no-cache"})
