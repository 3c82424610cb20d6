"""Tunable numbers of field work; override them in ``[params.fieldwork]``."""

from __future__ import annotations

from dataclasses import dataclass, fields

from qingshu.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class FieldworkParams:
    """Gas limits, waiting times, photo rules.

    The gas limits are settings until the GB standard for gas in sewers and septic tanks
    is read. GBZ 2.1 gives hydrogen sulphide a ceiling of 10 mg/m3 and carbon monoxide a
    time-weighted 20 mg/m3.

    >>> FieldworkParams().h2s_max_mgm3
    10.0
    """

    o2_min_pct: float = 19.5  # Setting; % by volume.
    o2_max_pct: float = 23.5  # Setting; % by volume.
    h2s_max_mgm3: float = 10.0  # mg/m3.
    ch4_max_lel: float = 10.0  # Setting; % of the lower explosive limit.
    co_max_mgm3: float = 20.0  # mg/m3.
    ventilation_min: float = 15.0  # Minutes of ventilation after a failed test; setting.
    gas_valid_min: float = 30.0  # Minutes a passed test stays good before pumping; setting.
    accept_s: float = 60.0  # Seconds before the desk is told that nobody accepted.
    look_every_s: float = 10.0  # Seconds between two looks at a truck under way.
    photo_far_m: float = 200.0  # A photo taken further off than this is flagged, metres.
    photo_max_mb: float = 8.0  # Largest photo, MB.
    # Width of a truck that only a plant's book knows, metres; GB 1589 allows 2.55.
    book_truck_width_m: float = 2.5
    volume_max_m3: float = 60.0  # Largest volume of one pumping, m3.

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 < float(value) < 1e6:
                msg = f"Expected {field.name} in (0, 1e6), got {value}."
                raise InvalidInput(msg, field=field.name)
        if self.o2_min_pct >= self.o2_max_pct:
            msg = f"Expected o2_min_pct below o2_max_pct, got {self.o2_min_pct}, {self.o2_max_pct}."
            raise InvalidInput(msg, field="o2_min_pct")
