"""Tunable numbers of learning; override them in ``[params.learn]``."""

from __future__ import annotations

from dataclasses import dataclass, fields

from qingshu.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class LearnParams:
    """When a spot gets a dossier, and what counts as satisfied.

    >>> LearnParams().incidents, LearnParams().days
    (3, 90)
    """

    # Incidents at one tank within ``days`` that open a dossier; a setting.
    incidents: int = 3
    # Incidents in one community within ``days`` that open a dossier; a setting.
    community_incidents: int = 3
    # Days looked back; a setting.
    days: int = 90
    # Satisfaction from 1 to 5 that counts as satisfied.
    satisfied_from: int = 4
    # Days before the due day at which a commitment's owner is reminded; a setting.
    commitment_remind_days: int = 3
    # Days between two escalations of a late commitment; a setting.
    commitment_step_days: int = 7
    # Escalations at most: 2 grid lead and office, 3 director; 1 is the reminder.
    commitment_levels: int = 4

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 1 <= value <= 3650:
                msg = f"Expected {field.name} in [1, 3650], got {value}."
                raise InvalidInput(msg, field=field.name)
