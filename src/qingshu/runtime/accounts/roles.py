"""Roles, in the words of the blueprint's table of users."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a signed-in person or program may do."""

    DISPATCHER = "dispatcher"
    GRID_LEAD = "grid_lead"
    CREW = "crew"
    PATROLLER = "patroller"
    PLANT_KEEPER = "plant_keeper"
    SUPERVISOR = "supervisor"
    ANALYST = "analyst"
    DIRECTOR = "director"
    ADMIN = "admin"
    DEVICE = "device"


STAFF = frozenset(Role) - {Role.DEVICE, Role.SUPERVISOR}
DESK = frozenset({Role.DISPATCHER, Role.GRID_LEAD, Role.ANALYST, Role.DIRECTOR, Role.ADMIN})
