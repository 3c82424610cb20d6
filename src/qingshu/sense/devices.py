"""Which device stands in which tank, as arrays that a whole batch can be looked up in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qingshu.sense.model import Floats, Int64s

# Gateways whose code table is remembered.
_TABLES = 512


class SensorLike(Protocol):
    """What of a registry sensor matters here."""

    @property
    def id(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def tank_id(self) -> int | None: ...
    @property
    def measures(self) -> str: ...
    @property
    def offset_m(self) -> float: ...
    @property
    def range_m(self) -> float: ...
    @property
    def active(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Devices:
    """Mounted sensors by position; ``by_topic`` and ``by_code`` give the position.

    ``unmounted`` are codes that the registry knows but that stand in no tank or are off.
    """

    by_code: dict[str, int]
    by_topic: dict[bytes, int]
    unmounted: frozenset[str]
    sensor: Int64s
    tank: Int64s
    distance: NDArray[np.bool_]
    offset_m: Floats
    range_m: Floats
    # Code tables of gateways that were looked up before.
    tables: dict[tuple[str, ...], Int64s] = field(default_factory=dict, compare=False)

    def places_of(self, codes: tuple[str, ...]) -> Int64s:
        """The positions of a frame's device codes, -1 for unknown ones."""
        found = self.tables.get(codes)
        if found is None:
            found = np.array([self.by_code.get(code, -1) for code in codes], np.int64)
            if len(self.tables) < _TABLES:
                self.tables[codes] = found
        return found

    @property
    def top(self) -> int:
        """The largest sensor id, 0 without sensors."""
        return int(self.sensor.max()) if len(self.sensor) else 0


def devices_of(sensors: Iterable[SensorLike]) -> Devices:
    """The look-up of all sensors of the registry."""
    listed = list(sensors)
    mounted = [s for s in listed if s.active and s.tank_id is not None]
    return Devices(
        by_code={s.code: n for n, s in enumerate(mounted)},
        by_topic={f"qs/v1/{s.code}/reading".encode(): n for n, s in enumerate(mounted)},
        unmounted=frozenset(s.code for s in listed) - {s.code for s in mounted},
        sensor=np.array([s.id for s in mounted], np.int64),
        tank=np.array([s.tank_id for s in mounted], np.int64),
        distance=np.array([s.measures == "distance" for s in mounted], np.bool_),
        offset_m=np.array([s.offset_m for s in mounted], np.float64),
        range_m=np.array([s.range_m for s in mounted], np.float64),
    )
