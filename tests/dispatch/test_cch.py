"""The contraction hierarchy gives Dijkstra's times on streets with rules."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshu.dispatch.roads.building import GraphBuilder, Traits
from qingshu.dispatch.roads.cch import CchEngine
from qingshu.dispatch.roads.model import BACKWARD, BOTH, FORWARD, Graph, TruckSize
from qingshu.kernel.geodesy import Point, distance_m
from tests.dispatch.town import BLOCK_S, corner, engine

SLIM, WIDE = TruckSize(width_m=2.0), TruckSize(width_m=2.5)


def test_times_when_along_a_street_then_blocks_times_seconds() -> None:
    """From (0, 1) to (4, 1): four blocks of 20 s."""
    assert engine().times_s([corner(0, 1)], [corner(4, 1)])[0, 0] == pytest.approx(80.0, abs=0.1)


def test_times_when_street_runs_the_other_way_then_round_the_block() -> None:
    """Row 0 runs east: back from (1, 0) to (0, 0) is up, left and down, three blocks."""
    roads = engine()
    assert roads.times_s([corner(0, 0)], [corner(1, 0)])[0, 0] == pytest.approx(20.0, abs=0.1)
    assert roads.times_s([corner(1, 0)], [corner(0, 0)])[0, 0] == pytest.approx(60.0, abs=0.1)


def test_times_when_both_within_one_oneway_block_then_direction_counts() -> None:
    """Forward within the block is half of 20 s; backward is all the way round."""
    roads = engine()
    a, b = corner(1.25, 0), corner(1.75, 0)
    assert roads.times_s([a], [b])[0, 0] == pytest.approx(BLOCK_S / 2, abs=0.2)
    # 5 s on, round the block (60 s) from (2, 0) to (1, 0), and 5 s in.
    assert roads.times_s([b], [a])[0, 0] == pytest.approx(70.0, abs=0.3)


def test_times_when_lane_is_too_narrow_then_wide_truck_goes_round() -> None:
    """The lane of 2.3 m takes a truck of 2.0 m; one of 2.5 m drives three blocks."""
    roads = engine()
    a, b = corner(3, 3), corner(4, 3)
    assert roads.times_s([a], [b], SLIM)[0, 0] == pytest.approx(20.0, abs=0.1)
    assert roads.times_s([a], [b], WIDE)[0, 0] == pytest.approx(60.0, abs=0.1)


def test_times_when_off_the_network_then_infinite_and_no_route() -> None:
    """Fifty kilometres from any road is answered with infinity and None."""
    roads = engine()
    far = Point(37.1, 117.0)
    assert math.isinf(roads.times_s([far], [corner(1, 1)])[0, 0])
    assert math.isinf(roads.times_s([corner(1, 1)], [far])[0, 0])
    assert math.isinf(roads.times_s([far], [far])[0, 0])
    assert roads.route(far, corner(1, 1)) is None
    assert roads.snap(far) is None


def test_times_when_beside_the_road_then_last_metres_are_walked() -> None:
    """50 m off the road at 5 km/h is 36 s on top."""
    roads = engine()
    beside = corner(-0.25, 1)
    seconds = roads.times_s([corner(2, 1)], [beside])[0, 0]
    assert seconds == pytest.approx(40.0 + 36.0, abs=0.5)


def test_snap_when_island_is_nearer_then_takes_the_connected_road() -> None:
    """A road that leads nowhere else is not where a truck stands."""
    builder = GraphBuilder()
    places = [corner(0, 0), corner(1, 0), corner(0, 1), corner(0, 3), corner(1, 3)]
    nodes = [builder.node(i, p.lat, p.lon) for i, p in enumerate(places)]
    for tail, head in ((0, 1), (0, 2), (1, 2), (3, 4)):
        builder.add(nodes[tail], nodes[head], distance_m(places[tail], places[head]), Traits())
    found = CchEngine(builder.build()).snap(corner(0, 2.9))
    assert found is not None
    assert found.segment in {1, 2}


def test_customise_when_closed_then_round_and_back_again() -> None:
    """A closed block is driven round; with the old speeds the old time returns."""
    roads = engine()
    speeds = roads.graph.speed_kmh.copy()
    at = roads.snap(corner(1.5, 2))
    assert at is not None
    closed = speeds.copy()
    closed[at.segment] = 0.0
    roads.customise(closed)
    assert roads.times_s([corner(1, 2)], [corner(2, 2)])[0, 0] == pytest.approx(60.0, abs=0.1)
    roads.customise(speeds)
    assert roads.times_s([corner(1, 2)], [corner(2, 2)])[0, 0] == pytest.approx(20.0, abs=0.1)


@st.composite
def _graphs(draw: st.DrawFn) -> Graph:
    count = draw(st.integers(4, 14))
    builder = GraphBuilder()
    for i in range(count):
        at = corner(draw(st.integers(0, 40)) / 10, draw(st.integers(0, 40)) / 10)
        builder.node(i, at.lat, at.lon)
    # A ring keeps one connected part; the rest is as it comes.
    for i in range(count):
        builder.add(i, (i + 1) % count, draw(st.integers(1, 900)), Traits(speed_kmh=36.0))
    for _ in range(draw(st.integers(0, 20))):
        tail, head = draw(st.integers(0, count - 1)), draw(st.integers(0, count - 1))
        if tail != head:
            ways = draw(st.sampled_from([FORWARD, BACKWARD, BOTH]))
            traits = Traits(speed_kmh=draw(st.sampled_from([10.0, 36.0, 80.0])), ways=ways)
            builder.add(tail, head, draw(st.integers(1, 900)), traits)
    return builder.build()


@settings(max_examples=60, deadline=None)
@given(_graphs())
def test_matrix_when_any_graph_then_as_dijkstra(streets: Graph) -> None:
    """Between the nodes' own ends the metric equals a plain Dijkstra to the millisecond."""
    roads = CchEngine(streets)
    profile = roads._profile(TruckSize())
    every = np.arange(streets.node_count)
    ahead = profile.metric.seconds(every, every)
    # One target at a time is asked of the graph turned round.
    back = np.column_stack([profile.metric.seconds(every, every[[t]])[:, 0] for t in every])
    for source in range(streets.node_count):
        expected = _dijkstra(streets, source)
        assert ahead[source] == pytest.approx(expected, abs=0.02)
        assert back[source] == pytest.approx(expected, abs=0.02)


def _dijkstra(streets: Graph, source: int) -> list[float]:
    out: list[list[tuple[int, float]]] = [[] for _ in range(streets.node_count)]
    for i in range(streets.segment_count):
        tail, head = int(streets.tail[i]), int(streets.head[i])
        seconds = float(streets.length_m[i] * 3.6 / streets.speed_kmh[i])
        if streets.ways[i] & FORWARD:
            out[tail].append((head, seconds))
        if streets.ways[i] & BACKWARD:
            out[head].append((tail, seconds))
    best = [math.inf] * streets.node_count
    best[source] = 0.0
    todo = [(0.0, source)]
    while todo:
        so_far, here = heapq.heappop(todo)
        if so_far > best[here]:
            continue
        for there, seconds in out[here]:
            if so_far + seconds < best[there]:
                best[there] = so_far + seconds
                heapq.heappush(todo, (best[there], there))
    return best


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-3, 8), st.floats(-3, 7)), min_size=1, max_size=20))
def test_snap_when_any_points_then_nearest_of_all_roads(places: list[tuple[float, float]]) -> None:
    """The grid finds what a look at every road finds, near and far."""
    roads = engine()
    points = [corner(c, r) for c, r in places]
    index = roads._profile(SLIM).index
    lat, lon = np.array([p.lat for p in points]), np.array([p.lon for p in points])
    snaps = index.nearest(lat, lon)
    x, y = index.to_metres(lat, lon)
    for i in range(len(points)):
        off, _ = index._offsets(x[i], y[i], slice(None))
        assert snaps.offset_m[i] == pytest.approx(off.min(), abs=1e-6)
