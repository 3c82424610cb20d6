"""Typed ids and the numbers that people read out on the phone."""

from __future__ import annotations

from datetime import date
from typing import NewType

TankId = NewType("TankId", int)
SensorId = NewType("SensorId", int)
TruckId = NewType("TruckId", int)
PlantId = NewType("PlantId", int)
OfficeId = NewType("OfficeId", int)
GridId = NewType("GridId", int)
PersonId = NewType("PersonId", int)
AlarmId = NewType("AlarmId", int)
ReportId = NewType("ReportId", int)
IncidentId = NewType("IncidentId", int)
JobId = NewType("JobId", int)
DossierId = NewType("DossierId", int)


def business_number(prefix: str, day: date, count: int) -> str:
    """A number a dispatcher can say: prefix, date, running count of that day.

    >>> business_number("S", date(2026, 11, 24), 17)
    'S20261124-017'
    """
    return f"{prefix}{day:%Y%m%d}-{count:03d}"
