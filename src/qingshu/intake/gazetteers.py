"""One gazetteer a workspace, built again only when the registry changed."""

from __future__ import annotations

from sqlalchemy import Connection

from qingshu.intake.rules.places import Gazetteer
from qingshu.registry import store as registry
from qingshu.runtime.settings import Settings

_KEPT = 4
_built: dict[tuple[str, tuple[int, ...]], Gazetteer] = {}


def gazetteer_of(conn: Connection, settings: Settings) -> Gazetteer:
    """The gazetteer of the registry as it stands now."""
    key = (str(settings.directory), registry.version(conn))
    found = _built.get(key)
    if found is None:
        found = Gazetteer(registry.offices(conn), registry.communities(conn), registry.tanks(conn))
        while len(_built) >= _KEPT:
            _built.pop(next(iter(_built)), None)
        _built[key] = found
    return found
