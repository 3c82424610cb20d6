"""The fleet's tunable numbers: override them in ``[params.fleet]``."""

from __future__ import annotations

from dataclasses import dataclass

from qingshu.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class FleetParams:
    """Defaults for a city station.

    Parameters
    ----------
    jump_kmh:
        Faster than this between two fixes is a jump, km/h, (0, 1000]. Trucks are
        limited to 100 km/h (GB 7258); twice that leaves room for clock rounding.
    area_km:
        A position further than this from the station is out of area, km, (0, 5000].
        A station serves one city and hauls within its province.
    future_s:
        A fix this far ahead of our clock is a clock fault, seconds, [0, 86400].
    past_days:
        A fix this far back is a clock fault, days, (0, 3650]. Stored uploads reach back
        days, not years.
    lost_after_s:
        A truck on duty that is silent this long is offline, seconds, [30, 86400]. Terminals
        report every 10 to 30 s and sleep at most 5 min with the ignition on.
    arrive_within_m:
        Arrival: within this of the tank, metres, [5, 1000]. A hose of 30 m, GPS error
        of 10 m, and the kerb across a wide street.
    arrive_speed_kmh:
        Arrival: not faster than this, km/h, [0, 50].
    arrive_for_s:
        Arrival: for at least this long, seconds, [0, 3600]. Longer than a red light.
    gather_ms:
        Positions wait this long for others before a commit, ms, [0, 1000].
    gather_most:
        Reports that force a commit at once, [1, 100000].
    idle_s:
        A connection silent this long is closed, seconds, [10, 86400]. Heartbeats come
        every 30 to 60 s.
    send_s:
        An answer that cannot be handed over in this time closes the connection, seconds.
    most_connections:
        Connections taken at once, [1, 100000].
    most_refused:
        Bad frames in a row before a connection is closed, [1, 100000].
    require_auth:
        Take positions only after a valid authentication, as the standard says.
    lenient_terminals:
        Terminal numbers, comma-separated, whose check bytes and lengths are known wrong.

    Examples
    --------
    >>> FleetParams().lost_after_s
    600.0
    """

    jump_kmh: float = 200.0
    area_km: float = 150.0
    future_s: float = 600.0
    past_days: float = 400.0
    lost_after_s: float = 600.0
    arrive_within_m: float = 60.0
    arrive_speed_kmh: float = 5.0
    arrive_for_s: float = 60.0
    gather_ms: float = 30.0
    gather_most: int = 2000
    idle_s: float = 300.0
    send_s: float = 10.0
    most_connections: int = 2000
    most_refused: int = 100
    require_auth: bool = True
    lenient_terminals: str = ""

    def __post_init__(self) -> None:
        ranges: dict[str, tuple[float, float]] = {
            "jump_kmh": (1, 1000), "area_km": (1, 5000), "future_s": (0, 86400),
            "past_days": (0.01, 3650), "lost_after_s": (30, 86400),
            "arrive_within_m": (5, 1000), "arrive_speed_kmh": (0, 50),
            "arrive_for_s": (0, 3600), "gather_ms": (0, 1000), "gather_most": (1, 100000),
            "idle_s": (0.05, 86400), "send_s": (0.05, 600), "most_connections": (1, 100000),
            "most_refused": (1, 100000),
        }  # fmt: skip
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if not low <= value <= high:
                msg = f"Expected {name} in [{low}, {high}], got {value}."
                raise InvalidInput(msg, **{f"params.fleet.{name}": value})
