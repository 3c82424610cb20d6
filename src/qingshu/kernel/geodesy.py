"""Points on the ground and the coordinate frames China uses.

Stored coordinates are WGS-84 degrees. GCJ-02 (Amap, Tencent, WeChat) and BD-09 (Baidu)
are turned into WGS-84 at the edges. The forward GCJ-02 shift is the widely published
approximation on the Krasovsky 1940 ellipsoid; the inverse is found by fixed-point
iteration, so a round trip is exact to well under 0.1 m.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from qingshu.kernel.errors import InvalidInput

EARTH_RADIUS_M = 6_371_008.8  # IUGG mean radius R1.
_KRASOVSKY_A = 6_378_245.0
_KRASOVSKY_EE = 0.006_693_421_622_965_943
_BD_PI = math.pi * 3000.0 / 180.0
_INVERSE_ROUNDS = 8
_WGS84_A = 6_378_137.0
_WGS84_F = 1.0 / 298.257223563
_UTM_SCALE = 0.9996


class Frame(StrEnum):
    """Coordinate frames that a document or device may use."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


@dataclass(frozen=True, slots=True)
class Point:
    """A place in WGS-84 degrees: ``lat`` in [-90, 90], ``lon`` in [-180, 180].

    >>> Point(36.65, 117.0).lat
    36.65
    """

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (-90.0 <= self.lat <= 90.0 and -180.0 <= self.lon <= 180.0):
            msg = f"Expected lat in [-90, 90] and lon in [-180, 180], got {self.lat}, {self.lon}."
            raise InvalidInput(msg, lat=self.lat, lon=self.lon)


def distance_m(a: Point, b: Point) -> float:
    """Great-circle distance in metres (haversine, mean Earth radius).

    >>> round(distance_m(Point(36.65, 117.0), Point(36.66, 117.0)))
    1112
    """
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    dlat, dlon = lat_b - lat_a, math.radians(b.lon - a.lon)
    h = math.sin(dlat / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(dlon / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def bearing_deg(a: Point, b: Point) -> float:
    """Initial bearing from ``a`` to ``b`` in degrees clockwise from north, [0, 360).

    >>> round(bearing_deg(Point(36.0, 117.0), Point(36.0, 117.1)))
    90
    """
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    dlon = math.radians(b.lon - a.lon)
    y = math.sin(dlon) * math.cos(lat_b)
    x = math.cos(lat_a) * math.sin(lat_b) - math.sin(lat_a) * math.cos(lat_b) * math.cos(dlon)
    return math.degrees(math.atan2(y, x)) % 360.0


def is_in_china(lat: float, lon: float) -> bool:
    """Whether the GCJ-02 shift is applied here (the usual bounding box)."""
    return 0.8293 < lat < 55.8271 and 72.004 < lon < 137.8347


def to_wgs84(lat: float, lon: float, frame: Frame) -> Point:
    """A WGS-84 point from coordinates given in ``frame``.

    >>> gcj = from_wgs84(Point(36.6512, 116.9972), Frame.GCJ02)
    >>> back = to_wgs84(*gcj, Frame.GCJ02)
    >>> distance_m(back, Point(36.6512, 116.9972)) < 0.1
    True
    """
    if frame is Frame.WGS84:
        return Point(lat, lon)
    if frame is Frame.BD09:
        lat, lon = _bd09_to_gcj02(lat, lon)
    if not is_in_china(lat, lon):
        return Point(lat, lon)
    wgs_lat, wgs_lon = lat, lon
    for _ in range(_INVERSE_ROUNDS):
        moved_lat, moved_lon = _wgs84_to_gcj02(wgs_lat, wgs_lon)
        wgs_lat += lat - moved_lat
        wgs_lon += lon - moved_lon
    return Point(wgs_lat, wgs_lon)


def from_wgs84(point: Point, frame: Frame) -> tuple[float, float]:
    """``(lat, lon)`` of a WGS-84 point in ``frame``."""
    if frame is Frame.WGS84:
        return point.lat, point.lon
    lat, lon = _wgs84_to_gcj02(point.lat, point.lon)
    if frame is Frame.BD09:
        return _gcj02_to_bd09(lat, lon)
    return lat, lon


def _wgs84_to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    if not is_in_china(lat, lon):
        return lat, lon
    x, y = lon - 105.0, lat - 35.0
    dlat = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
        + _waves(x)
        + (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
        + (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    )  # fmt: skip
    dlon = (
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
        + _waves(x)
        + (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
        + (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    )  # fmt: skip
    rad = math.radians(lat)
    magic = 1 - _KRASOVSKY_EE * math.sin(rad) ** 2
    root = math.sqrt(magic)
    dlat = dlat * 180.0 / (_KRASOVSKY_A * (1 - _KRASOVSKY_EE) / (magic * root) * math.pi)
    dlon = dlon * 180.0 / (_KRASOVSKY_A / root * math.cos(rad) * math.pi)
    return lat + dlat, lon + dlon


def _waves(x: float) -> float:
    return (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0


def _gcj02_to_bd09(lat: float, lon: float) -> tuple[float, float]:
    z = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BD_PI)
    theta = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BD_PI)
    return z * math.sin(theta) + 0.006, z * math.cos(theta) + 0.0065


def _bd09_to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    gcj_lat, gcj_lon = lat - 0.006, lon - 0.0065
    for _ in range(_INVERSE_ROUNDS):
        moved_lat, moved_lon = _gcj02_to_bd09(gcj_lat, gcj_lon)
        gcj_lat += lat - moved_lat
        gcj_lon += lon - moved_lon
    return gcj_lat, gcj_lon


def utm_to_wgs84(
    easting_m: float, northing_m: float, zone: int, *, southern: bool = False
) -> Point:
    """A WGS-84 point from UTM metres; exact to millimetres within the zone.

    Krüger's series to the third order in ``n`` (Karney 2011, *Transverse Mercator with
    an accuracy of a few nanometers*, equation 36). ``zone`` is in [1, 60].

    >>> jinan = utm_to_wgs84(500_000.0, 4_056_089.9, 50)
    >>> round(jinan.lat, 5), round(jinan.lon, 5)
    (36.65039, 117.0)
    """
    if not 1 <= zone <= 60:
        msg = f"Expected a UTM zone in [1, 60], got {zone}."
        raise InvalidInput(msg, zone=zone)
    n = _WGS84_F / (2.0 - _WGS84_F)
    radius = _WGS84_A / (1.0 + n) * (1.0 + n**2 / 4.0 + n**4 / 64.0)
    xi = (northing_m - (10_000_000.0 if southern else 0.0)) / (_UTM_SCALE * radius)
    eta = (easting_m - 500_000.0) / (_UTM_SCALE * radius)
    betas = (
        n / 2.0 - 2.0 * n**2 / 3.0 + 37.0 * n**3 / 96.0,
        n**2 / 48.0 + n**3 / 15.0,
        17.0 * n**3 / 480.0,
    )
    xi_p, eta_p = xi, eta
    for k, beta in enumerate(betas, start=1):
        xi_p -= beta * math.sin(2 * k * xi) * math.cosh(2 * k * eta)
        eta_p -= beta * math.cos(2 * k * xi) * math.sinh(2 * k * eta)
    chi = math.asin(math.sin(xi_p) / math.cosh(eta_p))
    deltas = (
        2.0 * n - 2.0 * n**2 / 3.0 - 2.0 * n**3,
        7.0 * n**2 / 3.0 - 8.0 * n**3 / 5.0,
        56.0 * n**3 / 15.0,
    )
    lat = chi + sum(d * math.sin(2 * k * chi) for k, d in enumerate(deltas, start=1))
    lon = math.atan2(math.sinh(eta_p), math.cos(xi_p))
    return Point(math.degrees(lat), (zone - 1) * 6.0 - 177.0 + math.degrees(lon))
