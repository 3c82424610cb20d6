"""The workspace's stored graph: one compact file, its facts, its node order.

``DIR/roads/`` holds ``graph.npz``, ``graph.json`` and ``order/``. A new import is made
beside it and moved into its place, so a reader never sees half a graph.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections import Counter
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from qingshu.dispatch.roads.building import GraphBuilder, describe
from qingshu.dispatch.roads.cch import CchEngine
from qingshu.dispatch.roads.engine import RoadEngine
from qingshu.dispatch.roads.errors import NoRoads, RoadFileBroken
from qingshu.dispatch.roads.hierarchy import Hierarchy
from qingshu.dispatch.roads.model import Graph, GraphInfo
from qingshu.dispatch.roads.params import RoadParams
from qingshu.dispatch.roads.straight import StraightLineEngine
from qingshu.kernel.instants import iso

FOLDER = "roads"
GRAPH = "graph.npz"
FACTS = "graph.json"
ORDER = "order"
_TEXTS = ("classes", "names")

_engines: dict[Path, tuple[int, CchEngine]] = {}
_engines_lock = threading.Lock()


def save(directory: Path, builder: GraphBuilder, *, source: str, now: datetime) -> GraphInfo:
    """Put a graph in the workspace in place of the one before; return its facts."""
    graph = builder.build()
    info = describe(graph, source=source, imported_at=iso(now), skipped=Counter(builder.skipped))
    fresh = directory / f"{FOLDER}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    arrays = {f.name: getattr(graph, f.name) for f in fields(graph) if f.name not in _TEXTS}
    arrays |= {name: np.array(getattr(graph, name)) for name in _TEXTS}
    np.savez_compressed(fresh / GRAPH, allow_pickle=False, **arrays)
    # Both node orders are found now, so that no first question waits for them.
    _ = Hierarchy(graph, fresh / ORDER).back
    facts = json.dumps(info.as_json(), ensure_ascii=False, indent=1)
    (fresh / FACTS).write_text(facts, encoding="utf-8")
    old = directory / f"{FOLDER}.old"
    shutil.rmtree(old, ignore_errors=True)
    if (directory / FOLDER).exists():
        (directory / FOLDER).rename(old)
    fresh.rename(directory / FOLDER)
    shutil.rmtree(old, ignore_errors=True)
    return info


def stamp(directory: Path) -> int:
    """When the stored graph was written, nanoseconds; 0 when there is none."""
    try:
        return (directory / FOLDER / GRAPH).stat().st_mtime_ns
    except OSError:
        return 0


def load(directory: Path) -> Graph:
    """The stored graph, or :class:`NoRoads`."""
    path = directory / FOLDER / GRAPH
    if not path.is_file():
        msg = f"Expected imported roads in {directory}. Run `qingshu roads import FILE --to DIR`."
        raise NoRoads(msg)
    try:
        with np.load(path) as stored:
            values: dict[str, Any] = {f.name: stored[f.name] for f in fields(Graph)}
        values |= {name: tuple(map(str, values[name].tolist())) for name in _TEXTS}
    except (OSError, ValueError, KeyError) as error:
        msg = f"Expected a whole {GRAPH}, got: {error}. Import the roads again."
        raise RoadFileBroken(msg, file=GRAPH) from error
    return Graph(**values)


def facts(directory: Path) -> GraphInfo:
    """What was imported, or :class:`NoRoads`."""
    path = directory / FOLDER / FACTS
    if not path.is_file():
        msg = f"Expected imported roads in {directory}. Run `qingshu roads import FILE --to DIR`."
        raise NoRoads(msg)
    return GraphInfo(**json.loads(path.read_text(encoding="utf-8")))


def engine_of(directory: Path, params: RoadParams) -> RoadEngine:
    """The workspace's engine, kept until new roads are imported; straight lines without."""
    when = stamp(directory)
    if when == 0:
        return StraightLineEngine(params)
    with _engines_lock:
        held = _engines.get(directory)
        if held is None or held[0] != when:
            order = directory / FOLDER / ORDER
            held = _engines[directory] = (when, CchEngine(load(directory), params, order))
        return held[1]
