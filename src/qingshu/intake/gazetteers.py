"""One gazetteer a workspace, built again only when the registry or the aliases changed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from qingshu.intake import store
from qingshu.intake.params import IntakeParams
from qingshu.intake.rules.gazetteer import Alias
from qingshu.intake.rules.places import Gazetteer
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime.settings import Settings

# A city's names take about 60 MB: what an older registry said is not kept beside it.
_KEPT = 1
_KINDS = {Kind.TANKS: "tank", Kind.COMMUNITIES: "community", Kind.OFFICES: "office"}
_built: dict[tuple[str, tuple[int, ...]], Gazetteer] = {}


def gazetteer_of(conn: Connection, settings: Settings) -> Gazetteer:
    """The gazetteer of the registry and the learned words as they stand now."""
    version = (*registry.version(conn), *store.aliases_version(conn))
    key = (str(settings.directory), version)
    found = _built.get(key)
    if found is None:
        params = settings.room_params("intake", IntakeParams)
        learned = store.aliases(conn, first=params.alias_score, step=params.alias_step)
        found = Gazetteer(
            registry.offices(conn), registry.communities(conn), registry.tanks(conn),
            [*_former(conn), *learned],
        )  # fmt: skip
        while len(_built) >= _KEPT:
            _built.pop(next(iter(_built)), None)
        _built[key] = found
    return found


def _former(conn: Connection) -> Iterator[Alias]:
    """Names that places once bore still lead to them."""
    for kind, place_id, name in registry.former_names(conn):
        yield Alias(name, _KINDS[kind], place_id)
