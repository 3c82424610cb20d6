"""The streets as few, light lines for a map without outside tiles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from qingshu.dispatch.roads.lines import Place, thin_line
from qingshu.dispatch.roads.model import Graph

DIGITS = 5  # About one metre.
TOLERANCE_M = 2.0
Style = tuple[int, int]


def draw(graph: Graph) -> dict[str, Any]:
    """Lines of ``[lon, lat]`` with a class each, and each street name at one place.

    Segments of one class and name that meet end to end are joined.
    """
    lines: list[list[list[float]]] = []
    classes: list[str] = []
    longest: dict[str, tuple[float, list[float]]] = {}
    for style, chain in _chains(graph):
        line = _joined(graph, chain)
        lines.append([[round(x, DIGITS), round(y, DIGITS)] for x, y in line])
        classes.append(graph.classes[style[0]])
        name = graph.names[style[1]]
        length_m = sum(float(graph.length_m[abs(step) - 1]) for step in chain)
        if name and length_m > longest.get(name, (0.0, []))[0]:
            longest[name] = (length_m, lines[-1][len(lines[-1]) // 2])
    labels = [
        {"name": name, "at": at, "length_m": round(length_m)}
        for name, (length_m, at) in sorted(longest.items())
    ]
    return {"lines": lines, "classes": classes, "labels": labels}


def _chains(graph: Graph) -> Iterator[tuple[Style, list[int]]]:
    """Runs of segments of one style; ``-(i + 1)`` is segment ``i`` driven backwards."""
    at_node: dict[tuple[int, Style], list[int]] = defaultdict(list)
    styles = list(zip(graph.road_class.tolist(), graph.name.tolist(), strict=True))
    tails, heads = graph.tail.tolist(), graph.head.tolist()
    for i, style in enumerate(styles):
        at_node[tails[i], style].append(i)
        at_node[heads[i], style].append(i)
    used = [False] * graph.segment_count

    def follow(segment: int, node: int) -> list[int]:
        steps: list[int] = []
        while True:
            onward = [i for i in at_node[node, styles[segment]] if not used[i]]
            if not onward:
                return steps
            segment = onward[0]
            used[segment] = True
            forwards = tails[segment] == node
            steps.append(segment + 1 if forwards else -(segment + 1))
            node = heads[segment] if forwards else tails[segment]

    for i, style in enumerate(styles):
        if used[i]:
            continue
        used[i] = True
        ahead = follow(i, heads[i])
        before = [-step for step in reversed(follow(i, tails[i]))]
        yield style, [*before, i + 1, *ahead]


def _joined(graph: Graph, chain: list[int]) -> list[Place]:
    line: list[Place] = []
    for step in chain:
        piece = graph.line(abs(step) - 1)
        if step < 0:
            piece.reverse()
        line.extend(piece if not line else piece[1:])
    return thin_line(line, TOLERANCE_M)
