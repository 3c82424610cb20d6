"""Reading the readings: in pieces, about 40 bytes a row, each doubt counted by its code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qingshu.warn.backtest.errors import FileEmpty, FileUnreadable, TankUnknown
from qingshu.warn.backtest.files import instants, need_columns, numbers, places, zoneless
from qingshu.warn.backtest.model import HOUR_MS, NEVER, Ints, Problem, Series, Tanks

PIECE_ROWS = 500_000
COLUMNS = ("tank", "measured_at", "level_m")
# A median level this far out of the tank, that a hundredth or thousandth would put into it.
UNIT_M = 5.0
UNITS = ((100.0, "centimetres"), (1000.0, "millimetres"))
# A tank's clock is suspect when readings mostly come this much before or after their time.
CLOCK_MS = HOUR_MS
FUTURE_MS = 600_000

Progress = Callable[[int], None]


@dataclass
class _Pieces:
    """What was read so far."""

    tank: list[NDArray[np.int32]] = field(default_factory=list)
    measured: list[Ints] = field(default_factory=list)
    received: list[Ints] = field(default_factory=list)
    level: list[NDArray[np.float32]] = field(default_factory=list)
    bad: dict[tuple[str, str], int] = field(default_factory=dict)
    rows: int = 0
    zoneless: bool = False

    def count(self, code: str, mask: NDArray[np.bool_], names: pl.Series) -> None:
        """Add the rows of a mask to a code, by tank."""
        if mask.any():
            found = names.filter(pl.Series(mask)).cast(pl.String).fill_null("").value_counts()
            for name, count in found.iter_rows():
                self.bad[code, name] = self.bad.get((code, name), 0) + count


_WORDS = {
    "time_unreadable": "Expected ISO 8601 or epoch seconds from 1970 to 2100",
    "level_not_a_number": "Expected a finite level in metres",
    "tank_not_listed": "Expected a tank of the list",
}


def read_readings(
    path: Path, tanks: Tanks, progress: Progress | None = None
) -> tuple[Series, list[Problem]]:
    """All readings in order of arrival, and what was wrong with the others.

    Row order is the order of delivery of each tank. Without ``received_at`` a reading is
    taken to arrive at its own time, or when the newest one before it in the file did.
    Raises an error where no row can be used.
    """
    pieces = _Pieces()
    for part in _parts(path):
        _take(pieces, part, tanks, path)
        if progress is not None:
            progress(pieces.rows)
    if pieces.rows == 0:
        msg = f"Expected rows in {path.name}, got none."
        raise FileEmpty(msg, file=path.name)
    problems = [
        Problem(code, name, count, f"{_WORDS[code]}; {count} rows are left out.")
        for (code, name), count in sorted(pieces.bad.items())
    ]
    if pieces.zoneless:
        message = "Times state no zone; they are read as UTC."
        problems.append(Problem("time_without_zone", "", pieces.rows, message))
    series = _joined(pieces)
    if len(series) == 0:
        _refuse(pieces, path)
    return _in_order(series, tanks, problems)


def _refuse(pieces: _Pieces, path: Path) -> None:
    codes = sorted({code for code, _ in pieces.bad})
    msg = f"Expected usable rows in {path.name}, got none of {pieces.rows}: {', '.join(codes)}."
    if codes == ["tank_not_listed"]:
        raise TankUnknown(msg, file=path.name)
    raise FileEmpty(msg, file=path.name, codes=codes)


def _parts(path: Path) -> Iterator[pl.DataFrame]:
    try:
        if path.suffix.lower() == ".parquet":
            lazy = pl.scan_parquet(path)
        else:
            lazy = pl.scan_csv(path, infer_schema=False)
        yield from lazy.collect_batches(chunk_size=PIECE_ROWS, maintain_order=True)
    except pl.exceptions.NoDataError as error:
        msg = f"Expected rows in {path.name}, got an empty file."
        raise FileEmpty(msg, file=path.name) from error
    except (pl.exceptions.PolarsError, OSError, UnicodeError) as error:
        msg = f"Expected {path.name} to be csv or parquet: {str(error)[:200]}"
        raise FileUnreadable(msg, file=path.name) from error


def _take(pieces: _Pieces, part: pl.DataFrame, tanks: Tanks, path: Path) -> None:
    part = part.rename({name: name.strip().lstrip("\ufeff").lower() for name in part.columns})
    need_columns(part, COLUMNS, path.name)
    pieces.rows += part.height
    if part.height == 0:
        return
    pieces.zoneless |= zoneless(part["measured_at"])
    names = part["tank"]
    place = places(names, tanks.name)
    known = place >= 0
    listed = known & tanks.usable[place]
    at = instants(part["measured_at"]).fill_null(NEVER).to_numpy()
    level = numbers(part["level_m"])
    came = at
    if "received_at" in part.columns:
        came = instants(part["received_at"]).fill_null(NEVER).to_numpy()
        came = np.where(came < 0, at, came)
    timed, finite = at >= 0, np.isfinite(level)
    pieces.count("tank_not_listed", ~known, names)
    pieces.count("time_unreadable", listed & ~timed, names)
    pieces.count("level_not_a_number", listed & timed & ~finite, names)
    good = listed & timed & finite
    place = place[good]
    pieces.tank.append(place.astype(np.int32))
    pieces.measured.append(at[good])
    given = "received_at" in part.columns
    pieces.received.append(came[good] if given else np.full(len(place), NEVER, np.int64))
    pieces.level.append((level[good] - tanks.floor_m[place]).astype(np.float32))


def _joined(pieces: _Pieces) -> Series:
    if not pieces.tank:
        empty = np.empty(0, np.int64)
        return Series(np.empty(0, np.int32), empty, empty, np.empty(0, np.float32))
    series = Series(
        np.concatenate(pieces.tank), np.concatenate(pieces.measured),
        np.concatenate(pieces.received), np.concatenate(pieces.level),
    )  # fmt: skip
    for one in (pieces.tank, pieces.measured, pieces.received, pieces.level):
        one.clear()
    return series


def _in_order(
    series: Series, tanks: Tanks, problems: list[Problem]
) -> tuple[Series, list[Problem]]:
    by_tank = np.argsort(series.tank, kind="stable")
    tank, measured = series.tank[by_tank], series.measured_ms[by_tank]
    level, received = series.level_m[by_tank], series.received_ms[by_tank]
    starts = np.flatnonzero(np.diff(tank, prepend=-1))
    ends = np.append(starts[1:], len(tank))
    keep = np.ones(len(tank), bool)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        cut = slice(start, end)
        at = measured[cut]
        problems += _doubts(tanks, int(tank[start]), at, received[cut], level[cut])
        if received[start] < 0:
            received[cut] = np.maximum.accumulate(at)
        first = np.zeros(end - start, bool)
        first[np.unique(at, return_index=True)[1]] = True
        keep[cut] = first & _right_unit(tanks, int(tank[start]), level[cut])
        problems += _left_out(tanks, int(tank[start]), at, first)
    order = np.argsort(received[keep], kind="stable")
    chosen = np.flatnonzero(keep)[order]
    if len(chosen) == 0:
        msg = "Expected levels in metres between outlet and cover, got none."
        raise FileEmpty(msg, codes=sorted({p.code for p in problems}))
    return Series(tank[chosen], measured[chosen], received[chosen], level[chosen]), problems


def _right_unit(tanks: Tanks, place: int, level: NDArray[np.float32]) -> bool:
    return _unit(tanks, place, level) is None


def _unit(tanks: Tanks, place: int, level: NDArray[np.float32]) -> str | None:
    """The unit that the levels seem to be in, None where metres are plausible."""
    floor, outlet = float(tanks.floor_m[place]), float(tanks.outlet_m[place])
    middle, top = float(np.median(level)), float(tanks.cover_m[place])
    if middle - outlet > -UNIT_M and middle - top < UNIT_M:
        return None
    for factor, word in UNITS:
        meant = (middle + floor) / factor - floor
        if outlet - UNIT_M / 2 < meant < top + UNIT_M / 2:
            return word
    return "another unit or datum"


def _doubts(
    tanks: Tanks, place: int, at: Ints, came: Ints, level: NDArray[np.float32]
) -> list[Problem]:
    name, count, found = tanks.name[place], len(at), []
    unit = _unit(tanks, place, level)
    if unit is not None:
        middle = float(np.median(level)) + float(tanks.floor_m[place])
        found.append(Problem(
            "level_unit_suspect", name, count,
            f"Expected metres near outlet and cover, got a median of {middle:.3f}: looks like "
            f"{unit}. The tank is left out.",
        ))  # fmt: skip
    if count > 10 and float(np.ptp(level)) == 0.0:
        found.append(Problem("level_constant", name, count, "The level never changes."))
    if came[0] >= 0:
        gap = float(np.median(came - at))
        if gap < -FUTURE_MS or gap > CLOCK_MS:
            found.append(Problem(
                "clock_suspect", name, count,
                f"Readings come {gap / HOUR_MS:.1f} h after their own time in the median; rows "
                "from the future and late rows do not change alarms.",
            ))  # fmt: skip
    return found


def _left_out(tanks: Tanks, place: int, at: Ints, first: NDArray[np.bool_]) -> list[Problem]:
    name, found = tanks.name[place], []
    again = int((~first).sum())
    if again:
        found.append(Problem(
            "reading_repeated", name, again, "The same instant came before; the first counts."
        ))  # fmt: skip
    late = int((at < np.maximum.accumulate(at))[first].sum())
    if late:
        found.append(Problem(
            "reading_out_of_order", name, late,
            "A newer reading came before; such rows change no alarm.",
        ))  # fmt: skip
    return found
