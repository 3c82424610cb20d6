"""A message as ``qingshu intake read`` shows it: places, category, urgency, callback, why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from qingshu.intake.gazetteers import gazetteer_of
from qingshu.intake.model import Candidate
from qingshu.intake.params import IntakeParams
from qingshu.intake.rules.places import find_places
from qingshu.intake.rules.words import read_text
from qingshu.registry import store as registry
from qingshu.registry.model import Kind
from qingshu.runtime.settings import Settings


class MessageReader:
    """Reads messages against the registry as it stood when the reader was made."""

    def __init__(self, conn: Connection, settings: Settings) -> None:
        self._params = settings.room_params("intake", IntakeParams)
        self._gazetteer = gazetteer_of(conn, settings)
        self._offices: Mapping[int, str] = registry.names_of(conn, Kind.OFFICES)
        self._communities: Mapping[int, str] = registry.names_of(conn, Kind.COMMUNITIES)

    def read(self, message: str) -> dict[str, Any]:
        """What one message means; a longer one than a report keeps is read to that length."""
        text = message[: self._params.text_max]
        read = read_text(text)
        found = find_places(self._gazetteer, text, spot=None, params=self._params)
        return {
            "places": [self._place(candidate) for candidate in found],
            "category": str(read.category),
            "urgency": str(read.urgency),
            "repeat": read.repeat,
            "callback": read.callback,
            "because": ", ".join(dict.fromkeys(read.words)),
        }

    def _place(self, candidate: Candidate) -> dict[str, Any]:
        tank = self._gazetteer.tanks.get(candidate.tank_id or 0)
        return {
            "office": self._offices.get(candidate.office_id or 0),
            "community": self._communities.get(candidate.community_id or 0),
            "compound": candidate.compound or None,
            "building": candidate.building or None,
            "tank": tank.code if tank is not None else None,
            "score": candidate.score,
            "because": candidate.because,
        }
