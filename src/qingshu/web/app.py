"""Puts every room's routes, the live stream and the built front end on one app."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

import qingshu
from qingshu.dispatch import api as dispatch
from qingshu.fieldwork import api as fieldwork
from qingshu.fleet import api as fleet
from qingshu.incident import api as incident
from qingshu.intake import api as intake
from qingshu.learn import api as learn
from qingshu.patrol import api as patrol
from qingshu.registry import api as registry
from qingshu.runtime.db import Database
from qingshu.runtime.http import install_error_handlers
from qingshu.schedule import api as schedule
from qingshu.sense import api as sense
from qingshu.verify import api as verify
from qingshu.warn import api as warn
from qingshu.web import doctor_api, frontend, meta, session_api, stream
from qingshu.web.guard import Guard
from qingshu.web.public import routes as public

GZIP_FROM_BYTES = 1000

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


def create_app(db: Database) -> FastAPI:
    """The app of one workspace; ``db`` must be of the newest schema."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        hub = stream.Hub(db)
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
    install_error_handlers(app)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM_BYTES, compresslevel=6)
    app.add_middleware(Guard, max_body_bytes=int(db.settings.web.max_body_mb * 1e6))
    for router in ROUTERS:
        app.include_router(router)
    frontend.mount(app)
    return app
