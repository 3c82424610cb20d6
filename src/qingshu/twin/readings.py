"""Samples as the JSON that level sensors publish."""

from __future__ import annotations

import json

from qingshu.kernel.instants import from_ms, iso
from qingshu.twin.city import City
from qingshu.twin.probes import Sample


def topic(city: City, sample: Sample) -> str:
    """Where the sensor publishes."""
    return f"qs/v1/{city.world.sensors.codes[sample.sensor]}/reading"


def payload(city: City, sample: Sample) -> bytes:
    """One reading; distance sensors send the gap above the water, as they measure it."""
    sensors = city.world.sensors
    body: dict[str, object] = {"measured_at": iso(from_ms(round(sample.measured_s) * 1000))}
    if sensors.distance[sample.sensor]:
        gap = float(sensors.offset_m[sample.sensor]) - sample.level_m
        body["distance_m"] = round(max(gap, 0.0), 3)
    else:
        body["level_m"] = sample.level_m
    if sensors.gas[sample.sensor]:
        rng = city.rng
        body["ch4_lel"] = round(float(rng.gamma(1.2, 0.8)), 1)
        body["h2s_mgm3"] = round(float(rng.gamma(1.2, 0.9)), 1)
    if city.rng.random() < 0.05:
        body["battery_pct"] = round(float(city.probes.battery_pct[sample.sensor]))
        body["temperature_c"] = round(float(city.rng.normal(14.0, 1.5)), 1)
    return json.dumps(body, separators=(",", ":")).encode()
