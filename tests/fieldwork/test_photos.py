"""The desk opens the photo of a finding as it opens the photo of a job."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.testclient import TestClient

from qingshu.fieldwork.api import router
from qingshu.patrol import service as patrol
from qingshu.patrol.model import Severity, What
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.blobs import BlobStore
from qingshu.runtime.db import Database
from qingshu.runtime.http import current_user, install_error_handlers
from tests.fieldwork.test_service import JPEG
from tests.worlds.town_small import Town


def test_photo_when_of_a_finding_then_shown_with_its_own_type(db: Database, town: Town) -> None:
    """A patroller's picture is shown; bytes that belong to nothing are not found."""
    blobs = BlobStore(db.settings.directory / "blobs")
    kept, stray = blobs.put(JPEG), blobs.put(JPEG + b"stray")
    with db.write("account:patroller") as tx:
        found = patrol.record_finding(
            tx, tank_id=town.tanks[0], what=What.OVERFLOW, severity=Severity.SEVERE
        )
        patrol.attach_photo(tx, found.id, kept)
    app = FastAPI()
    app.state.db = db
    app.include_router(router)
    install_error_handlers(app)
    desk = User(1, "desk", "desk", frozenset({Role.DISPATCHER}), "", "")
    app.dependency_overrides[current_user] = lambda: desk
    client = TestClient(app)
    shown = client.get(f"/api/v1/photos/{kept}")
    assert (shown.status_code, shown.content) == (200, JPEG)
    assert shown.headers["content-type"] == "image/jpeg"
    assert client.get(f"/api/v1/photos/{stray}").status_code == 404
    assert client.get("/api/v1/photos/none").status_code == 404
