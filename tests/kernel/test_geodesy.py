"""Coordinate frames: round trips, known offsets, refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.geodesy import Frame, Point, bearing_deg, distance_m, from_wgs84, to_wgs84

IN_CHINA = st.builds(Point, lat=st.floats(18.5, 53.0), lon=st.floats(74.0, 134.0))


@given(IN_CHINA, st.sampled_from(Frame))
def test_frame_when_converted_and_back_then_within_a_decimetre(point: Point, frame: Frame) -> None:
    """The inverse is exact to under 0.1 m everywhere in China, in every frame."""
    back = to_wgs84(*from_wgs84(point, frame), frame)
    assert distance_m(point, back) < 0.1


@given(IN_CHINA)
def test_gcj02_when_in_china_then_shifts_by_tens_to_hundreds_of_metres(point: Point) -> None:
    """Mixing the frames up is the error this guards against: it is never small."""
    lat, lon = from_wgs84(point, Frame.GCJ02)
    assert 20 < distance_m(point, Point(lat, lon)) < 1200


def test_gcj02_when_outside_china_then_unchanged() -> None:
    """The shift exists inside China only."""
    heidelberg = Point(49.41, 8.69)
    assert from_wgs84(heidelberg, Frame.GCJ02) == (49.41, 8.69)


@pytest.mark.parametrize(("lat", "lon"), [(91.0, 0.0), (0.0, 963.0), (float("nan"), 0.0)])
def test_point_when_absurd_then_refused(lat: float, lon: float) -> None:
    """A longitude of 963 degrees, as real taxis have sent, is no point."""
    with pytest.raises(InvalidInput):
        Point(lat, lon)


@given(IN_CHINA, IN_CHINA)
def test_distance_when_swapped_then_same(a: Point, b: Point) -> None:
    """Distance does not care about direction; bearing is within the circle."""
    assert distance_m(a, b) == pytest.approx(distance_m(b, a))
    assert 0 <= bearing_deg(a, b) < 360
