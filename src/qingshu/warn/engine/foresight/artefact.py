"""The shipped model: forests, maps and bars in one small file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np

from qingshu.warn.engine.contract import Array
from qingshu.warn.engine.foresight.excursion import FEATURES
from qingshu.warn.engine.foresight.forest import Forest, Logistic, Monotone
from qingshu.warn.engine.foresight.memory import SCORE_BINS
from qingshu.warn.errors import ModelUnreadable

SHIPPED = "foresight.npz"
HORIZONS_H = (2, 6, 24, 72)
QUANTILES = (10, 50, 90)
VERSION = 1
LONGEST_H = 240.0


@dataclass(frozen=True, slots=True)
class Learned:
    """Everything that training found; see the model card for how.

    ``budgets`` (false alarms a tank-year) and ``bars`` (log-odds) are the operating curve of
    the calibration worlds; ``true_peaks`` and ``false_peaks`` the shares of excursions of
    either kind that peaked in each score bin there.
    """

    score: Forest
    logistic: Logistic
    within: dict[int, Forest]
    chance: dict[int, Monotone]
    hours: dict[int, Forest]
    widen: Array
    widen_at: Array
    budgets: Array
    bars: Array
    urgent_bonus: float
    urgent_h: float
    true_peaks: Array
    false_peaks: Array
    card: dict[str, Any]

    def bar(self, budget: float) -> float:
        """Log-odds an excursion must reach for this many false alarms a tank-year."""
        return float(np.interp(np.log(budget), np.log(self.budgets), self.bars))

    def urgency(self, hours: Array) -> Array:
        """What is added to a score because little time is left, log-odds."""
        added: Array = self.urgent_bonus * np.clip(1.0 - hours / self.urgent_h, 0.0, 1.0)
        return added

    def probability(self, rows: Array, horizon_h: int) -> Array:
        """Probability of overflow within ``horizon_h`` hours."""
        return self.chance[horizon_h](self.within[horizon_h].raw(rows))

    def left(self, rows: Array) -> Array:
        """10, 50 and 90 % points of hours to overflow, one row each; never crossing."""
        logs = [self.hours[q].raw(rows) for q in QUANTILES]
        middle = logs[1]
        wider = np.stack([np.interp(middle, self.widen_at, side) for side in self.widen])
        low = np.minimum(logs[0], middle) - wider[0]
        high = np.maximum(logs[2], middle) + wider[1]
        ends = np.minimum(low, middle), middle, np.maximum(high, middle)
        found: Array = np.clip(np.exp(np.stack(ends, axis=1)), 0.05, LONGEST_H * 4)
        return found

    def to_bytes(self) -> bytes:
        """One compressed file."""
        arrays: dict[str, Array] = self.score.arrays("score")
        for horizon in HORIZONS_H:
            arrays |= self.within[horizon].arrays(f"within{horizon}")
            arrays[f"chance{horizon}.x"] = self.chance[horizon].x
            arrays[f"chance{horizon}.y"] = self.chance[horizon].y
        for q in QUANTILES:
            arrays |= self.hours[q].arrays(f"hours{q}")
        for part in ("middle", "scale", "weight"):
            arrays[f"logistic.{part}"] = getattr(self.logistic, part)
        for name in ("widen", "widen_at", "budgets", "bars", "true_peaks", "false_peaks"):
            arrays[name] = getattr(self, name)
        numbers = (self.logistic.offset, self.urgent_bonus, self.urgent_h)
        arrays["numbers"] = np.array(numbers)
        head = {"version": VERSION, "features": FEATURES, "card": self.card}
        arrays["head"] = np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), np.uint8)
        out = BytesIO()
        np.savez_compressed(out, allow_pickle=False, **arrays)
        return out.getvalue()

    @classmethod
    def from_bytes(cls, blob: bytes) -> Learned:
        """The model again; raises :class:`ModelUnreadable` for another layout."""
        try:
            with np.load(BytesIO(blob), allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            head = json.loads(arrays["head"].tobytes())
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            msg = "Expected a model file of this engine, got something else or a damaged one."
            raise ModelUnreadable(msg) from error
        # New features are added at the end, so a model may know only the first of them.
        known = tuple(head.get("features", ()))
        if head.get("version") != VERSION or not known or FEATURES[: len(known)] != known:
            msg = f"Expected a model of layout {VERSION} with this engine's features; train again."
            raise ModelUnreadable(msg)
        offset, bonus, urgent_h = arrays["numbers"].tolist()
        return cls(
            score=Forest.load(arrays, "score"),
            logistic=Logistic(
                arrays["logistic.middle"], arrays["logistic.scale"], arrays["logistic.weight"],
                offset,
            ),
            within={h: Forest.load(arrays, f"within{h}") for h in HORIZONS_H},
            chance={h: Monotone(arrays[f"chance{h}.x"], arrays[f"chance{h}.y"])
                    for h in HORIZONS_H},
            hours={q: Forest.load(arrays, f"hours{q}") for q in QUANTILES},
            widen=arrays["widen"], widen_at=arrays["widen_at"], budgets=arrays["budgets"],
            bars=arrays["bars"], urgent_bonus=bonus, urgent_h=urgent_h,
            true_peaks=arrays["true_peaks"], false_peaks=arrays["false_peaks"],
            card=head["card"],
        )  # fmt: skip


@cache
def shipped() -> Learned:
    """The model that came with the product, read once."""
    blob = resources.files("qingshu.warn.models").joinpath(SHIPPED).read_bytes()
    return Learned.from_bytes(blob)


def blank() -> Learned:
    """A model that knows nothing and never alarms: for collecting what to learn from."""
    zeros = np.zeros((1, 1))
    none = Forest(np.zeros((1, 1), np.uint8), zeros, zeros.astype(np.uint16),
                  zeros.astype(np.uint16), zeros, 1)  # fmt: skip
    flat = Monotone(np.zeros(1), np.zeros(1))
    wide = np.zeros(2 * len(FEATURES))
    even = np.full(SCORE_BINS, 1 / SCORE_BINS)
    return Learned(
        score=none, logistic=Logistic(wide, wide + 1, wide, 0.0),
        within=dict.fromkeys(HORIZONS_H, none), chance=dict.fromkeys(HORIZONS_H, flat),
        hours=dict.fromkeys(QUANTILES, none), widen=np.zeros((2, 1)), widen_at=np.zeros(1),
        budgets=np.array([0.005, 10.0]), bars=np.array([1e9, 1e9]), urgent_bonus=0.0,
        urgent_h=12.0, true_peaks=even, false_peaks=even, card={},
    )  # fmt: skip
