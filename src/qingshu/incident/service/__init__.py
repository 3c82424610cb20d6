"""Use cases of incidents: gather voices, move tracks, keep clocks, read."""

from __future__ import annotations

from qingshu.incident.service.clocks import fire, meet
from qingshu.incident.service.gather import open_by_hand, regrade, take
from qingshu.incident.service.reads import detail, get, id_of_source, row, rows
from qingshu.incident.service.split import split
from qingshu.incident.service.suggest import place_by_open, suggest
from qingshu.incident.service.tracks import advance, close, reopen, try_advance

__all__ = [
    "advance",
    "close",
    "detail",
    "fire",
    "get",
    "id_of_source",
    "meet",
    "open_by_hand",
    "place_by_open",
    "regrade",
    "reopen",
    "row",
    "rows",
    "split",
    "suggest",
    "take",
    "try_advance",
]
