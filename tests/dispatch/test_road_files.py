"""Road files come in whole, with their rules, or not at all."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import msgspec
import osmium
import pytest
from click.testing import CliRunner

from qingshu.cli.roads import command
from qingshu.dispatch.roads import files
from qingshu.dispatch.roads.drawing import draw
from qingshu.dispatch.roads.edge_list import read_edge_list
from qingshu.dispatch.roads.errors import NoRoads, RoadFileBroken
from qingshu.dispatch.roads.model import BACKWARD, BOTH, FORWARD
from qingshu.dispatch.roads.osm import read_osm, traits_of
from qingshu.dispatch.roads.params import RoadParams
from qingshu.dispatch.roads.straight import StraightLineEngine
from qingshu.runtime.clock import FakeClock
from tests.conftest import need
from tests.dispatch.town import corner, graph, town

PARAMS = RoadParams()
SHARED = Path(
    os.environ.get("QINGSHU_SHARED", Path(__file__).resolve().parents[2].parent / "shared")
)
ROADS = SHARED / "data" / "roads"


def _write(folder: Path, nodes: str, edges: str) -> tuple[Path, Path]:
    a, b = folder / "town.nodes", folder / "town.edges"
    a.write_text(nodes, encoding="utf-8")
    b.write_text(edges, encoding="utf-8")
    return a, b


def test_edge_list_when_plain_utm_then_metres_become_degrees(tmp_path: Path) -> None:
    """Two nodes in zone 50 near Jinan and their edge, listed both ways, are one segment."""
    paths = _write(tmp_path, "1,505678.5,4056089.9\n2,505770.1,4056030.8\n", "1,2,122\n2,1,122\n")
    found = read_edge_list(*paths, PARAMS).build()
    assert found.node_lat[0] == pytest.approx(36.6503, abs=1e-3)
    assert found.node_lon[0] == pytest.approx(117.0635, abs=1e-3)
    assert found.segment_count == 1
    assert found.ways.tolist() == [BOTH]
    assert found.length_m.tolist() == [122.0]


def test_edge_list_when_headed_then_columns_count(tmp_path: Path) -> None:
    """Class, direction, name and width come from columns named in the head line."""
    paths = _write(
        tmp_path,
        "id,lon,lat\na,117.0,36.65\nb,117.001,36.65\n",
        "tail,head,class,name,oneway,max_width_m\na,b,primary,经十路,1,2.3\n",
    )
    found = read_edge_list(*paths, PARAMS).build()
    assert found.speed_kmh.tolist() == [45.0]
    assert found.ways.tolist() == [FORWARD]
    assert found.names[found.name[0]] == "经十路"
    assert found.max_width_m.tolist() == [2.3]
    assert found.length_m[0] == pytest.approx(89.2, abs=0.3)


@pytest.mark.parametrize(
    ("nodes", "edges", "where"),
    [
        ("1,a,b\n", "1,1,5\n", ("town.nodes", 1)),
        ("1,nan,4056089\n", "1,1,5\n", ("town.nodes", 1)),
        ("1,36.65,117\n2,36.66,117\n", "1,2,5\n1,3,5\n", ("town.edges", 2)),
        ("1,36.65,117\n2,36.66,117\n", "1,2,-5\n", ("town.edges", 1)),
        ("1,36.65,117\n2,36.66,117\n", "1\n", ("town.edges", 1)),
    ],
)
def test_edge_list_when_a_line_is_wrong_then_names_it(
    tmp_path: Path, nodes: str, edges: str, where: tuple[str, int]
) -> None:
    """File and line of the first wrong line are in the error."""
    with pytest.raises(RoadFileBroken) as caught:
        read_edge_list(*_write(tmp_path, nodes, edges), PARAMS)
    assert (caught.value.fields["file"], caught.value.fields["line"]) == where


def test_edge_list_when_binary_then_refused(tmp_path: Path) -> None:
    """Bytes that are no text give a code, not a traceback."""
    a, b = _write(tmp_path, "", "")
    a.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(RoadFileBroken):
        read_edge_list(a, b, PARAMS)


def _osm(path: Path) -> Path:
    """Four nodes; a one-way primary with a bend, a lane of 2.3 m, a footpath."""
    writer = osmium.SimpleWriter(str(path))
    spots = {1: (0, 0), 2: (1, 0), 3: (2, 0.5), 4: (1, 1)}
    for ref, (column, row) in spots.items():
        at = corner(column, row)
        writer.add_node(osmium.osm.mutable.Node(id=ref, location=(at.lon, at.lat)))
    ways = [
        ([1, 2, 3], {"highway": "primary", "oneway": "yes", "name": "经十路"}),
        ([3, 4, 1], {"highway": "residential", "maxwidth": "2.3"}),
        ([2, 4], {"highway": "footway"}),
        ([1, 4], {"highway": "service", "access": "private"}),
    ]
    for i, (refs, tags) in enumerate(ways, start=1):
        writer.add_way(osmium.osm.mutable.Way(id=i, nodes=refs, tags=tags))
    writer.close()
    return path


def test_osm_when_read_then_ways_are_cut_at_junctions_only(tmp_path: Path) -> None:
    """Nodes 2 and 4 join nothing drivable: they are bends, 1 and 3 are junctions."""
    builder = read_osm(_osm(tmp_path / "town.osm.pbf"), PARAMS)
    found = builder.build()
    assert (found.node_count, found.segment_count) == (2, 2)
    assert found.ways.tolist() == [FORWARD, BOTH]
    assert len(found.line(0)) == 3
    assert found.max_width_m.tolist() == [float("inf"), 2.3]
    assert builder.skipped["closed to trucks by its access tag"] == 1


def test_osm_when_cut_short_then_refused(tmp_path: Path) -> None:
    """Half a file is an error with a code."""
    path = _osm(tmp_path / "town.osm.pbf")
    path.write_bytes(path.read_bytes()[:90])
    with pytest.raises(RoadFileBroken):
        read_osm(path, PARAMS)


@pytest.mark.parametrize(
    ("tags", "ways"),
    [
        ({"oneway": "-1"}, BACKWARD),
        ({"oneway": "no"}, BOTH),
        ({"junction": "roundabout"}, FORWARD),
        ({}, BOTH),
    ],
)
def test_traits_when_oneway_tagged_then_directions(tags: dict[str, str], ways: int) -> None:
    """OSM's ways of saying one-way."""
    traits, _ = traits_of({"highway": "secondary", **tags}, PARAMS)
    assert traits is not None
    assert traits.ways == ways


def test_save_when_imported_again_then_replaced(tmp_path: Path, clock: FakeClock) -> None:
    """A second import takes the place of the first; the engine follows."""
    assert isinstance(files.engine_of(tmp_path, PARAMS), StraightLineEngine)
    files.save(tmp_path, town(), source="first", now=clock.now())
    first = files.engine_of(tmp_path, PARAMS)
    assert files.engine_of(tmp_path, PARAMS) is first
    info = files.save(tmp_path, town(), source="second", now=clock.now())
    assert files.facts(tmp_path) == info
    assert info.source == "second"
    assert info.main_part_nodes == info.nodes == 20
    assert files.engine_of(tmp_path, PARAMS) is not first
    assert not list(tmp_path.glob("roads.*"))


def test_load_when_never_imported_then_says_how(tmp_path: Path) -> None:
    """The error names the command that mends it."""
    with pytest.raises(NoRoads, match="roads import"):
        files.load(tmp_path)


def test_draw_when_streets_go_on_then_one_line_each() -> None:
    """Four rows and five columns: straight streets become nine lines of two places."""
    drawn = draw(graph())
    rows = [line for line, kind in zip(drawn["lines"], drawn["classes"], strict=True)
            if kind == "residential"]  # fmt: skip
    assert len(rows) == 4
    assert all(len(line) == 2 for line in rows)
    assert [label["name"] for label in drawn["labels"]] == [
        "纬路", "经0路", "经1路", "经2路", "经3路",
    ]  # fmt: skip


def test_roads_command_when_imported_then_info_and_matrix(tmp_path: Path) -> None:
    """Import from two files, look, and ask for times; unreachable is null."""
    nodes, edges = _write(
        tmp_path, "1,36.65,117\n2,36.66,117\n3,36.67,117\n", "1,2,1112\n2,3,1112\n"
    )
    run = CliRunner()
    done = run.invoke(command, ["import", str(nodes), str(edges), "--to", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["segments"] == 2
    shown = run.invoke(command, ["info", str(tmp_path)])
    assert "3 junctions (3 reach each other)" in shown.output
    asked = json.dumps({"sources": [[36.65, 117]], "targets": [[36.67, 117], [0, 0]]})
    answer = run.invoke(command, ["matrix", str(tmp_path)], input=asked)
    # 2,224 m at 26 km/h.
    assert json.loads(answer.stdout)["times_s"] == [[pytest.approx(307.9, abs=0.2), None]]


def test_roads_command_when_one_list_only_then_names_what_it_takes(tmp_path: Path) -> None:
    """A node list without its edges is refused with the code."""
    nodes, _ = _write(tmp_path, "1,36.65,117\n", "")
    done = CliRunner().invoke(command, ["import", str(nodes), "--to", str(tmp_path)])
    assert isinstance(done.exception, RoadFileBroken)


def test_jinan_when_imported_then_counts_and_map_size(tmp_path: Path, clock: FakeClock) -> None:
    """The real graph: 8,908 junctions all connected; its map stays under 600 kB gzipped."""
    need(ROADS.is_dir(), "shared data")
    builder = read_edge_list(ROADS / "W_Jinan.nodes", ROADS / "W_Jinan.edges", PARAMS)
    info = files.save(tmp_path, builder, source="W_Jinan", now=clock.now())
    assert (info.nodes, info.segments, info.main_part_nodes) == (8908, 14070, 8908)
    body = gzip.compress(msgspec.json.encode(draw(files.load(tmp_path))), 6)
    assert len(body) < 600_000


def test_liechtenstein_when_imported_then_names_and_oneways() -> None:
    """A real extract has named streets, one-ways, and one great connected part."""
    need(ROADS.is_dir(), "shared data")
    found = read_osm(ROADS / "liechtenstein.osm.pbf", PARAMS).build()
    assert found.segment_count > 3000
    assert (found.ways == FORWARD).sum() > 100
    assert len(found.names) > 300
