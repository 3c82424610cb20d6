"""SQL in and out of the schedule room."""

from qingshu.schedule.store.desludgings import (
    add_trouble,
    dossier_tanks,
    emptyings,
    last_day,
    last_days,
    record,
    troubles,
)

__all__ = [
    "add_trouble",
    "dossier_tanks",
    "emptyings",
    "last_day",
    "last_days",
    "record",
    "troubles",
]
