"""Units live in names (``level_m``, ``volume_m3``); the few conversions live here."""

from __future__ import annotations

KNOTS_TO_KMH = 1.852  # International nautical mile, exactly 1852 m.


def knots_to_kmh(speed_kn: float) -> float:
    """Speed in km/h.

    >>> knots_to_kmh(10)
    18.52
    """
    return speed_kn * KNOTS_TO_KMH


def mm_to_m(length_mm: float) -> float:
    """Length in metres.

    >>> mm_to_m(1250)
    1.25
    """
    return length_mm / 1000.0
