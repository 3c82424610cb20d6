"""Speeds and snapping distances of the road engine."""

from __future__ import annotations

from dataclasses import dataclass, fields

from qingshu.kernel.errors import InvalidInput

CLASSES = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "service",
    "living_street",
    "unknown",
)


@dataclass(frozen=True, slots=True)
class RoadParams:
    """Numbers of the road engine; speeds in km/h, each in (0, 130].

    Speeds by class are a loaded truck's city averages with junction delay, from the
    dispatch reference (section 3, "speeds for the generic graph engines on OSM data").
    ``unknown_kmh`` is the one speed assumed for graphs without classes, such as W_Jinan.
    """

    motorway_kmh: float = 90.0
    trunk_kmh: float = 65.0
    primary_kmh: float = 45.0
    secondary_kmh: float = 38.0
    tertiary_kmh: float = 32.0
    unclassified_kmh: float = 28.0
    residential_kmh: float = 22.0
    service_kmh: float = 12.0
    living_street_kmh: float = 12.0
    unknown_kmh: float = 26.0
    # Links (slip roads) run slower than their class: 28 km/h on city links.
    link_share: float = 0.62
    # A posted limit is never reached on average in a city.
    maxspeed_share: float = 0.75
    # From the road to the lid or out of a yard: walking pace, (0, 20] km/h.
    last_metres_kmh: float = 5.0
    # Further from any road than this is off the network, (0, 20000] m.
    max_snap_m: float = 1500.0
    # Without roads: straight line times this, at this speed. 1.3 is the usual detour
    # factor of city networks (Boscoe et al. 2012 found 1.2-1.4).
    detour_factor: float = 1.3
    straight_kmh: float = 26.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            top = 130.0 if field.name.endswith("_kmh") else 20_000.0
            if not 0.0 < value <= top:
                msg = f"Expected {field.name} in (0, {top:g}], got {value}."
                raise InvalidInput(msg, **{field.name: value})

    def speed_kmh(self, road_class: str) -> float:
        """The assumed speed of one class.

        >>> RoadParams().speed_kmh("primary")
        45.0
        """
        return float(getattr(self, f"{road_class}_kmh"))
