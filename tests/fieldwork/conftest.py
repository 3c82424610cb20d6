"""A town with one offered job."""

from __future__ import annotations

import pytest

from qingshu.fieldwork import service
from qingshu.incident import service as incidents
from qingshu.runtime.db import Database
from tests.worlds.town_small import Town, build_town_small


@pytest.fixture
def town(db: Database) -> Town:
    """Four tanks, one truck, one plant."""
    return build_town_small(db)


@pytest.fixture
def job_id(db: Database, town: Town) -> int:
    """A job offered to the only truck at tank A."""
    with db.write("account:desk") as tx:
        incident_id = incidents.open_by_hand(tx, town.tanks[0], "巡查见外溢")
        return service.create(
            tx, incident_id=incident_id, truck_id=town.truck, dispatch_id=1, eta_s=540.0
        ).id
