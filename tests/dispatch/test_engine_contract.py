"""What every road engine must answer; the same tests run against both."""

from __future__ import annotations

import numpy as np
import pytest

from qingshu.dispatch.roads.engine import RoadEngine
from qingshu.dispatch.roads.straight import StraightLineEngine
from qingshu.kernel.geodesy import Point, distance_m
from tests.dispatch.town import corner, engine


@pytest.fixture(params=["cch", "straight"])
def roads(request: pytest.FixtureRequest) -> RoadEngine:
    """Each engine in turn."""
    return engine() if request.param == "cch" else StraightLineEngine()


def test_times_when_many_to_many_then_sources_are_rows(roads: RoadEngine) -> None:
    """Three sources and two targets give a 3 x 2 table of finite seconds."""
    times = roads.times_s([corner(0, 1), corner(2, 1), corner(4, 1)], [corner(0, 2), corner(3, 3)])
    assert times.shape == (3, 2)
    assert np.isfinite(times).all()
    assert times[0, 0] < times[1, 0] < times[2, 0]


def test_times_when_no_points_then_empty_table(roads: RoadEngine) -> None:
    """No sources or no targets is a table without rows or columns."""
    assert roads.times_s([], [corner(0, 0)]).shape == (0, 1)
    assert roads.times_s([corner(0, 0)], []).shape == (1, 0)


def test_times_when_start_is_end_then_zero(roads: RoadEngine) -> None:
    """From a place to itself takes no time, on a junction and beside a road."""
    for place in (corner(2, 2), corner(1.3, 1), corner(1.3, 1.2)):
        assert roads.times_s([place], [place])[0, 0] == pytest.approx(0.0, abs=1e-6)


def test_times_when_farther_then_not_quicker_than_a_straight_flight(roads: RoadEngine) -> None:
    """No drive beats the straight line at motorway speed."""
    a, b = corner(0, 1), corner(4, 3)
    assert roads.times_s([a], [b])[0, 0] >= distance_m(a, b) / (130 / 3.6)


def test_route_when_found_then_agrees_with_times(roads: RoadEngine) -> None:
    """Route and table give the same seconds; the line runs from start to end."""
    a, b = corner(0.4, 1), corner(3.7, 2)
    way = roads.route(a, b)
    assert way is not None
    assert way.duration_s == pytest.approx(roads.times_s([a], [b])[0, 0])
    assert way.distance_m >= distance_m(a, b) - 1
    first, last = way.line[0], way.line[-1]
    assert distance_m(Point(first[1], first[0]), a) < 5
    assert distance_m(Point(last[1], last[0]), b) < 5


def test_route_when_start_is_end_then_a_line_of_no_length(roads: RoadEngine) -> None:
    """A route to where one stands is answered, not thrown."""
    way = roads.route(corner(2, 2), corner(2, 2))
    assert way is not None
    assert way.distance_m == pytest.approx(0.0, abs=0.01)
    assert len(way.line) == 2


def test_routes_when_asked_without_lines_then_same_metres(roads: RoadEngine) -> None:
    """Leaving out the line changes neither metres nor seconds."""
    starts = [corner(0, 3), corner(2.5, 2)]
    full = roads.routes(starts, corner(4, 1))
    short = roads.routes(starts, corner(4, 1), with_line=False)
    for a, b in zip(full, short, strict=True):
        assert a is not None
        assert b is not None
        assert (a.distance_m, a.duration_s) == (b.distance_m, b.duration_s)


def test_snap_when_on_a_junction_then_that_place(roads: RoadEngine) -> None:
    """A place on the roads stays where it is."""
    found = roads.snap(corner(2, 2))
    assert found is not None
    assert found.offset_m == pytest.approx(0.0, abs=0.5)
