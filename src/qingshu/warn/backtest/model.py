"""Frozen values of a backtest: what is played, what comes out, what is known to be true."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NEVER = -1  # Milliseconds of an instant that did not come.
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
HORIZONS_H = (2, 6, 24, 72)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about the input that the reader must know: a code, where, how often."""

    code: str
    tank: str
    count: int
    message: str


@dataclass(frozen=True, slots=True)
class Tanks:
    """The listed tanks; ``outlet_m`` and ``cover_m`` are above ``floor_m`` of each."""

    name: list[str]
    outlet_m: Floats
    cover_m: Floats
    # What was taken from every level of the tank so that the engine sees metres above a floor.
    floor_m: Floats
    sensor_model: list[str]
    usable: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Series:
    """Readings in order of arrival; ``tank`` is the place in :class:`Tanks`.

    Instants in milliseconds since 1970, ``level_m`` above the tank's floor.
    """

    tank: NDArray[np.int32]
    measured_ms: Ints
    received_ms: Ints
    level_m: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.tank)


@dataclass(frozen=True, slots=True)
class Rain:
    """Rain in mm at instants (milliseconds), ascending."""

    at_ms: Ints
    mm: Floats


@dataclass(frozen=True, slots=True)
class Heard:
    """Readings that an engine has just scored, in its own order.

    ``made`` is whatever the engine needs to work out its forecasts later, one row each.
    ``score`` orders readings from calm to certain.
    """

    tank: Ints
    measured_ms: Ints
    score: Floats
    made: NDArray[Any]


class Tap(Protocol):
    """What an engine may offer beyond :class:`qingshu.warn.engine.contract.Engine`."""

    def drain(self) -> list[Heard]:
        """What was scored since the last call."""

    def forecasts(self, made: NDArray[Any]) -> dict[str, Floats]:
        """p2, p6, p24, p72, tto_p10_h, tto_p50_h, tto_p90_h of rows of ``made``."""


@dataclass(frozen=True, slots=True)
class Alarms:
    """Alarms of every kind; ``cleared_ms`` is :data:`NEVER` while one still stands at the end."""

    tank: Ints
    raised_ms: Ints
    cleared_ms: Ints
    grade: Ints
    p24: Floats
    tto_p10_h: Floats
    tto_p50_h: Floats
    tto_p90_h: Floats
    kind: list[str]
    reason: list[str]

    def __len__(self) -> int:
        return len(self.tank)


@dataclass(frozen=True, slots=True)
class Predictions:
    """What was forecast at each scored reading, in order of arrival."""

    tank: Ints
    measured_ms: Ints
    received_ms: Ints
    grade: Ints
    p2: Floats
    p6: Floats
    p24: Floats
    p72: Floats
    tto_p10_h: Floats
    tto_p50_h: Floats
    tto_p90_h: Floats
    score: Floats

    def __len__(self) -> int:
        return len(self.tank)


@dataclass(frozen=True, slots=True)
class Watch:
    """From when until when each tank counts, milliseconds; equal where it never does."""

    from_ms: Ints
    to_ms: Ints


@dataclass(frozen=True, slots=True)
class Truth:
    """Physical events, :data:`NEVER` where a thing did not happen or is not known.

    ``seen_ms`` is when a rise could first be seen, ``oracle_ms`` when a detector that
    knows everything would have fired.
    """

    tank: Ints
    onset_ms: Ints
    overflow_ms: Ints
    cleared_ms: Ints
    seen_ms: Ints
    oracle_ms: Ints
    kind: list[str]

    def __len__(self) -> int:
        return len(self.tank)


@dataclass(frozen=True, slots=True)
class Causes:
    """Why readings rose without an event: windows by tank, milliseconds."""

    tank: Ints
    from_ms: Ints
    to_ms: Ints
    cause: list[str]


@dataclass(frozen=True, slots=True)
class Played:
    """The outcome of one run."""

    alarms: Alarms
    predictions: Predictions
    watch: Watch
    problems: list[Problem] = field(default_factory=list)
