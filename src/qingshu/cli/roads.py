"""``qingshu roads``: import a road graph, look at it, ask for travel times."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

from qingshu.dispatch.roads import files
from qingshu.dispatch.roads.building import GraphBuilder
from qingshu.dispatch.roads.cch import CchEngine
from qingshu.dispatch.roads.edge_list import read_edge_list
from qingshu.dispatch.roads.errors import RoadFileBroken
from qingshu.dispatch.roads.model import GraphInfo, TruckSize
from qingshu.dispatch.roads.osm import read_osm
from qingshu.dispatch.roads.params import RoadParams
from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.geodesy import Point
from qingshu.runtime.clock import SystemClock
from qingshu.runtime.settings import load_settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DIRECTORY = click.Path(file_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Import a road graph, look at it, ask for travel times."""


@command.command("import")
@click.argument("sources", nargs=-1, required=True, type=FILE)
@click.option("--to", "directory", required=True, type=DIRECTORY, help="The workspace.")
@click.option("--zone", default=50, show_default=True, help="UTM zone of metre coordinates.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_(sources: tuple[Path, ...], directory: Path, zone: int, as_json: bool) -> None:
    """Import an .osm.pbf extract, or a node list and an edge list, in place of what was there."""
    params = _params(directory)
    begin = time.perf_counter()
    with _said("Reading"):
        builder = _read(sources, params, zone)
    with _said("Ordering junctions and saving"):
        info = files.save(
            directory,
            builder,
            source=" + ".join(path.name for path in sources),
            now=SystemClock().now(),
        )
    seconds = round(time.perf_counter() - begin, 2)
    if as_json:
        click.echo(json.dumps({**info.as_json(), "seconds": seconds}, ensure_ascii=False))
        return
    _show(info)
    click.echo(f"Done in {seconds:g} s.")


@command.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def info(directory: Path, as_json: bool) -> None:
    """Show what was imported."""
    found = files.facts(directory)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        _show(found)


@command.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--points", type=click.File("rb"), default="-", help="JSON file; standard input by default."
)
@click.option("--width", default=2.5, show_default=True, help="Truck width, metres.")
@click.option("--height", default=3.2, show_default=True, help="Truck height, metres.")
@click.option("--weight", default=16.0, show_default=True, help="Truck weight, tonnes.")
def matrix(directory: Path, points: BinaryIO, width: float, height: float, weight: float) -> None:
    """Travel times from {"sources": [[lat, lon], …], "targets": [[lat, lon], …]}, as JSON.

    A place without a way is null.
    """
    sources, targets = _points(points.read())
    begin = time.perf_counter()
    engine = CchEngine(
        files.load(directory), _params(directory), directory / files.FOLDER / files.ORDER
    )
    size = TruckSize(width, height, weight)
    engine.times_s(sources[:1], targets[:1], size)
    ready = time.perf_counter()
    times = engine.times_s(sources, targets, size)
    took_ms = (time.perf_counter() - ready) * 1000.0
    rows = [[None if s == float("inf") else round(s, 1) for s in row] for row in times.tolist()]
    answer = {
        "times_s": rows,
        "ready_ms": round((ready - begin) * 1000.0, 1),
        "matrix_ms": round(took_ms, 2),
    }
    click.echo(json.dumps(answer))


def _params(directory: Path) -> RoadParams:
    return load_settings(directory).room_params("roads", RoadParams)


def _read(sources: tuple[Path, ...], params: RoadParams, zone: int) -> GraphBuilder:
    if len(sources) == 1 and sources[0].name.endswith((".pbf", ".osm", ".osm.bz2")):
        return read_osm(sources[0], params)
    if len(sources) == 2:
        return read_edge_list(sources[0], sources[1], params, zone=zone)
    names = ", ".join(path.name for path in sources)
    msg = f"Expected one .osm.pbf file, or a node list and an edge list, got {names}."
    raise RoadFileBroken(msg)


def _points(body: bytes) -> tuple[list[Point], list[Point]]:
    try:
        asked: dict[str, Any] = json.loads(body)
        sources = [Point(float(lat), float(lon)) for lat, lon in asked["sources"]]
        targets = [Point(float(lat), float(lon)) for lat, lon in asked["targets"]]
    except InvalidInput:
        raise
    except (ValueError, KeyError, TypeError) as error:
        msg = f'Expected JSON {{"sources": [[lat, lon], …], "targets": …}}, got: {error}.'
        raise InvalidInput(msg) from error
    return sources, targets


@contextmanager
def _said(doing: str) -> Iterator[None]:
    """Tell on standard error what takes long, and how long it took."""
    begin = time.perf_counter()
    click.echo(f"{doing} …", err=True, nl=False)
    sys.stderr.flush()
    try:
        yield
    except BaseException:
        click.echo(err=True)
        raise
    click.echo(f" {time.perf_counter() - begin:.1f} s", err=True)


def _show(found: GraphInfo) -> None:
    click.echo(f"{found.source}, imported {found.imported_at}")
    click.echo(
        f"{found.nodes} junctions ({found.main_part_nodes} reach each other), "
        f"{found.segments} segments, {found.length_km:g} km"
    )
    click.echo(
        f"{found.oneway_segments} one-way, {found.named_segments} named, "
        f"{found.limited_segments} with a width, height or weight limit"
    )
    click.echo(
        f"south {found.south:.4f}, west {found.west:.4f}, "
        f"north {found.north:.4f}, east {found.east:.4f}"
    )
    for reason, count in sorted(found.skipped.items(), key=lambda item: -item[1]):
        click.echo(f"  left out: {count} × {reason}")
