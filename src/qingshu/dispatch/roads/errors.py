"""What can be wrong with road files and the stored graph."""

from __future__ import annotations

from qingshu.kernel.errors import InvalidInput, NotFound


class RoadFileBroken(InvalidInput):
    """A road file cannot be read as a graph."""

    code = "road_file_broken"


class NoRoads(NotFound):
    """The workspace has no imported road graph."""

    code = "no_roads"
