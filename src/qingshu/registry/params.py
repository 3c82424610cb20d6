"""The registry's tunable numbers: what is plausible, and what an import may cost."""

from __future__ import annotations

from dataclasses import dataclass

from qingshu.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class RegistryParams:
    """Limits of plausibility and of files; override in ``[params.registry]``.

    >>> RegistryParams().tank_depth_min_m
    0.5
    """

    # GB 50015 asks for at least 1.3 m of depth in new tanks; old pits are shallower.
    tank_depth_min_m: float = 0.5
    # Deepest tank a vacuum truck still empties: 8 m of lift, doubled for a benched pit.
    tank_depth_max_m: float = 16.0
    # 02S701 standard tanks end at 100 m3 (unverified); twenty side by side is the most.
    tank_volume_max_m3: float = 2000.0
    # Volume against area x depth: drawings count the outlet height, walls and gas space
    # differently, so half to one and a half times still passes.
    volume_ratio_min: float = 0.4
    volume_ratio_max: float = 1.6
    # The cover may stand above the tank's own height by this much shaft, metres.
    shaft_max_m: float = 6.0
    # Height of an unmeasured outlet over depth; drawings leave 10-20 % of air above it.
    outlet_share: float = 0.85
    truck_capacity_max_m3: float = 40.0
    interval_max_days: int = 3650
    import_max_mb: float = 10.0
    # What an .xlsx may unpack to; its real ratio is about 1:10.
    unpacked_max_mb: float = 200.0
    import_max_rows: int = 200_000

    def __post_init__(self) -> None:
        if not 0 < self.tank_depth_min_m < self.tank_depth_max_m:
            msg = f"Expected 0 < tank_depth_min_m < tank_depth_max_m, got {self.tank_depth_min_m}."
            raise InvalidInput(msg, tank_depth_min_m=self.tank_depth_min_m)
        if not 0 < self.outlet_share < 1:
            msg = f"Expected outlet_share in (0, 1), got {self.outlet_share}."
            raise InvalidInput(msg, outlet_share=self.outlet_share)
        if not 0 < self.volume_ratio_min < 1 < self.volume_ratio_max:
            msg = "Expected volume_ratio_min in (0, 1) and volume_ratio_max above 1."
            raise InvalidInput(msg, volume_ratio_min=self.volume_ratio_min)
        for name in ("import_max_mb", "unpacked_max_mb", "import_max_rows", "shaft_max_m"):
            if getattr(self, name) <= 0:
                msg = f"Expected {name} above 0, got {getattr(self, name)}."
                raise InvalidInput(msg, **{name: "not above 0"})
