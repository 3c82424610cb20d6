"""Samples as sensors publish them: one JSON message each, or a gateway's stored frame."""

from __future__ import annotations

import json
from collections.abc import Sequence

from qingshu.kernel.instants import from_ms, iso
from qingshu.twin.city import City
from qingshu.twin.probes import Sample
from qingshu.wire.frame import encode_frame

# Codes of the columnar frame's quantity column.
LEVEL, DISTANCE = 1, 9
GATEWAY_TOPIC = "qs/v1/TWIN-GW/frame"
# Air above a tank that nobody works in stays below every alarm limit.
QUIET_GAS = 6.0


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
        body["ch4_lel"] = round(min(QUIET_GAS, float(rng.gamma(1.2, 0.8))), 1)
        body["h2s_mgm3"] = round(min(QUIET_GAS, float(rng.gamma(1.2, 0.9))), 1)
    if city.rng.random() < 0.05:
        body["battery_pct"] = round(float(city.probes.battery_pct[sample.sensor]))
        body["temperature_c"] = round(float(city.rng.normal(14.0, 1.5)), 1)
    return json.dumps(body, separators=(",", ":")).encode()


def frame(city: City, samples: Sequence[Sample]) -> bytes:
    """Many samples in the order of time, as a gateway forwards what it has stored."""
    sensors = city.world.sensors
    codes = sorted({s.sensor for s in samples})
    place = {sensor: i for i, sensor in enumerate(codes)}
    distance = [bool(sensors.distance[s.sensor]) for s in samples]
    return encode_frame(
        [sensors.codes[sensor] for sensor in codes],
        [place[s.sensor] for s in samples],
        [round(s.measured_s) * 1000 for s in samples],
        [DISTANCE if d else LEVEL for d in distance],
        [
            max(0.0, float(sensors.offset_m[s.sensor]) - s.level_m) if d else s.level_m
            for s, d in zip(samples, distance, strict=True)
        ],
    )
