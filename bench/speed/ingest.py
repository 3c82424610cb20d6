"""``bench ingest``: MQTT QoS 1 to durable history, state and alarms, acked after commit.

Publisher, broker and ingest run side by side on this machine. A bare paho client and our
own subscriber without storage read the same messages from the same broker in the same
run; only the ratios travel between machines.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.rig import brokers, paho_client, publisher, town
from qingshu.kernel.instants import to_ms
from qingshu.runtime.db import Database
from qingshu.sense.pipeline import Pipeline
from qingshu.sense.subscriber import run_ingest

TANKS = 20_000
FRAME_ROWS = 500
WINDOW_SINGLES = 4000
WINDOW_FRAMES = 100
PATIENCE_S = 60.0
DAY_MS = 86_400_000
ROOT = Path(__file__).resolve().parents[2]


class NoStorage:
    """Stands where the pipeline stands and keeps nothing: what the way in alone costs."""

    def __init__(self) -> None:
        self.messages = 0
        self._tokens: list[int] = []

    @property
    def waiting(self) -> int:
        """Messages to be handed back."""
        return len(self._tokens)

    def submit(self, topics: Sequence[bytes], _payloads: Any, tokens: Any, _long: Any) -> None:
        """Count."""
        self.messages += len(topics)
        self._tokens += tokens

    def commit(self) -> list[int]:
        """Hand the tokens back."""
        tokens, self._tokens = self._tokens, []
        return tokens

    housekeep = close = commit


class Run:
    """One publisher against one reader; the clock stops when the reader has it all."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self._folder = folder

    def rate(self, file: Path, window: int, target: int, seen: Callable[[], int]) -> float:
        """Units a second from the first publish until ``seen`` reaches ``target``."""
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.rig.publisher", str(self.port), str(window), str(file)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        began = time.perf_counter()
        process.stdin.write("go\n")
        process.stdin.flush()
        while seen() < target and time.perf_counter() - began < PATIENCE_S:
            time.sleep(0.005)
        seconds = time.perf_counter() - began
        process.kill()
        process.wait()
        return seen() / seconds

    def ingest(self, settings: Any, pipeline: Any) -> tuple[threading.Thread, Callable[[], None]]:
        """The ingest service in a thread of its own loop."""
        loop = asyncio.new_event_loop()
        stop = asyncio.Event()
        thread = threading.Thread(
            target=loop.run_until_complete, args=(run_ingest(settings, pipeline, stop),)
        )
        thread.start()
        time.sleep(0.5)
        return thread, lambda: loop.call_soon_threadsafe(stop.set)  # type: ignore[return-value]


def run(quick: bool) -> dict[str, Any]:
    """All figures; Mosquitto first, the embedded NATS beside it."""
    single_count, frame_readings = (60_000, 600_000) if quick else (200_000, 3_000_000)
    figures: dict[str, Any] = {"default_broker": "embedded NATS", "goal_broker": "mosquitto"}
    with tempfile.TemporaryDirectory(prefix="qingshu-bench-") as name:
        folder = Path(name)
        for broker in ("mosquitto", "nats"):
            counts = (single_count, frame_readings) if broker == "mosquitto" else (
                single_count // 3, frame_readings // 2)  # fmt: skip
            figures |= _broker(broker, folder / broker, *counts)
    main = "mosquitto" if "mosquitto_single_per_s" in figures else "nats"
    figures["goal_broker"] = main
    return {
        "scenario": (
            f"{TANKS} tanks, JSON of level and battery, frames of {FRAME_ROWS} levels; publisher, "
            "broker, ingest with history, state and alarms on one machine; acked after commit"
        ),
        "figures": figures,
        "goals": {
            "single_per_s": _at_least(20_000, figures[f"{main}_single_per_s"]),
            "ratio_to_bare_paho": _at_least(0.5, figures[f"{main}_ratio_to_bare_paho"]),
            "framed_readings_per_s": _at_least(300_000, figures[f"{main}_framed_readings_per_s"]),
        },
    }


def _at_least(goal: float, got: float) -> dict[str, Any]:
    return {"goal": goal, "got": got, "met": got >= goal}


def _broker(name: str, folder: Path, single_count: int, frame_readings: int) -> dict[str, Any]:
    port = brokers.free_port()
    # NATS syncs each second here: what the disk does per message is not what is measured.
    command = (
        brokers.mosquitto_command(folder / "broker", port)
        if name == "mosquitto"
        else brokers.nats_command(folder / "broker", port, "1s")
    )
    if command is None:
        return {f"{name}_missing": True}
    with brokers.running(command, port):
        found = _measure(port, folder, single_count, frame_readings)
    return {f"{name}_{key}": value for key, value in found.items()}


def _measure(port: int, folder: Path, single_count: int, frame_readings: int) -> dict[str, Any]:
    url = f"mqtt://127.0.0.1:{port}"
    db = town.build_town(folder / "town", url, TANKS)
    now_ms = to_ms(db.clock.now())
    single_file, frame_file = folder / "singles", folder / "frames"
    publisher.write_messages(single_file, town.singles(single_count, TANKS, now_ms - 3 * DAY_MS))
    publisher.write_messages(frame_file, town.frames(frame_readings, TANKS, now_ms, FRAME_ROWS))
    run_ = Run(port, folder)
    figures: dict[str, Any] = {}
    with paho_client.counting(port) as seen:
        paho = run_.rate(single_file, WINDOW_SINGLES, single_count, seen)
    figures["bare_paho_per_s"] = round(paho)
    nothing = NoStorage()
    # A session of its own: what it leaves unread must not reach the real one.
    aside = db.settings.broker.model_copy(update={"client_id": "bench-nothing"})
    thread, stop = run_.ingest(db.settings.model_copy(update={"broker": aside}), nothing)
    bare = run_.rate(single_file, WINDOW_SINGLES, single_count, lambda: nothing.messages)
    stop()
    thread.join()
    figures["own_subscriber_without_storage_per_s"] = round(bare)
    publisher.forget_session(port, "bench-nothing")
    # Each run's readings are newer than those before it, as live ones are.
    figures["paho_acking_after_our_commit_per_s"] = round(_with_paho(run_, db, folder))
    observers = _observers(db)
    figures["alarm_engine"] = bool(observers)
    pipeline = Pipeline(db, observers)
    thread, stop = run_.ingest(db.settings, pipeline)
    single = run_.rate(single_file, WINDOW_SINGLES, single_count, lambda: pipeline.totals.messages)
    figures["single_per_s"] = round(single)
    figures["ratio_to_bare_paho"] = round(single / paho, 2)
    figures["ratio_to_own_subscriber_without_storage"] = round(single / bare, 2)
    before = pipeline.totals.stored
    framed = run_.rate(
        frame_file, WINDOW_FRAMES, frame_readings, lambda: pipeline.totals.stored - before
    )
    figures["framed_readings_per_s"] = round(framed)
    stop()
    thread.join()
    figures["stored_rows"] = pipeline.totals.stored
    figures["refused_or_repeated"] = pipeline.totals.refused + pipeline.totals.duplicates
    db.close()
    return figures


def _with_paho(run_: Run, db: Database, folder: Path) -> float:
    """The same pipeline behind paho, which acknowledges one message at a time."""
    file = folder / "singles-for-paho"
    count = 15_000
    now_ms = to_ms(db.clock.now())
    publisher.write_messages(file, town.singles(count, TANKS, now_ms - 4 * DAY_MS))
    pipeline = Pipeline(db, _observers(db))
    with paho_client.acking(run_.port, pipeline):
        return run_.rate(file, WINDOW_SINGLES, count, lambda: pipeline.totals.messages)


def _observers(db: Database) -> list[Any]:
    try:
        from qingshu.warn.engine import WarnEngine
    except ImportError:
        return []
    return [WarnEngine(db.settings)]


if __name__ == "__main__":
    print(json.dumps(run("--quick" in sys.argv), indent=1))
