"""Tunable numbers of the simulated city, each with unit, range and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from qingshu.kernel.errors import InvalidInput


def _check(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        msg = f"Expected {name} in [{low}, {high}], got {value}."
        raise InvalidInput(msg, **{name: value})


@dataclass(frozen=True, slots=True)
class WorldParams:
    """Size of the world. The defaults are the demo city of the blueprint."""

    seed: int = 20
    tanks: int = 2000  # Count, 50 to 50,000; Jinan's first station has about 20,000.
    sensors: int = 600  # Count, at most one a tank.
    trucks: int = 40  # Count, 2 to 200.

    def __post_init__(self) -> None:
        _check("tanks", self.tanks, 50, 50_000)
        _check("sensors", self.sensors, 1, self.tanks)
        _check("trucks", self.trucks, 2, 200)


@dataclass(frozen=True, slots=True)
class HydraulicParams:
    """Inflow, outlet weir, rain. Distributions follow the reference simulator."""

    step_s: float = 120.0  # Length of one physical step, seconds, 30 to 300.
    rise_median_m_day: float = 1.0  # Rise at mean inflow with a shut outlet, m/day.
    rise_log_sd: float = 0.5
    rise_min_m_day: float = 0.3
    rise_max_m_day: float = 3.5
    head_min_m: float = 0.008  # Weir head at mean inflow, metres.
    head_max_m: float = 0.030
    gamma_shape_min: float = 0.15  # Burstiness of 2-minute inflow; small tanks are bursty.
    gamma_shape_max: float = 4.0
    day_ar: float = 0.8  # Day factor, log AR(1).
    day_sd: float = 0.108
    weekend_factor: float = 1.1
    rain_gap_days: float = 4.0  # Mean gap between storms, days.
    rain_memory_h: float = 5.0  # Smoothing of rain into infiltration, hours.
    leaky_share: float = 0.3  # Share of tanks with strong infiltration.

    def __post_init__(self) -> None:
        _check("step_s", self.step_s, 30.0, 300.0)
        _check("leaky_share", self.leaky_share, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class BlockageParams:
    """How often outlets block, how fast, how they clear."""

    # The reference uses 4 a tank-year, raised to get statistics. The demo keeps that for
    # 2,000 tanks and caps the city at what 40 trucks can serve.
    per_tank_year: float = 4.0
    city_per_day_max: float = 24.0
    sudden_share: float = 0.45
    gradual_share: float = 0.30  # The rest is partial and clears itself.
    owner_clears_h_min: float = 20.0  # An owner clears what no crew came for, hours.
    owner_clears_h_max: float = 60.0

    def __post_init__(self) -> None:
        _check("per_tank_year", self.per_tank_year, 0.0, 50.0)
        _check("sudden_share", self.sudden_share + self.gradual_share, 0.0, 1.0)

    def rate_per_tank_day(self, tanks: int) -> float:
        """Blockages a tank a day in a city of ``tanks``.

        >>> round(BlockageParams().rate_per_tank_day(2000) * 2000, 1)
        21.9
        """
        return min(self.per_tank_year / 365.0, self.city_per_day_max / tanks)


@dataclass(frozen=True, slots=True)
class ProbeParams:
    """How bad the level sensors are. Figures of the reference simulator."""

    noise_min_m: float = 0.002
    noise_max_m: float = 0.008
    coarse_share: float = 0.5  # Half report whole centimetres, half millimetres.
    datum_sd_m: float = 0.02
    outages_per_year: float = 1.5
    outage_mean_h: float = 12.0
    stuck_per_year: float = 1.5
    spike_share: float = 0.004
    foam_per_year: float = 4.0  # Foam or false echo, 3 to 35 cm, 1 to 24 h.
    blind_m: float = 0.05  # Readings never rise further than this above the cover.

    def __post_init__(self) -> None:
        _check("coarse_share", self.coarse_share, 0.0, 1.0)
        _check("spike_share", self.spike_share, 0.0, 1.0)
