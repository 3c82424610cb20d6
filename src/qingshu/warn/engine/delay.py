"""On-delay and off-delay, in samples and in time, for many tanks at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qingshu.warn.engine.contract import Array

RED = 4  # Severity.
FULL = 254  # Counters stop here; one byte holds them.


@dataclass(frozen=True, slots=True)
class Delays:
    """How long an opinion must hold before it counts: samples and seconds, both.

    ``urgent_s`` stands in for ``on_s`` while red is wanted.
    """

    on_samples: int
    on_s: float
    urgent_s: float
    off_samples: int
    off_s: float


def counted(count: Array, running: Array) -> Array:
    """One more where the run goes on, 0 where it has ended, never past one byte."""
    return np.where(running, np.minimum(count, FULL) + np.uint8(1), np.uint8(0))


def settle(
    held: dict[str, Array],
    channel: int,
    want: Array,
    hold: Array,
    at_s: Array,
    frozen: Array,
    delays: Delays,
) -> Array:
    """Advance the severity of one channel and return what it was before.

    ``want`` is the severity that strict limits give, ``hold`` what limits widened by the
    deadband give. A rise settles on the *lowest* severity wanted during its run, a fall
    on the *highest* held during its own, so no single sample decides. ``frozen`` tanks
    may rise but never fall. ``held`` is changed in place.
    """
    current = held[f"cur_{channel}"]
    rising = want > current
    risen = _rise(held, channel, want, at_s, rising, delays)
    falling = (hold < current) & ~rising & ~frozen
    if not (falling.any() or held[f"down_n_{channel}"].any()):
        after = np.where(risen, held[f"up_sev_{channel}"], current)
    else:
        fallen = _fall(held, channel, hold, at_s, falling, delays)
        after = np.where(
            risen,
            held[f"up_sev_{channel}"],
            np.where(fallen, held[f"down_sev_{channel}"], current),
        )
        held[f"down_n_{channel}"] = np.where(fallen, np.uint8(0), held[f"down_n_{channel}"])
    if risen.any():
        held[f"up_n_{channel}"] = np.where(risen, np.uint8(0), held[f"up_n_{channel}"])
    held[f"cur_{channel}"] = after
    return current


def _rise(
    held: dict[str, Array], channel: int, want: Array, at_s: Array, rising: Array, delays: Delays
) -> Array:
    count = held[f"up_n_{channel}"]
    if not rising.any():
        held[f"up_n_{channel}"] = np.zeros_like(count)
        return rising
    running = rising & (count > 0)
    kept = held[f"up_sev_{channel}"]
    lowest = np.where(running, np.minimum(kept, want), np.where(rising, want, kept))
    since = np.where(rising & ~running, at_s, held[f"up_since_{channel}"])
    count = counted(count, rising)
    held[f"up_n_{channel}"] = count
    held[f"up_sev_{channel}"] = lowest.astype(np.uint8)
    held[f"up_since_{channel}"] = since.astype(np.uint32)
    needed_s = np.where(want >= RED, delays.urgent_s, delays.on_s)
    return rising & (count >= delays.on_samples) & (at_s - since >= needed_s)


def _fall(
    held: dict[str, Array], channel: int, hold: Array, at_s: Array, falling: Array, delays: Delays
) -> Array:
    count = held[f"down_n_{channel}"]
    running = falling & (count > 0)
    kept = held[f"down_sev_{channel}"]
    highest = np.where(running, np.maximum(kept, hold), np.where(falling, hold, kept))
    since = np.where(falling & ~running, at_s, held[f"down_since_{channel}"])
    count = counted(count, falling)
    held[f"down_n_{channel}"] = count
    held[f"down_sev_{channel}"] = highest.astype(np.uint8)
    held[f"down_since_{channel}"] = since.astype(np.uint32)
    return falling & (count >= delays.off_samples) & (at_s - since >= delays.off_s)
