"""A street network of its own: arterials, then blocks split until they are city-sized."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from qingshu.twin.ground import (
    HALF_HEIGHT_M,
    HALF_WIDTH_M,
    Floats,
    Ints,
    to_degrees,
    urban_density,
)
from qingshu.twin.names import STREET_HEADS, STREET_TAILS

# East-west arterials, metres north of the centre on the unbent map: (y, name).
ACROSS = (
    (6300.0, "美里路"),
    (5050.0, "清河北路"),
    (3900.0, "北园大街"),
    (2700.0, "张庄路"),
    (1750.0, "经一路"),
    (1150.0, "经二路"),
    (650.0, "经四路"),
    (50.0, "经六路"),
    (-600.0, "经七路"),
    (-1250.0, "经十路"),
    (-2300.0, "刘长山路"),
    (-3400.0, "二环南路"),
    (-4600.0, "七贤路"),
    (-5900.0, "十六里河路"),
)
# North-south arterials, metres east of the centre: (x, name).
ALONG = (
    (-8300.0, "玉清路"),
    (-7000.0, "齐鲁大道"),
    (-5600.0, "腊山河西路"),
    (-4300.0, "二环西路"),
    (-3100.0, "段店路"),
    (-2000.0, "纬十二路"),
    (-1050.0, "纬九路"),
    (-250.0, "纬六路"),
    (550.0, "纬四路"),
    (1300.0, "纬二路"),
    (2150.0, "纬一路"),
    (3100.0, "英雄山路"),
    (4300.0, "舜耕路"),
    (5700.0, "历山南路"),
    (7300.0, "兴隆路"),
)
# Only these arterials run to the edge of the map; the rest stay inside the ring.
RING_X = (-4300.0, 4300.0)
RING_Y = (-3400.0, 3900.0)
RIVER = (
    (-9000.0, 3200.0), (-5200.0, 1500.0), (-2500.0, -1600.0), (-800.0, -4000.0), (900.0, -7000.0),
)  # fmt: skip
RAILWAY = ((-9000.0, 1500.0), (-3500.0, 1950.0), (2500.0, 2250.0), (9000.0, 3300.0))
DIAGONAL = ((-250.0, -1250.0), (-1500.0, -3400.0), (-3600.0, -5900.0), (-4600.0, -7000.0))
DIAGONAL_NAME = "济微路"

SPEED_KMH = {"primary": 42.0, "secondary": 32.0, "residential": 22.0, "living_street": 12.0}
WIDTH_M = {"primary": 6.0, "secondary": 5.0, "residential": 3.5}
# Edges of these run with their drawing direction only; streets around them go both ways.
ONEWAY = frozenset({"纬四路"})

Edge = tuple[int, int, str, str]
Key = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Streets:
    """The road graph: nodes in map metres, undirected edges with class, name, width."""

    x: Floats
    y: Floats
    tail: Ints
    head: Ints
    length_m: Floats
    classes: tuple[str, ...]
    names: tuple[str, ...]
    oneway: tuple[bool, ...]
    max_width_m: Floats

    def degrees(self) -> list[tuple[float, float]]:
        """(lat, lon) of every node."""
        return [to_degrees(a, b) for a, b in zip(self.x.tolist(), self.y.tolist(), strict=True)]


@dataclass(frozen=True, slots=True)
class _Line:
    """One straight street of the unbent map: across (constant y) or along (constant x)."""

    across: bool
    at: float
    start: float
    end: float
    kind: str
    name: str


def build(rng: np.random.Generator) -> Streets:
    """The demo city's streets; the same generator state gives the same streets."""
    lines = _arterials()
    for x0, x1, y0, y1 in _superblocks():
        _split(lines, rng, (x0, x1, y0, y1), depth=0)
    edges, keys = _graph(lines)
    edges, keys = _cut(edges, keys, RIVER, keep=("primary",))
    edges, keys = _cut(edges, keys, RAILWAY, keep=("primary",))
    edges, keys = _lay_diagonal(edges, keys)
    edges, keys = _largest_part(edges, keys)
    return _bend(edges, keys, rng)


def _arterials() -> list[_Line]:
    lines = []
    for y, name in ACROSS:
        wide = RING_Y[0] > y or y > RING_Y[1] or y in RING_Y or name in ("经十路", "张庄路")
        west, east = (-HALF_WIDTH_M, HALF_WIDTH_M) if wide else (-8300.0, 7300.0)
        lines.append(_Line(True, y, west, east, "primary", name))
    for x, name in ALONG:
        wide = RING_X[0] > x or x > RING_X[1] or x in RING_X or name == "英雄山路"
        south, north = (-HALF_HEIGHT_M, HALF_HEIGHT_M) if wide else (-5900.0, 6300.0)
        lines.append(_Line(False, x, south, north, "primary", name))
    return lines


def _superblocks() -> list[tuple[float, float, float, float]]:
    xs = [-HALF_WIDTH_M, *(x for x, _ in ALONG), HALF_WIDTH_M]
    ys = [-HALF_HEIGHT_M, *sorted(y for y, _ in ACROSS), HALF_HEIGHT_M]
    return [(x0, x1, y0, y1) for x0, x1 in pairwise(xs) for y0, y1 in pairwise(ys)]


def _split(
    lines: list[_Line],
    rng: np.random.Generator,
    box: tuple[float, float, float, float],
    depth: int,
) -> None:
    """Halve a block along its longer side until it is as small as its surroundings."""
    x0, x1, y0, y1 = box
    width, height = x1 - x0, y1 - y0
    density = urban_density((x0 + x1) / 2, (y0 + y1) / 2)
    target = 170.0 + 430.0 * (1.0 - density) ** 2
    if max(width, height) < target * rng.uniform(1.0, 1.7) or min(width, height) < 110.0:
        return
    if depth >= 2 and rng.random() < 0.05:  # A park, a school yard, a factory.
        return
    kind = "secondary" if depth == 0 or (depth == 1 and max(width, height) > 600) else "residential"
    if max(width, height) < 330.0 and rng.random() < 0.35:
        kind = "living_street"
    share = rng.uniform(0.36, 0.64)
    name = ""
    if kind == "secondary":
        name = str(rng.choice(STREET_HEADS)) + str(rng.choice(STREET_TAILS))
    if width >= height:
        at = round(x0 + share * width, 1)
        lines.append(_Line(False, at, y0, y1, kind, name))
        _split(lines, rng, (x0, at, y0, y1), depth + 1)
        _split(lines, rng, (at, x1, y0, y1), depth + 1)
    else:
        at = round(y0 + share * height, 1)
        lines.append(_Line(True, at, x0, x1, kind, name))
        _split(lines, rng, (x0, x1, y0, at), depth + 1)
        _split(lines, rng, (x0, x1, at, y1), depth + 1)


def _graph(lines: list[_Line]) -> tuple[list[Edge], list[Key]]:
    """Cut every line where another one ends on it or crosses it."""
    across = [line for line in lines if line.across]
    along = [line for line in lines if not line.across]
    stops: dict[int, set[float]] = defaultdict(set)
    for a in across:
        for b in along:
            if a.start <= b.at <= a.end and b.start <= a.at <= b.end:
                stops[id(a)].add(b.at)
                stops[id(b)].add(a.at)
    index: dict[Key, int] = {}
    edges: list[Edge] = []
    for line in lines:
        points = sorted(stops[id(line)])
        ends = [(p, line.at) if line.across else (line.at, p) for p in points]
        ids = [index.setdefault(end, len(index)) for end in ends]
        edges += [(a, b, line.kind, line.name) for a, b in pairwise(ids)]
    return edges, list(index)


def _crossing(p: Key, q: Key, a: Key, b: Key) -> float | None:
    """How far along p-q (0 to 1) it meets a-b, None when it does not."""
    rx, ry, sx, sy = q[0] - p[0], q[1] - p[1], b[0] - a[0], b[1] - a[1]
    area = rx * sy - ry * sx
    if area == 0.0:
        return None
    t = ((a[0] - p[0]) * sy - (a[1] - p[1]) * sx) / area
    u = ((a[0] - p[0]) * ry - (a[1] - p[1]) * rx) / area
    return t if 0.0 <= t <= 1.0 and 0.0 <= u <= 1.0 else None


def _cut(
    edges: list[Edge], keys: list[Key], line: tuple[Key, ...], keep: tuple[str, ...]
) -> tuple[list[Edge], list[Key]]:
    """Take away the small streets that would have to bridge a river or a railway."""
    legs = list(pairwise(line))
    kept = [
        edge
        for edge in edges
        if edge[2] in keep
        or all(_crossing(keys[edge[0]], keys[edge[1]], a, b) is None for a, b in legs)
    ]
    return kept, keys


def _lay_diagonal(edges: list[Edge], keys: list[Key]) -> tuple[list[Edge], list[Key]]:
    """One old road that pays no heed to the grid, joined to every street it crosses."""
    keys = list(keys)
    met: list[tuple[int, float, int]] = []
    for number, (a, b) in enumerate(pairwise(DIAGONAL)):
        result: list[Edge] = []
        for tail, head, kind, name in edges:
            t = _crossing(keys[tail], keys[head], a, b)
            if t is None:
                result.append((tail, head, kind, name))
                continue
            p, q = keys[tail], keys[head]
            length = math.dist(p, q)
            if min(t, 1 - t) * length < 30.0:
                node = tail if t < 0.5 else head
                result.append((tail, head, kind, name))
            else:
                node = len(keys)
                keys.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
                result += [(tail, node, kind, name), (node, head, kind, name)]
            met.append((number, math.dist(a, keys[node]), node))
        edges = result
    order = [node for _, _, node in sorted(met)]
    steps = dict.fromkeys(order)  # A junction snapped twice is passed once.
    chain = list(steps)
    edges += [(a, b, "primary", DIAGONAL_NAME) for a, b in pairwise(chain)]
    return edges, keys


def _largest_part(edges: list[Edge], keys: list[Key]) -> tuple[list[Edge], list[Key]]:
    """Drop what cannot be driven to."""
    root = list(range(len(keys)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for tail, head, _, _ in edges:
        root[find(tail)] = find(head)
    size: dict[int, int] = defaultdict(int)
    for i in range(len(keys)):
        size[find(i)] += 1
    main = max(size, key=lambda i: size[i])
    old = [i for i in range(len(keys)) if find(i) == main]
    new = {i: n for n, i in enumerate(old)}
    kept = [(new[a], new[b], kind, name) for a, b, kind, name in edges if a in new]
    return kept, [keys[i] for i in old]


def _bend(edges: list[Edge], keys: list[Key], rng: np.random.Generator) -> Streets:
    """Turn and bend the ruled map a little, so that it looks grown and not drawn."""
    raw = np.array(keys)
    x, y = raw[:, 0], raw[:, 1]
    turn = math.radians(2.5)
    bent_x = x + 120.0 * np.sin(y / 2600.0 + 0.4) + 55.0 * np.sin(y / 900.0 + x / 4000.0)
    bent_y = y + 150.0 * np.sin(x / 3600.0 + 2.0) + 50.0 * np.sin(x / 1100.0 + y / 3000.0 + 1.0)
    small = np.ones(len(keys), dtype=bool)
    for a, b, kind, _ in edges:
        if kind == "primary":
            small[a] = small[b] = False
    jitter = rng.normal(0.0, 9.0, size=(len(keys), 2)) * small[:, None]
    bent_x, bent_y = bent_x + jitter[:, 0], bent_y + jitter[:, 1]
    new_x = bent_x * math.cos(turn) - bent_y * math.sin(turn)
    new_y = bent_x * math.sin(turn) + bent_y * math.cos(turn)
    tail = np.array([e[0] for e in edges], dtype=np.int64)
    head = np.array([e[1] for e in edges], dtype=np.int64)
    length = np.hypot(new_x[tail] - new_x[head], new_y[tail] - new_y[head]) * 1.03 + 1.0
    width = np.array(
        [
            WIDTH_M.get(kind) or float(rng.choice([2.2, 2.4, 2.6, 3.0], p=[0.1, 0.2, 0.3, 0.4]))
            for _, _, kind, _ in edges
        ]
    )
    return Streets(
        x=new_x,
        y=new_y,
        tail=tail,
        head=head,
        length_m=np.round(length, 1),
        classes=tuple(e[2] for e in edges),
        names=tuple(e[3] for e in edges),
        oneway=tuple(e[3] in ONEWAY for e in edges),
        max_width_m=width,
    )
