"""Tunable numbers of the ranking."""

from __future__ import annotations

from dataclasses import dataclass, fields

from qingshu.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class DispatchParams:
    """Numbers of the ranking; every one is at least zero.

    Parameters
    ----------
    position_fresh_s:
        A truck whose last position is older is left out, seconds. Vehicle terminals
        report at least every 30 s (JT/T 808 default); ten minutes is a lost truck.
    fill_share:
        Share of a tank's volume that a full clean takes out, in (0, 1].
    direct_share:
        A truck goes straight there when it has room for this share of what it could
        take at best, in (0, 1]; else it empties at a plant first.
    service_base_s, service_s_per_m3:
        Time on site: 10 min and 3 min per m3 (dispatch reference, section 4.1).
    working_left_s:
        Assumed rest of a running job when its start is unknown, seconds.
    overtime_s:
        How far past the shift's end an emergency may run, seconds.
    lane_clearance_m:
        Room to leave between truck and lane, metres in all.
    narrow_lane_m:
        Lanes narrower than this are named in the reason, metres; the widest trucks
        are 2.55 m (GB 1589) and need room to open a door.
    default_volume_m3:
        What to expect where no tank is known yet, m3: the middle of the fleet's sizes.
    gross_base_t, gross_t_per_m3:
        Gross weight of a suction truck by its tank: 5, 8 and 12 m3 come on chassis of
        about 12, 18 and 25 t.
    kit_word:
        The crew qualification that allows gas testing; a crew that lists
        qualifications without it is left out.
    distances_for:
        For how many ranked trucks the driven distance is worked out.
    retry_s:
        How soon an automatic dispatch without a fitting truck is tried again, seconds.
    """

    position_fresh_s: float = 600.0
    fill_share: float = 0.85
    direct_share: float = 0.7
    service_base_s: float = 600.0
    service_s_per_m3: float = 180.0
    working_left_s: float = 1500.0
    overtime_s: float = 1800.0
    lane_clearance_m: float = 0.1
    narrow_lane_m: float = 3.0
    default_volume_m3: float = 6.0
    gross_base_t: float = 3.0
    gross_t_per_m3: float = 1.8
    kit_word: str = "gas_kit"
    distances_for: int = 12
    retry_s: float = 120.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                continue
            top = 1.0 if field.name.endswith("_share") else 1e6
            if not 0 <= value <= top:
                msg = f"Expected {field.name} in [0, {top:g}], got {value}."
                raise InvalidInput(msg, **{field.name: value})
