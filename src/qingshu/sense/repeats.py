"""Which of the doubtful rows are there already: in the log or earlier in their batch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qingshu.sense.model import Batch, Int64s

# Sensor, quantity and measured instant: what makes a reading the same reading.
Key = tuple[int, int, int]


def repeats(batch: Batch, fresh: NDArray[np.bool_], known: set[Key]) -> Int64s:
    """Positions of rows that are in the log already or earlier in the batch."""
    doubtful = np.flatnonzero(~fresh)
    times = np.unique(batch.measured_ms[doubtful])
    nearby = np.flatnonzero(fresh & np.isin(batch.measured_ms, times))
    known = known | set(_keys(batch, nearby))
    repeated = []
    for at, key in zip(doubtful.tolist(), _keys(batch, doubtful), strict=True):
        if key in known:
            repeated.append(at)
        known.add(key)
    return np.array(repeated, np.int64)


def _keys(batch: Batch, at: Int64s) -> list[Key]:
    columns = (batch.sensor[at], batch.quantity[at], batch.measured_ms[at])
    return list(zip(*(column.tolist() for column in columns), strict=True))
