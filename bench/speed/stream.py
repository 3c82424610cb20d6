"""``bench stream``: from a sensor's publish to the screen's live stream, whole product.

`qingshu serve`, 1,000 devices publishing JSON over MQTT QoS 1, one client on the live
stream. Latency is arrival on the stream minus the instant of the publish, one clock.
Two runs: 1,000 readings/s with the embedded broker syncing every 50 ms, and 100
readings/s (five times a city of 20,000 tanks) with its default, which syncs every write.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import numpy as np

from bench.rig.served import Served, free_ports, running, write_workspace
from qingshu.kernel.instants import parse_instant, to_ms
from qingshu.twin.mqtt import Publisher

DEVICES = 1000
TICKS_A_SECOND = 100
FAST, SAFE = (1000, "50ms"), (100, "always")
SETTLE_S = 3.0
GOAL_P50_MS, GOAL_P99_MS = 150.0, 1000.0


def run(quick: bool) -> dict[str, Any]:
    """Publish for 6 s (quick) or 30 s at each rate; return latencies in milliseconds."""
    seconds = 6 if quick else 30
    fast, safe = _figures(*FAST, seconds), _figures(*SAFE, seconds)
    p50, p99 = fast["p50_ms"], fast["p99_ms"]
    seen = fast["seen_on_stream"] / fast["published"]
    return {
        "scenario": f"{DEVICES} devices, {seconds} s a run, embedded broker, SQLite, qingshu serve",
        "figures": {"1000/s, sync 50ms": fast, "100/s, sync always (default)": safe},
        "goals": {
            "p50_ms": {"goal": GOAL_P50_MS, "got": p50, "met": p50 <= GOAL_P50_MS},
            "p99_ms": {"goal": GOAL_P99_MS, "got": p99, "met": p99 <= GOAL_P99_MS},
            "share_seen": {"goal": 1.0, "got": round(seen, 4), "met": seen >= 1.0},
        },
    }


def _figures(rate: int, sync: str, seconds: int) -> dict[str, Any]:
    ports = free_ports()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "city"
        write_workspace(folder, DEVICES, ports)
        env = {"QINGSHU_BROKER__SYNC": sync}
        with running(["serve", str(folder)], folder, ports, env) as served:
            latencies, sent = _measure(served, rate, seconds)
    return {
        "published": sent,
        "seen_on_stream": len(latencies),
        "p50_ms": round(float(np.percentile(latencies, 50)), 1),
        "p99_ms": round(float(np.percentile(latencies, 99)), 1),
        "max_ms": round(float(np.max(latencies)), 1),
    }


def _measure(served: Served, rate: int, seconds: int) -> tuple[list[float], int]:
    latencies: list[float] = []
    stop = threading.Event()
    token = served.sign_in("dispatcher").headers["authorization"]
    listener = threading.Thread(
        target=_listen, args=(served.base, token, latencies, stop), daemon=True
    )
    listener.start()
    time.sleep(SETTLE_S)
    sent = asyncio.run(_publish(served.mqtt_url, rate, seconds))
    until = time.monotonic() + SETTLE_S
    while len(latencies) < sent and time.monotonic() < until:
        time.sleep(0.05)
    stop.set()
    return latencies, sent


async def _publish(url: str, rate: int, seconds: int) -> int:
    publisher = Publisher(url, client_id="bench-stream")
    task = asyncio.create_task(publisher.run())
    a_tick = rate // TICKS_A_SECOND
    start = time.monotonic()
    sent = 0
    for tick in range(seconds * TICKS_A_SECOND):
        await asyncio.sleep(max(0.0, start + tick / TICKS_A_SECOND - time.monotonic()))
        for _ in range(a_tick):
            device = sent % DEVICES + 1
            body = {"measured_at": int(time.time() * 1000), "level_m": 1.0 + (sent % 7) / 1000}
            publisher.send(f"qs/v1/D{device:05}/reading", json.dumps(body).encode())
            sent += 1
    while publisher.backlog:
        await asyncio.sleep(0.01)
    task.cancel()
    return sent


def _listen(base: str, token: str, latencies: list[float], stop: threading.Event) -> None:
    headers = {"authorization": token}
    with (
        suppress(httpx2.RemoteProtocolError),
        httpx2.stream("GET", f"{base}/api/v1/stream", headers=headers, timeout=30) as response,
    ):
        name = ""
        for line in response.iter_lines():
            if stop.is_set():
                return
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: ") and name == "readings":
                now_ms = time.time() * 1000
                table = json.loads(line[6:])
                at = table["columns"].index("measured_at")
                latencies += [now_ms - to_ms(parse_instant(row[at])) for row in table["rows"]]
