"""Tunable numbers of the warn room, each with unit, range and source.

"EW" is ``early-warning``, the project's measured study of detectors on simulated tanks;
"own choice" marks a number that waits for field data. Override any of them in
``[params.warn]`` of the settings file.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from qingshu.kernel.errors import InvalidInput

HOUR_S = 3600.0
ENGINES = ("first", "foresight")
BUDGET_RANGE = (0.005, 10.0)


@dataclass(frozen=True, slots=True)
class WarnParams:
    """Numbers of the first rule, the grades and the alarm life cycle."""

    # --- Which engine judges levels: "first" or "foresight".
    engine: str = "first"

    # --- Foresight. False alarms a tank-year that the station accepts, [0.005, 10].
    alarm_budget: float = 0.1
    # Hours until a tank is judged by the learned engine; the first rule watches before.
    # Own choice: three days teach the tank's day and noise (EW 4.2).
    learned_after_h: float = 72.0
    # Log-odds below the bar at which a standing alarm still holds, (0, 5). Own choice.
    bar_hysteresis: float = 1.0
    # Hours from a call to a hose in the tank, (0, 24). Red: overflow is expected (middle
    # estimate) before a truck that leaves now is there. Orange and yellow: within so many
    # times that. A grade is also reached by probability alone: red within 2 h, orange
    # within 6 h, yellow within 24 h.
    response_h: float = 2.0
    orange_responses: float = 3.0
    yellow_responses: float = 12.0
    grade_probability: float = 0.5

    # --- Absolute grades: freeboard left, metres; each also capped as a share of the
    # --- tank's own normal freeboard (cover minus outlet) so that a shallow tank does not
    # --- stand in alarm for good. Own choice, (0, 5) m and (0, 1).
    red_freeboard_m: float = 0.10
    orange_freeboard_m: float = 0.20
    yellow_freeboard_m: float = 0.30
    red_share: float = 0.25
    orange_share: float = 0.45
    yellow_share: float = 0.60
    # Level deadband, metres, (0, 0.5): three times the coarse sensors' 1 cm step (EW 3).
    level_deadband_m: float = 0.03
    # Delays of the level channel: samples [1, 50] and seconds [0, 86400]. Two samples, as
    # EW 5 "two consecutive"; ten minutes so that 2-minute sensors do not fire on a wave.
    level_on_samples: int = 2
    level_on_s: float = 600.0
    # While red is wanted there is no time to wait out a wave: two samples, two minutes.
    level_urgent_s: float = 120.0
    level_off_samples: int = 3
    level_off_s: float = 3600.0

    # --- Slow baseline. EW 4.1 best hand rule: rate 0.0015 per 10-minute reading is a time
    # --- constant of 111 h; three times faster for the first 1,500 readings (250 h);
    # --- residual clipped at 2 cm. Hours (0, 10000), metres (0, 1).
    base_tau_h: float = 111.0
    base_young_h: float = 250.0
    base_young_factor: float = 3.0
    base_clip_m: float = 0.02
    # How far a first reading may pull the baseline from the outlet, metres, (0, 2).
    base_outlet_m: float = 0.10
    # Longest stretch one reading may teach the baseline, hours, (0, 48).
    base_cap_h: float = 6.0
    noise_cap_m: float = 0.10

    # --- Excess over the baseline. The limit is the larger of ``excess_m`` and
    # --- ``excess_noise`` mean absolute deviations, at most ``excess_share`` of the normal
    # --- freeboard. Persistence 2 h (EW 4.1), shortened to a quarter of the time left but
    # --- not below half an hour (deadline-aware limit, EW 13).
    excess_m: float = 0.12
    excess_noise: float = 4.0
    excess_share: float = 0.5
    excess_deadband_m: float = 0.03
    excess_samples: int = 3
    persist_h: float = 2.0
    persist_min_h: float = 0.5
    persist_share: float = 0.25
    # The excess rule is silent until one day and night were seen, hours, [0, 1000).
    warmup_h: float = 24.0

    # --- Rain gate: smoothed rain rate, mm/h, with a memory of 5 h (EW 3, 4.1).
    rain_gate_mm_h: float = 0.3
    rain_memory_h: float = 5.0

    # --- Rise and time left. Slope from two exponential means; slopes below ``rise_min``
    # --- are no rise (a tenth of the median 1 m/d of EW 3). Grades by hours left.
    rise_fast_h: float = 1.0
    rise_slow_h: float = 3.0
    rise_min_m_h: float = 0.004
    red_left_h: float = 2.0
    orange_left_h: float = 6.0
    yellow_left_h: float = 24.0
    left_hysteresis: float = 1.5
    # 80 % interval of a straight-line forecast: divide and multiply by this. EW 6.2: a
    # straight line falls within a factor 1.5 in 29 % of cases; log-normal, that is a sd
    # of 1.09 and a 10-90 % range of exp(1.28 * 1.09) = 4.0.
    left_factor: float = 4.0

    # --- Sampling. Above this mean step the median takes 3 readings instead of 5, so that
    # --- hourly sensors are not four hours late. After a longer gap, delays start again.
    sparse_step_s: float = 1200.0
    gap_s: float = 10800.0
    future_s: float = 600.0
    # A level this far above the cover or below the floor is no level, metres.
    above_cover_m: float = 1.0
    below_floor_m: float = 0.05

    # --- Sensor fault. Real sewer sensors lie flat for 6.8 h in the median (EW 10.9), so
    # --- only a day of identical values counts as stuck. Spike storm: leaky count.
    stuck_h: float = 24.0
    stuck_samples: int = 24
    spike_limit: float = 6.0
    spike_clear: float = 2.0
    spike_tau_h: float = 6.0
    blind_samples: int = 3
    blind_s: float = 1800.0
    fault_clear_samples: int = 3

    # --- Gas, (yellow, orange, red). CH4 % LEL: 10 work limit, 25 and 50 the two alarm
    # --- levels of GB/T 50493. H2S mg/m3: 10 GBZ 2.1 ceiling; 150 is NIOSH's 100 ppm IDLH.
    # --- CO mg/m3: 20 and 30 GBZ 2.1; 200 own choice. O2 % from above: 19.5 work limit.
    ch4_lel: tuple[float, float, float] = (10.0, 25.0, 50.0)
    h2s_mgm3: tuple[float, float, float] = (10.0, 50.0, 150.0)
    co_mgm3: tuple[float, float, float] = (20.0, 30.0, 200.0)
    o2_pct: tuple[float, float, float] = (19.5, 18.0, 16.0)
    # Share of the limit that a gas must fall below it again, (0, 1).
    gas_hysteresis: float = 0.10
    gas_on_samples: int = 2
    gas_on_s: float = 60.0
    gas_off_samples: int = 3
    gas_off_s: float = 600.0

    # --- Open lid: severity 3 is orange; people fall into open manholes.
    lid_severity: int = 3
    lid_on_samples: int = 1
    lid_on_s: float = 0.0
    lid_off_samples: int = 2
    lid_off_s: float = 60.0

    # --- Comms: silent for so many own intervals plus slack. Suspects have missed one and
    # --- a half; so many of them that fell silent together are one gateway's fault.
    comms_intervals: float = 3.0
    comms_suspect_intervals: float = 1.5
    comms_slack_s: float = 120.0
    comms_group_min: int = 10
    comms_group_share: float = 0.02
    comms_group_back: float = 0.8

    # --- People. Shelving: longest minutes. Escalation while nobody acknowledges, and
    # --- re-alarm while an acknowledged alarm still stands, minutes by grade 1-4 (0: never).
    shelve_red_min: float = 60.0
    shelve_max_min: float = 480.0
    escalate_min: tuple[float, float, float, float] = (5.0, 10.0, 30.0, 0.0)
    escalate_levels: int = 3
    realarm_min: tuple[float, float, float, float] = (60.0, 120.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        wrong: dict[str, str] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            numbers = value if isinstance(value, (tuple, list)) else (value,)
            if any(not isinstance(number, str) and number < 0 for number in numbers):
                wrong[field.name] = "below 0"
        ordered = (
            ("red_freeboard_m", "orange_freeboard_m", "yellow_freeboard_m"),
            ("red_share", "orange_share", "yellow_share"),
            ("red_left_h", "orange_left_h", "yellow_left_h"),
            ("persist_min_h", "persist_h"),
            ("rise_fast_h", "rise_slow_h"),
            ("shelve_red_min", "shelve_max_min"),
        )
        for names in ordered:
            values = [getattr(self, name) for name in names]
            if values != sorted(values):
                wrong[names[0]] = "expected " + " <= ".join(names)
        if self.yellow_share >= 1 or self.gas_hysteresis >= 1 or self.left_factor < 1:
            wrong["yellow_share"] = "shares in (0, 1), left_factor at least 1"
        if self.rise_fast_h >= self.rise_slow_h:
            wrong["rise_fast_h"] = "expected below rise_slow_h"
        if self.engine not in ENGINES:
            wrong["engine"] = "expected one of " + ", ".join(ENGINES)
        if not BUDGET_RANGE[0] <= self.alarm_budget <= BUDGET_RANGE[1]:
            wrong["alarm_budget"] = f"expected in {BUDGET_RANGE}"
        if wrong:
            msg = f"Expected warn params in their ranges, got wrong values for {', '.join(wrong)}."
            raise InvalidInput(msg, **wrong)
