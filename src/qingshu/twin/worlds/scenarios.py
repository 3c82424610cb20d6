"""The permanent scenarios: what tanks, weather, obstructions and sensors a world is drawn from.

Unless a line says otherwise the numbers are those of the project's measured study of
detectors ("EW", early-warning, section 3). "SQ" is the published quality table of 113 real
sewer level sensors over one year at 5-minute steps (coverage p10/50/90 .80/.95/.976, longest
gap median 129 h and p90 1,019 h, longest flat stretch median 6.8 h and p90 173 h, adjacent
equal readings .28). Only these rates are used; the data itself is not shipped. "Own choice"
has no source.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from qingshu.kernel.errors import InvalidInput, NotFound

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Traits:
    """What tanks are like: metres, metres a day, hours."""

    rise_median_m_day: float = 1.0
    rise_log_sd: float = 0.5
    rise_m_day: Range = (0.3, 3.5)
    freeboard_m: Range = (0.25, 0.8)
    head_m: Range = (0.008, 0.030)
    outlet_m: Range = (1.6, 2.4)  # Own choice; only differences matter to the physics.
    burst: Range = (0.15, 4.0)
    phase_sd_h: float = 1.0
    day_ar: float = 0.8
    day_sd: float = 0.108
    weekend: float = 1.1
    leaky_share: float = 0.30
    leak: Range = (0.05, 0.5)  # m/day for each mm/h of smoothed rain; other tanks below it.
    surcharge_share: float = 0.25
    surcharge_m: Range = (0.02, 0.15)
    surcharge_from_mm_h: Range = (1.0, 4.0)
    # Backwater stays below this share of the freeboard: the sewer spills elsewhere first.
    # Own choice; it keeps overflows without an obstruction rare, as in EW.
    surcharge_cap: float = 0.6
    scum_m_180d: float = 0.08
    desludge_every_d: float = 240.0
    desludge_drop_m: Range = (0.5, 1.4)


@dataclass(frozen=True, slots=True)
class Climate:
    """Storms: gaps in days, lengths in hours, totals in mm."""

    gap_d: float = 4.0
    length_shape: float = 2.0
    length_scale_h: float = 2.5
    total_log_mean: float = 2.0
    total_log_sd: float = 1.0
    total_max_mm: float = 120.0
    weights_shape: float = 0.8
    memory_h: float = 5.0


@dataclass(frozen=True, slots=True)
class Obstructions:
    """What shuts outlets. Rates are raised above any real city's to get statistics."""

    per_tank_year: float = 4.0
    first_day: float = 14.0
    apart_d: float = 4.0
    sudden_share: float = 0.45
    gradual_share: float = 0.30
    full: Range = (0.97, 1.0)
    sudden_h: Range = (1 / 6, 2.0)
    gradual_d: Range = (0.5, 5.0)
    partial: Range = (0.6, 0.98)
    partial_h: Range = (1 / 6, 6.0)
    partial_clears_h: Range = (3.0, 30.0)
    cleared_after_h: Range = (2.0, 12.0)
    emptied_share: float = 0.6
    unnoticed_d: float = 12.0


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor model and its faults; rates a year, lengths in hours, sizes in metres."""

    name: str
    noise_m: Range = (0.002, 0.008)
    step_m: float = 0.001
    datum_sd_m: float = 0.02
    temperature_m: float = 0.003
    wander_m: float = 0.0  # Slow wander with a memory of 6 h (condensation), sd.
    loss: tuple[float, float] = (1.2, 40.0)  # Beta; single losses. With outages: SQ coverage.
    # SQ: four outages a year, log-normal, give a longest gap of median 133 h, p90 800 h.
    outages: float = 4.0
    outage_median_h: float = 20.0
    outage_log_sd: float = 1.9
    outage_max_h: float = 1440.0
    stored_share: float = 0.3  # Outages after which what was measured comes late. Own choice.
    # SQ: longest flat stretch of a year, median 6.8 h, p90 173 h.
    stuck: float = 1.5
    stuck_median_h: float = 6.0
    stuck_log_sd: float = 1.9
    stuck_max_h: float = 480.0
    stuck_offset_share: float = 0.3
    spike_share: float = 0.004
    spike_up: float = 0.75
    foam: float = 4.0
    foam_h: Range = (1.0, 24.0)
    foam_log_uniform: bool = False
    foam_m: Range = (0.03, 0.35)
    drift: float = 0.0  # Steady drifts a year; own choice, pressure cells only.
    jumps: float = 0.0  # Datum steps a year, 1 to 5 cm; own choice.
    blind_m: float = 0.05  # Readings never rise further than this above the cover.


COARSE = Sensor("sonic-1cm", step_m=0.01)
FINE = Sensor("sonic-1mm", noise_m=(0.002, 0.006))
PRESSURE = Sensor(
    "pressure", noise_m=(0.001, 0.004), foam=0.5, drift=1.0, temperature_m=0.005, datum_sd_m=0.015
)
RADAR = Sensor(
    "radar",
    noise_m=(0.001, 0.003),
    step_m=0.005,
    temperature_m=0.008,
    wander_m=0.012,
    spike_share=0.008,
    spike_up=0.25,
    jumps=3.0,
    foam=3.0,
    blind_m=-0.05,
    loss=(1.5, 20.0),
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything a world is drawn from. ``stream`` keeps the scenarios' chance apart."""

    name: str
    stream: int
    interval_min: int = 10
    traits: Traits = field(default_factory=Traits)
    climate: Climate = field(default_factory=Climate)
    obstructions: Obstructions = field(default_factory=Obstructions)
    # Sensor models with their shares.
    sensors: tuple[tuple[Sensor, float], ...] = ((COARSE, 0.5), (FINE, 0.5))


_TEST = Scenario(
    "test",
    stream=3,
    climate=Climate(gap_d=3.5, total_log_mean=2.1),
    sensors=((COARSE, 0.4), (FINE, 0.4), (PRESSURE, 0.2)),
)


def _foam(sensor: Sensor) -> Sensor:
    return replace(sensor, foam=3 * sensor.foam, foam_h=(1.0, 168.0), foam_log_uniform=True)


def _sampled(minutes: int, stream: int) -> Scenario:
    return replace(_TEST, name=f"sampling-{minutes}", stream=stream, interval_min=minutes)


SCENARIOS: dict[str, Scenario] = {
    found.name: found
    for found in (
        Scenario("train", stream=1),
        Scenario(
            "calibrate",
            stream=2,
            climate=Climate(gap_d=4.5, total_log_sd=1.1),
            sensors=((COARSE, 0.45), (FINE, 0.45), (PRESSURE, 0.1)),
        ),
        _TEST,
        replace(
            _TEST,
            name="foam3",
            stream=4,
            sensors=tuple((_foam(sensor), share) for sensor, share in _TEST.sensors),
        ),
        replace(
            _TEST,
            name="retention2",
            stream=5,
            traits=Traits(rise_median_m_day=0.5, rise_m_day=(0.15, 1.75)),
        ),
        replace(
            _TEST,
            name="climate",
            stream=6,
            climate=Climate(
                gap_d=7.0, length_shape=1.2, length_scale_h=1.5, total_log_mean=3.2,
                total_log_sd=0.9, total_max_mm=200.0,
            ),
            traits=Traits(leaky_share=0.5, surcharge_share=0.4),
        ),
        _sampled(5, 7),
        _sampled(15, 8),
        _sampled(30, 9),
        _sampled(60, 10),
        replace(_TEST, name="sensor-unseen", stream=11, sensors=((RADAR, 1.0),)),
    )
}  # fmt: skip

SHIFTED = tuple(name for name in SCENARIOS if name not in ("train", "calibrate", "test"))


def scenario_of(name: str, interval_min: int | None = None) -> Scenario:
    """A scenario by its permanent id; ``interval_min`` samples it more or less often.

    Raises ``NotFound`` for an unknown id and ``InvalidInput`` where the interval is not a
    multiple of 5 minutes up to 240.

    >>> scenario_of("sampling-15").interval_min
    15
    """
    if name not in SCENARIOS:
        msg = f"Expected one of {', '.join(SCENARIOS)}, got {name!r}."
        raise NotFound(msg, scenario=name)
    if interval_min is None:
        return SCENARIOS[name]
    if interval_min % 5 or not 5 <= interval_min <= 240:
        msg = f"Expected an interval in 5, 10, … 240 minutes, got {interval_min}."
        raise InvalidInput(msg, interval_min=interval_min)
    return replace(SCENARIOS[name], interval_min=interval_min)
