"""A world as the files that ``qingshu warn backtest`` and ``warn score`` read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from qingshu.twin.worlds.world import World


def write(world: World, folder: Path) -> dict[str, Path]:
    """T.csv, R.parquet, F.csv, E.csv and C.csv in ``folder``; their paths by letter.

    C.csv names what else moved the readings (foam, stuck, drift, refill …), for the causes
    of false alarms.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.csv" for name in "TFEC"}
    paths["R"] = folder / "R.parquet"
    tanks(world).write_csv(paths["T"])
    readings(world).write_parquet(paths["R"])
    rain(world).write_csv(paths["F"])
    truth(world).write_csv(paths["E"])
    causes(world).write_csv(paths["C"])
    return paths


def tanks(world: World) -> pl.DataFrame:
    """tank, outlet_m, cover_m, area_m2, residents, lat, lon, sensor_model."""
    s = world.station
    return pl.DataFrame(
        {
            "tank": s.name,
            "outlet_m": s.outlet_m,
            "cover_m": s.cover_m,
            "area_m2": s.area_m2,
            "residents": s.residents,
            "lat": s.lat,
            "lon": s.lon,
            "sensor_model": s.sensor_model,
        }
    )


def readings(world: World) -> pl.DataFrame:
    """tank, measured_at, received_at, level_m in order of arrival."""
    found = world.readings()
    names = pl.Series(world.station.name)
    return pl.DataFrame(
        {
            "tank": names.gather(found.tank),
            "measured_at": _instants(found.measured_ms),
            "received_at": _instants(found.received_ms),
            "level_m": found.level_m,
        }
    )


def rain(world: World) -> pl.DataFrame:
    """time, mm: what fell in the interval before; dry intervals are left out but the last."""
    wet = world.rain_mm > 0
    wet[-1] = True
    return pl.DataFrame(
        {"time": _instants(world.base_ms).filter(pl.Series(wet)), "mm": world.rain_mm[wet].round(3)}
    )


def truth(world: World) -> pl.DataFrame:
    """tank, kind, onset_at, overflow_at, cleared_at, visible_at, oracle_at."""
    t = world.truth
    return pl.DataFrame(
        {
            "tank": [world.station.name[k] for k in t.tank.tolist()],
            "kind": t.kind,
            "onset_at": _instants(t.onset_ms),
            "overflow_at": _instants(t.overflow_ms),
            "cleared_at": _instants(t.cleared_ms),
            "visible_at": _instants(t.visible_ms),
            "oracle_at": _instants(t.oracle_ms),
        },
        schema_overrides={"tank": pl.String, "kind": pl.String},
    )


def causes(world: World) -> pl.DataFrame:
    """tank, cause, from_at, to_at."""
    return pl.DataFrame(
        {
            "tank": [world.station.name[c.tank] for c in world.causes],
            "cause": [c.cause for c in world.causes],
            "from_at": _instants([c.from_ms for c in world.causes]),
            "to_at": _instants([c.to_ms for c in world.causes]),
        },
        schema_overrides={"tank": pl.String, "cause": pl.String},
    )


def _instants(ms: Any) -> pl.Series:
    """Instants in UTC; -1 becomes blank."""
    found = pl.Series(ms, dtype=pl.Int64)
    found = found.set(found < 0, None) if len(found) else found
    return found.cast(pl.Datetime("ms")).dt.replace_time_zone("UTC")
