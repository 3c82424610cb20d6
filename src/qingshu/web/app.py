"""Puts every room's routes, the live stream and the built front end on one app."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

import qingshu
from qingshu.dispatch import api as dispatch
from qingshu.fieldwork import api as fieldwork
from qingshu.fleet import api as fleet
from qingshu.incident import api as incident
from qingshu.intake import api as intake
from qingshu.kernel.errors import QingshuError, Unavailable
from qingshu.learn import api as learn
from qingshu.patrol import api as patrol
from qingshu.registry import api as registry
from qingshu.runtime import deadletters
from qingshu.runtime.db import Database
from qingshu.runtime.http import install_error_handlers
from qingshu.runtime.troubles import Board
from qingshu.schedule import api as schedule
from qingshu.sense import api as sense
from qingshu.verify import api as verify
from qingshu.warn import api as warn
from qingshu.web import doctor_api, frontend, meta, session_api, stream
from qingshu.web.guard import Guard
from qingshu.web.public import routes as public

GZIP_FROM_BYTES = 1000

log = structlog.get_logger()

ROUTERS = (
    session_api.router,
    meta.router,
    stream.router,
    doctor_api.router,
    registry.router,
    sense.router,
    warn.router,
    patrol.router,
    schedule.router,
    intake.router,
    incident.router,
    fleet.router,
    fleet.osmand_router,
    dispatch.router,
    fieldwork.router,
    verify.router,
    learn.router,
    public.router,
)


def create_app(db: Database, board: Board | None = None) -> FastAPI:
    """The app of one workspace; ``db`` must be of the newest schema.

    ``board`` is where the web process keeps its own troubles.
    """
    board = board or Board()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        hub = stream.Hub(db, board)
        app.state.hub = hub
        task = asyncio.create_task(hub.run())
        yield
        hub.stop()
        await task

    app = FastAPI(
        title="Qingshu 清疏",
        version=qingshu.__version__,
        lifespan=lifespan,
        # The stock documentation pages load scripts from a CDN; a closed network has none.
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.db = db
    app.state.board = board
    install_error_handlers(app)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM_BYTES, compresslevel=6)
    app.add_middleware(
        Guard, max_body_bytes=int(db.settings.web.max_body_mb * 1e6),
        refused=lambda source, error: _bury(db, source, error),
    )  # fmt: skip
    for router in ROUTERS:
        app.include_router(router)
    frontend.mount(app)
    return app


def _bury(db: Database, source: str, error: QingshuError) -> None:
    """Count a body that was too large to be read; there is nothing of it to keep."""
    try:
        with db.write("system:web") as tx:
            deadletters.bury(
                tx, door="http", source=source, code=error.code, message=error.message, body=b""
            )
    except Unavailable:
        log.error("refusal_not_kept", source=source, code=error.code)
