"""The flat map of the simulated city: metres east and north of its centre, and degrees."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CENTRE_LAT = 36.65
CENTRE_LON = 116.97
HALF_WIDTH_M = 9000.0
HALF_HEIGHT_M = 7000.0
# Length of one degree on a sphere of the mean Earth radius.
M_PER_DEG_LAT = 111_195.08
M_PER_DEG_LON = M_PER_DEG_LAT * math.cos(math.radians(CENTRE_LAT))


def to_degrees(x_m: float, y_m: float) -> tuple[float, float]:
    """WGS-84 (lat, lon) of a point of the map.

    >>> to_degrees(0.0, 0.0)
    (36.65, 116.97)
    """
    return CENTRE_LAT + y_m / M_PER_DEG_LAT, CENTRE_LON + x_m / M_PER_DEG_LON


def to_metres(lat: float, lon: float) -> tuple[float, float]:
    """Metres (east, north) of the map's centre.

    >>> to_metres(36.65, 116.97)
    (0.0, 0.0)
    """
    return (lon - CENTRE_LON) * M_PER_DEG_LON, (lat - CENTRE_LAT) * M_PER_DEG_LAT


def urban_density(x_m: float, y_m: float) -> float:
    """How tightly built a place is: 1 in the old town, near 0 at the hilly edge.

    >>> urban_density(0.0, 500.0) > urban_density(5000.0, -6000.0)
    True
    """
    core = math.exp(-(((x_m - 600.0) / 4200.0) ** 2) - ((y_m - 400.0) / 2600.0) ** 2)
    south = 0.55 * math.exp(-(((x_m - 300.0) / 4000.0) ** 2) - ((y_m + 3000.0) / 1900.0) ** 2)
    west = 0.45 * math.exp(-(((x_m + 5200.0) / 2600.0) ** 2) - ((y_m - 400.0) / 2600.0) ** 2)
    return min(1.0, 0.04 + core + south + west)
