"""Road graphs to measure on: W_Jinan where the shared data is, else streets of our own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qingshu.dispatch.roads.building import GraphBuilder, Traits
from qingshu.dispatch.roads.edge_list import read_edge_list
from qingshu.dispatch.roads.model import Graph
from qingshu.dispatch.roads.params import RoadParams
from qingshu.kernel.geodesy import Point

_HERE = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("QINGSHU_SHARED", _HERE.parent / "shared"))
GRID = 94  # 94 x 94 junctions, as many as W_Jinan has.


@dataclass(frozen=True, slots=True)
class Streets:
    """A graph and what to call it."""

    name: str
    graph: Graph


def streets() -> Streets:
    """W_Jinan, or a grid of as many junctions with uneven blocks."""
    folder = SHARED / "data" / "roads"
    if folder.is_dir():
        builder = read_edge_list(folder / "W_Jinan.nodes", folder / "W_Jinan.edges", RoadParams())
        return Streets("W_Jinan, 8,908 junctions, one speed", builder.build())
    rng = np.random.default_rng(5)
    builder = GraphBuilder()
    for row in range(GRID):
        for column in range(GRID):
            builder.node((row, column), 36.55 + row * 0.0023, 116.83 + column * 0.006)
    for row in range(GRID):
        for column in range(GRID):
            for there in ((row, column + 1), (row + 1, column)):
                if max(there) < GRID:
                    length_m = float(rng.uniform(200, 600))
                    here = builder.nodes[row, column]
                    builder.add(here, builder.nodes[there], length_m, Traits())
    return Streets(f"generated grid, {GRID * GRID:,} junctions, one speed", builder.build())


def junctions(graph: Graph, count: int, rng: np.random.Generator) -> list[Point]:
    """Random junctions."""
    chosen = rng.integers(0, graph.node_count, count)
    return [Point(float(graph.node_lat[i]), float(graph.node_lon[i])) for i in chosen.tolist()]


def beside_roads(graph: Graph, count: int, rng: np.random.Generator) -> list[Point]:
    """Random places up to some fifty metres beside junctions, as trucks and tanks are."""
    return [
        Point(p.lat + float(rng.normal(0, 0.0005)), p.lon + float(rng.normal(0, 0.0005)))
        for p in junctions(graph, count, rng)
    ]
